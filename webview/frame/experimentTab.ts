/** The tab that all experiments share: controls, runs, the answer, pictures, tables, export and history. */
import { html, nothing, type TemplateResult } from 'lit';
import { visibleText } from '../../src/core/visibleText';
import type { ReportTable } from '../../src/experiments/report/types';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import type { Picture } from '../ui/picture';
import { count, duration, thousands } from '../format/numbers';
import { RequestError } from '../host';
import { exportChoices, exportFile } from './exports';
import type { Outcome } from './record';
import { ExperimentState } from './experimentState';
import { afterDraw } from '../ui/afterDraw';
import { dataTableView } from '../ui/dataTable';
import { figureView } from '../ui/figureView';
import { formView } from '../form/formView';
import {
  answerView,
  comparisonView,
  conclusionView,
  growingView,
  historyButton,
  historyView,
  resultBarView,
  verdictView,
} from './resultView';
import { failureView, meterView, PATIENCE, stoppedView } from './statusView';
import { toyTableView } from '../form/toyTable';
import type { ExperimentPage, ShownParts } from './experimentPage';
import type { OpenRequest, Tab, TabContext } from './tab';

/** Cells of a table that is open from the start: on a narrow page it stands as a list, each cell on its own. */
const SHORT = 160;

function isShort({ rows, columns }: ReportTable): boolean {
  return rows.length * columns.length <= SHORT;
}

export class ExperimentTab<Result extends ExperimentResult> implements Tab {
  readonly id: string;
  readonly title: string;
  readonly #page: ExperimentPage<Result>;
  readonly #context: TabContext;
  readonly #state: ExperimentState<Result>;
  /** What a run needs is being got. */
  #preparing = false;
  #parts:
    { readonly of: Outcome<Result>; readonly parts: ShownParts<Result>; readonly open: boolean } | undefined;

  constructor(page: ExperimentPage<Result>, context: TabContext) {
    this.id = page.id;
    this.title = page.title;
    this.#page = page;
    this.#context = context;
    this.#state = new ExperimentState(page, context);
  }

  body(): TemplateResult {
    return html`<div class="explore experiment" data-testid="experiment-${this.id}">
      ${this.#form()}
      <div class="results">${this.#live()} ${this.#result()}</div>
    </div>`;
  }

