/** The tab that all experiments share: controls, runs, the answer, pictures, tables, export and history. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import { count } from '../format/numbers';
import { formView } from '../form/formView';
import { toyTableView } from '../form/toyTable';
import { RequestError } from '../host';
import { afterDraw } from '../ui/afterDraw';
import { addTerms } from '../ui/glossary';
import { answerView, growingView } from './answerView';
import { AroundResult } from './aroundResult';
import { DrawnResult } from './drawnResult';
import { drawnView } from './drawnView';
import { comingView, emptyView, unavailableView } from './emptyView';
import { figuresView, RUN, type ExperimentPage, type Pieces } from './experimentPage';
import { ExperimentState } from './experimentState';
import { messageView } from './messageView';
import { slidesOf, type Slide } from './presentation';
import { provenanceView } from './provenanceView';
import { resultServerCard, servedName } from './serverView';
import { leaveSettings, showAnswer } from './roomForAnswer';
import { PROGRESS_AFTER, runProgressView } from './statusView';
import type { OpenRequest, Tab, TabContext } from './tab';
import { t } from '../../src/l10n/language';
import { filled } from '../ui/filled';

export class ExperimentTab<Result extends ExperimentResult> implements Tab {
  readonly id: string;
  readonly title: string;
  readonly #page: ExperimentPage<Result>;
  readonly #context: TabContext;
  protected readonly state: ExperimentState<Result>;
  readonly #drawn: DrawnResult<Result>;
  readonly #around: AroundResult<Result>;
  /** What a run needs is being got. */
  #preparing = false;

  constructor(page: ExperimentPage<Result>, context: TabContext) {
    this.id = page.id;
    this.title = page.title;
    this.#page = page;
    this.#context = context;
    this.state = new ExperimentState(page, context);
    if (page.terms) addTerms(page.terms);
    this.#drawn = new DrawnResult(page, this.state, context.session);
    this.#around = new AroundResult(page, this.state, this.#drawn, context.present, () => {
      this.run();
    });
  }

  body(): TemplateResult {
    if (this.#page.layout) return this.#page.layout(this.#pieces());
    const unavailable = this.#unavailable();
    const { outcome } = this.#drawn;
    const filled = outcome !== null || this.state.runs.isGoing;
    return html`<div class="explore experiment" data-testid="experiment-${this.id}" ?data-filled=${filled}>
      ${unavailable === null ? this.#form() : nothing}
      <div class="results">
        ${unavailable === null ? nothing : this.#instead(unavailable)} ${this.#live()}
        ${unavailable === null || outcome ? this.#result() : this.#around.history()}
      </div>
    </div>`;
  }

  /** @param sentence why there are no controls */
  #instead(sentence: string): TemplateResult {
    const { question } = this.#page;
    // A result on screen has a button of its own.
    const historyButton = this.#drawn.outcome ? nothing : this.#around.historyButton();
    return unavailableView({ question, sentence, historyButton, ...this.#context });
  }

  /** Why the chosen model cannot do it; null where it can, and while another one does. */
  #unavailable(): string | null {
    return this.state.runs.isGoing ? null : (this.#page.unavailable?.() ?? null);
  }

  #pieces(): Pieces<Result> {
    const { outcome } = this.state.shown;
    const parts = outcome && this.#drawn.partsOf(outcome);
    return {
      form: this.#form(),
      outcome,
      parts,
      stale: (order, modelName) => this.state.stale(order, modelName),
      staleMark: (stale) => this.#around.staleMark(stale),
      bar: (growing) => this.#around.bar(outcome, parts, growing),
      historyButton: this.#around.historyButton(),
      history: this.#around.history(),
      comparison: this.#around.comparison(),
      conclusion: this.#around.conclusion(),
    };
  }

  slides(): readonly Slide[] {
    const { outcome, isGrowing } = this.#drawn;
    if (!outcome) return [];
    const { question, report } = this.#page;
    const sentences = isGrowing ? [t('{0} Still running.', question)] : report.summary(outcome.result);
    return slidesOf(sentences, this.#drawn.partsOf(outcome).pictures);
  }

  #live(): TemplateResult | typeof nothing {
    const view = this.state.runs.live?.view;
    if (!view) return nothing;
    return view((message) => {
      this.state.runs.tell(message);
    });
  }

  #form(): TemplateResult {
    const state = this.state;
    return formView({
      form: state.form,
      job: state.runs.jobState,
      verb: this.#page.verb ?? RUN,
      drawerOpen: state.drawerOpen,
      status: this.#status(),
      line: this.#page.line(state.form.values),
      quick: this.#page.quick?.(state.form.values) ?? nothing,
      toy: this.#context.session.isToy ? this.#toy() : nothing,
      onRun: () => {
        this.run();
      },
      onStop: () => {
        this.stop();
      },
      onDrawer: () => {
        state.drawerOpen = !state.drawerOpen;
      },
    });
  }

  #toy(): TemplateResult {
    const { session } = this.#context;
    const read = session.readToy();
    const table = toyTableView({
      draft: session.toyDraft,
      problem: 'sentence' in read ? read : null,
      onChange: (draft) => {
        session.toyDraft = draft;
      },
    });
    if (this.#page.toyUnfolded) return table;
    return html`<details class="fold">
      <summary>
        ${filled(t('Toy vocabulary: {0}'), count(session.toyDraft.length, '{0} word', '{0} words'))}
      </summary>
      ${table}
    </details>`;
  }

  message(): TemplateResult | typeof nothing {
    return messageView(
      this.state,
      (order) => this.#page.showsPart?.(order) ?? false,
      (offer) => {
        this.state.take(offer);
        if (offer.anew) this.run();
        else this.#run();
      },
    );
  }

  #result(): TemplateResult {
    const { outcome, isGrowing } = this.#drawn;
    if (!outcome) return this.#empty(this.state.runs.jobState !== 'none');
    const state = this.state;
    const parts = this.#drawn.partsOf(outcome);
    const { report, view } = this.#page;
    const { provenance } = outcome.result;
    const modelName = servedName(provenance.modelName, provenance.server);
    const values = state.form.values;
    const picture = this.#page.lead?.(parts, values) ?? figuresView(parts, parts.pictures.slice(0, 1));
    return html`
      ${this.#around.staleMark(state.stale(outcome.order, modelName))}
      ${
        isGrowing
          ? growingView(state.runs.jobState === 'none', picture)
          : answerView({
              sentences: report.summary(outcome.result),
              earlier: this.#around.earlier(),
              picture,
              fold: state.folds.of('answer'),
              measures: this.#page.measures ?? [],
            })
      }
      ${isGrowing ? nothing : drawnView(provenance, provenance.seed)}
      ${this.#around.bar(outcome, parts, isGrowing)} ${this.#around.history()}
      ${isGrowing ? nothing : this.#around.comparison()}
      ${view ? view(parts, values) : figuresView(parts, parts.pictures.slice(1))}
      ${parts.tables.map(parts.table)} ${this.#around.conclusion()}
    `;
  }

  /** @param coming a run is to give a result */
  #empty(coming: boolean): TemplateResult {
    const { question, promise, needsText = false } = this.#page;
    const { session, chooseModel } = this.#context;
    if (coming) {
      return comingView({
        question,
        promise,
        progress: this.#status('coming-progress'),
        onStop: () => {
          this.stop();
        },
      });
    }
    return html`${emptyView({
      question,
      promise,
      historyButton: this.#around.historyButton(),
      onRun: () => {
        this.run();
      },
      onToy:
        session.isToy || needsText
          ? null
          : () => {
              chooseModel('toy');
            },
    })}
    ${this.#around.history()}`;
  }

  /** How far the run is; nothing where none goes on, or only just. */
  #status(hook?: string): TemplateResult | typeof nothing {
    const { runs } = this.state;
    if (runs.elapsed < PROGRESS_AFTER || runs.jobState === 'none') return nothing;
    const { status } = runs.live ?? {};
    if (status) return status();
    return runProgressView(runs.progress(), t('{0} is running', this.title), hook);
  }

  footer(): TemplateResult | typeof nothing {
    if (this.#page.footer) return this.#page.footer();
    const { outcome, isGrowing } = this.#drawn;
    if (!outcome) return nothing;
    return provenanceView(outcome.result, isGrowing);
  }

  card(kind: string, rest: readonly string[]): TemplateResult | null {
    const { outcome } = this.#drawn;
    if (!outcome) return null;
    if (kind === 'server')
      return resultServerCard(this.#context.session, outcome.order.model, outcome.result.provenance);
    if (kind !== 'mark') return this.#page.card?.(kind, rest, outcome.result) ?? null;
    const [id, mark = '', index] = rest;
    const picture = this.#drawn.partsOf(outcome).pictures.find((p) => p.id === id);
    return picture?.card?.(mark, Number(index)) ?? null;
  }

  run(): void {
    const { prepare } = this.#page;
    const unavailable = this.#unavailable();
    if (unavailable !== null) {
      this.#context.announce(unavailable);
      return;
    }
    if (!prepare) {
      this.#run();
      return;
    }
    if (this.#preparing) return;
    this.#preparing = true;
    void prepare(this.state.form.values)
      .then(
        () => {
          this.#run();
        },
        (error: unknown) => {
          if (!(error instanceof RequestError && error.failure.code === 'stopped')) this.state.fail(error);
        },
      )
      .finally(() => {
        this.#preparing = false;
      });
  }

  #run(): void {
    const wrong = this.state.run();
    if (!wrong) {
      if (!this.#page.layout) {
        leaveSettings();
        this.state.drawerOpen = false;
        showAnswer();
      }
      return;
    }
    this.#context.announce(wrong.sentence);
    this.state.drawerOpen = true;
    afterDraw(() => {
      const field = document.querySelector<HTMLElement>('.settings [aria-invalid="true"]');
      field?.focus();
      // What is wrong with it stands below it, where the focus alone would not bring it into view.
      field?.closest('.field')?.nextElementSibling?.scrollIntoView({ block: 'nearest' });
    });
  }

  stop(): boolean {
    return this.state.runs.stop();
  }

  modelLeft(model: string): void {
    this.state.leaveModel(model);
  }

  failed(error: unknown, retry?: () => void): void {
    this.state.fail(error, retry);
  }

  clear(): void {
    this.state.clear();
  }

  open({ parameters, entry, earlier, replay }: OpenRequest): void {
    if (!entry) {
      if (parameters !== undefined) this.state.fill(parameters);
      return;
    }
    if (!this.state.open(entry)) return;
    if (earlier) this.state.compare(earlier);
    if (replay) this.state.replay();
  }

  save(): () => object {
    return this.state.packed();
  }

  restore(saved: unknown): void {
    this.state.unpack(saved);
  }
}