  #live(): TemplateResult | typeof nothing {
    const view = this.#state.live?.view;
    if (!view) return nothing;
    return view((message) => {
      this.#state.tell(message);
    });
  }

  #form(): TemplateResult {
    const state = this.#state;
    return formView({
      form: state.form,
      job: state.jobState,
      drawerOpen: state.drawerOpen,
      line: this.#page.line(state.form.values),
      toy: this.#context.session.isToy ? this.#toy() : nothing,
      onChange: this.#context.changed,
      onRun: () => {
        this.run();
      },
      onStop: () => {
        this.stop();
      },
      onDrawer: () => {
        state.drawerOpen = !state.drawerOpen;
        this.#context.changed();
      },
    });
  }

  #toy(): TemplateResult {
    const { session, changed } = this.#context;
    const read = session.readToy();
    return html`<details class="fold">
      <summary>Toy vocabulary: ${count(session.toyDraft.length, 'word')}</summary>
      ${toyTableView({
        draft: session.toyDraft,
        problem: 'sentence' in read ? read : null,
        onChange: (draft) => {
          session.toyDraft = draft;
          changed();
        },
      })}
    </details>`;
  }

  message(): TemplateResult | typeof nothing {
    const { trouble, notice, shown, verdict, question, waitsFor } = this.#state;
    const onDismiss = (): void => {
      this.#state.dismiss();
    };
    const onRetry = (): void => {
      this.#state.retry();
    };
    if (question) return this.#question(question.sentence);
    if (waitsFor.length > 0) {
      return html`<p class="message" data-testid="waiting">Waits for ${waitsFor.join(', then ')} to end.</p>`;
    }
    if (notice) return failureView({ failure: notice, below: 'nothing', onDismiss });
    if (trouble) {
      const own = shown?.order === trouble.order;
      const below = own ? 'part' : shown ? 'earlier' : 'nothing';
      return trouble.failure
        ? failureView({ failure: trouble.failure, below, onRetry, onDismiss })
        : stoppedView({ below, onRetry, onDismiss });
    }
    return verdict ? verdictView({ verdict, onDismiss }) : nothing;
  }

  #question(sentence: string): TemplateResult {
    const answer = (yes: boolean) => () => {
      this.#state.answer(yes);
    };
    return html`<div class="message" role="alertdialog" aria-label=${sentence} data-testid="question">
      <p>${sentence}</p>
      <vscode-button data-testid="question-yes" @click=${answer(true)}>Run it</vscode-button>
      <vscode-button appearance="secondary" data-testid="question-no" @click=${answer(false)}
        >No</vscode-button
      >
    </div>`;
  }

  #history(): TemplateResult | typeof nothing {
    const state = this.#state;
    if (!state.history) return nothing;
    return historyView({
      lines: state.history,
      canCompare: state.shown !== null,
      onOpen: (id) => void state.reopen(id),
      onCompare: (id) => void state.compareWith(id),
    });
  }

  /** What is on screen: the result so far of the run that goes on, or the last one. */
  get #drawn(): Outcome<Result> | null {
    return this.#state.growing ?? this.#state.shown;
  }

  #result(): TemplateResult {
    const state = this.#state;
    const shown = this.#drawn;
    if (!shown) return this.#empty();
    const growing = shown !== state.shown;
    const parts = this.#shownParts(shown);
    const { earlier } = state;
    const { report } = this.#page;
    return html`
      ${growing ? growingView() : answerView(report.summary(shown.result), state.stale())}
      ${resultBarView({
        growing,
        exports: exportChoices(parts.tables, parts.pictures),
        saved: shown.savedId !== null,
        historyOpen: state.history !== null,
        busy: state.jobState !== 'none',
        feedback: state.feedback,
        onExport: (id) => void this.#export(shown, parts, id),
        onSave: () => void state.save(),
        onHistory: () => void state.toggleHistory(),
        onReplay: () => {
          state.replay();
        },
        kept: state.earlier !== null && state.earlier === state.shown,
        onKeep: () => {
          state.keepToCompare();
        },
      })}
      ${this.#history()}
      ${
        earlier && earlier !== shown && !growing
          ? comparisonView({
              tables: state.comparison(),
              earlier: report.summary(earlier.result),
              model: visibleText(earlier.result.provenance.modelName),
              onClose: () => void state.compareWith(null),
            })
          : nothing
      }
      ${this.#page.view ? this.#page.view(parts, state.form.values) : html`<div class="figures">${parts.pictures.map(parts.figure)}</div>`}
      ${parts.tables.map(parts.table)}
      ${
        state.shown
          ? conclusionView(state.shown.conclusion, (text) => {
              state.conclusion = text;
            })
          : nothing
      }
    `;
  }

  #empty(): TemplateResult {
    const { question, promise } = this.#page;
    return html`<div class="empty" data-testid="empty">
        <h2>${question}</h2>
        <p>${promise}</p>
        <div class="empty-actions">
          <vscode-button
            data-testid="empty-run"
            @click=${() => {
              this.run();
            }}
            >Run</vscode-button
          >
          ${
            this.#context.session.isToy || this.#page.needsText
              ? nothing
              : html`<vscode-button
                  appearance="secondary"
                  data-testid="empty-toy"
                  @click=${() => {
                    this.#context.chooseModel('toy');
                  }}
                  >Use the toy vocabulary</vscode-button
                >`
          }
          ${historyButton(this.#state.history !== null, () => void this.#state.toggleHistory())}
        </div>
      </div>
      ${this.#history()}`;
  }

  /** Made once per result, so that pictures are not drawn again with every change of the page. */
  #shownParts(shown: Outcome<Result>): ShownParts<Result> {
    const { earlier: compared } = this.#state;
    const earlier = compared && compared !== shown ? compared.result : null;
    if (this.#parts?.of !== shown || this.#parts.parts.earlier !== earlier) {
      const { result } = shown;
      const growing = shown !== this.#state.shown;
      const tables = this.#page.report.tables(result);
      // What fills neither unfolds nor folds under the pointer.
      const open = growing ? (this.#parts?.open ?? false) : tables[0] !== undefined && isShort(tables[0]);
      const parts: ShownParts<Result> = {
        result,
        earlier,
        pictures: this.#page.pictures(result, earlier),
        tables,
        conclude: (text) => {
          this.#state.conclusion = shown.conclusion === '' ? text : `${shown.conclusion}\n\n${text}`;
        },
        figure: (picture) =>
          figureView({
            picture,
            onExport: growing ? null : () => void this.#export(shown, parts, `svg-${picture.id}`),
          }),
        table: (table) => dataTableView(table, open && table === tables[0]),
      };
      this.#parts = { of: shown, parts, open };
    }
    return this.#parts.parts;
  }

  async #export(outcome: Outcome<Result>, parts: ShownParts<Result>, id: string): Promise<void> {
    const { tables, pictures } = parts;
    const summary = this.#page.report.summary(outcome.result);
    const file = exportFile(id, { id: this.id, title: this.title, outcome, summary, tables, pictures });
    await this.#state.export(file.name, file.content);
  }

  status(): TemplateResult | typeof nothing {
    if (this.#state.elapsed < PATIENCE) return nothing;
    const progress = this.#state.progress();
    const text = progress
      ? html`${thousands(progress.done)} of ${thousands(progress.total)}
        ${progress.what}${
          progress.left === null ? nothing : html`<span class="left">, ${duration(progress.left)} left</span>`
        }`
      : 'Reading the prompt';
    return meterView(text, `${this.title} runs`, progress ? progress.done / progress.total : 0);
  }

  footer(): TemplateResult | typeof nothing {
    const shown = this.#drawn;
    if (!shown) return nothing;
    const { milliseconds, provenance } = shown.result;
    const { modelName, precision, fingerprint, seed, promptIds } = provenance;
    return html`${visibleText(modelName)}
      <span class="quiet" title="Fingerprint of what determines the logits: ${fingerprint}">${precision}</span
      >${promptIds.length > 0 ? `, prompt of ${count(promptIds.length, 'token')}` : ''},
      ${seed === null ? 'nothing drawn' : html`seed ${seed}`},
      ${shown === this.#state.shown ? duration(milliseconds) : 'still running'}`;
  }

  card(kind: string, rest: readonly string[]): TemplateResult | null {
    const shown = this.#drawn;
    if (!shown) return null;
    if (kind !== 'mark') return this.#page.card?.(kind, rest, shown.result) ?? null;
    const [id, mark = '', index] = rest;
    const picture = this.#shownParts(shown).pictures.find((p: Picture) => p.id === id);
    return picture?.card?.(mark, Number(index)) ?? null;
  }

  run(): void {
    const { prepare } = this.#page;
    if (!prepare) {
      this.#run();
      return;
    }
    if (this.#preparing) return;
    this.#preparing = true;
    void prepare(this.#state.form.values)
      .then(
        () => {
          this.#run();
        },
        (error: unknown) => {
          if (!(error instanceof RequestError && error.failure.code === 'stopped')) this.#state.fail(error);
        },
      )
      .finally(() => {
        this.#preparing = false;
        this.#context.redraw();
      });
  }

  #run(): void {
    const wrong = this.#state.run();
    if (!wrong) return;
    this.#context.announce(wrong.sentence);
    if (!this.#state.drawerOpen) {
      this.#state.drawerOpen = true;
      this.#context.redraw();
    }
    afterDraw(() => {
      document.querySelector<HTMLElement>('.settings [aria-invalid="true"]')?.focus();
    });
  }

  stop(): boolean {
    return this.#state.stop();
  }

  promptChanged(run: boolean): void {
    if (run) this.run();
    else this.#context.changed();
  }

  modelChanged(): void {
    this.#context.redraw();
  }

  modelLoaded(): void {
    this.#context.redraw();
  }

  failed(error: unknown): void {
    this.#state.fail(error);
  }

  open({ parameters, entry, earlier, replay }: OpenRequest): void {
    if (!entry) {
      if (parameters !== undefined) this.#state.fill(parameters);
      return;
    }
    if (!this.#state.open(entry)) return;
    if (earlier) this.#state.compare(earlier);
    if (replay) this.#state.replay();
  }

  save(): unknown {
    return this.#state.packed();
  }

  restore(saved: unknown): void {
    this.#state.unpack(saved);
  }
}
