/** How Explore stands on the page: the distribution and the completions beside each other, and what both share. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { Vocabulary } from '../../../src/core/languageModel';
import { MOST_ROWS } from '../../../src/experiments/explore/distribution';
import { exploreParameters } from '../../../src/experiments/explore/parameters';
import type { ExploreResult } from '../../../src/experiments/explore/result';
import { t, whole } from '../../../src/l10n/language';
import { count, type LogUnit } from '../../format/numbers';
import { completionText } from '../../format/tokenText';
import { typedNumber } from '../../format/typedNumber';
import type { ChainEditor } from '../../form/chainEditor';
import { valueText, type FormValue, type FormValues } from '../../form/form';
import { chainOfSteps, deedLine, deedsOf } from '../../form/samplerSteps';
import { biasOf } from '../../form/tokenSteps';
import type { Slide } from '../../frame/presentation';
import { chainControls } from '../../frame/chainControls';
import type { Pieces } from '../../frame/experimentPage';
import type { Stale } from '../../frame/order';
import type { Outcome } from '../../frame/record';
import { drawnView } from '../../frame/drawnView';
import { runBeside } from '../../frame/runBeside';
import { TOY } from '../../frame/session';
import { resultServerCard } from '../../frame/serverView';
import { PROGRESS_AFTER } from '../../frame/statusView';
import type { TabContext } from '../../frame/tab';
import { abButton } from './abButton';
import { keepBarsInView } from './barsInView';
import { Branching } from './branching';
import { ExploreCards } from './cards';
import { CompletionActions } from './completionActions';
import { completionsView } from './completionsView';
import { distributionView } from './distributionView';
import type { Picture } from '../../ui/picture';
import { emptyView } from './emptyView';
import { lastWords } from './lastWords';
import { footerView } from './footerView';
import { FoundTokensView } from './foundTokens';
import { isCounted, offWords } from './listedView';
import { Memo } from './memo';
import { NextToken, ROWS, type Controls, type OnScreen, type Reading } from './nextToken';
import { Room } from './room';
import type { ExploreRun } from './run';
import type { Screen } from './screen';
import { completionsSlide, distributionSlide, summaryPicture } from './slides';

/** Milliseconds of silence after which the page says that something must be wrong. */
const LATE = 5000;

/** Tokens of the prompt that the distribution's heading repeats. */
const CONTEXT_TOKENS = 6;

/** What the view reads of the frame. */
export interface ExploreFrame {
  readonly values: () => FormValues;
  readonly fill: (values: Readonly<Record<string, FormValue>>) => void;
  readonly outcome: () => Outcome<ExploreResult> | null;
  /** False once it was stopped, although its end may be waited for. */
  readonly isRunning: () => boolean;
  /** Milliseconds since the current run began; 0 without one. */
  readonly elapsed: () => number;
  readonly failed: (error: unknown) => void;
}

export class ExploreView {
  readonly #context: TabContext;
  readonly #chain: ChainEditor;
  readonly #screen: Screen;
  readonly #frame: ExploreFrame;
  readonly #next: NextToken;
  readonly #found: FoundTokensView;
  readonly #actions: CompletionActions;
  readonly #branching: Branching;
  readonly #cards: ExploreCards;
  readonly #room = new Room();
  readonly #rows = signal(ROWS);
  readonly #unit = signal<LogUnit>('nats');
  readonly #late = signal(false);
  /** The distribution on screen as a picture, made once. */
  readonly #picture = new Memo<Picture>();

  constructor(context: TabContext, chain: ChainEditor, screen: Screen, frame: ExploreFrame) {
    this.#context = context;
    this.#chain = chain;
    this.#screen = screen;
    this.#frame = frame;
    this.#next = new NextToken(context.session);
    this.#found = new FoundTokensView(this.#next);
    this.#actions = new CompletionActions(context, frame.failed);
    this.#branching = new Branching(context);
    this.#cards = new ExploreCards(context, chain, this.#branching);
    setTimeout(() => {
      this.#late.value = true;
    }, LATE);
  }

  /** Tokens in the distribution that have a row of their own. */
  get rows(): number {
    return this.#rows.value;
  }

  set rows(rows: number) {
    this.#rows.value = rows;
  }

  /** Of log-probabilities. */
  get unit(): LogUnit {
    return this.#unit.value;
  }

  set unit(unit: LogUnit) {
    this.#unit.value = unit;
  }

  get #onScreen(): OnScreen {
    return this.#screen.of(this.#frame.outcome());
  }

  get #controls(): Controls {
    const seed = typedNumber(valueText(this.#frame.values(), 'seed'), 'whole');
    const read = typeof seed === 'number' && Number.isSafeInteger(seed) ? seed : 0;
    return { steps: this.#chain.steps, seed: read, rows: this.rows };
  }

  get #greedy(): boolean {
    return this.#frame.values()['greedy'] === true;
  }

  #reading(): Reading {
    return this.#next.read(this.#onScreen, this.#controls);
  }

  layout(pieces: Pieces<ExploreResult>): TemplateResult {
    const { run } = this.#onScreen;
    const stale = this.#stale(pieces);
    return html`<div
      class="explore one-screen"
      ?data-empty=${this.#reading().summary === null}
      @input=${keepBarsInView}
      @pointerdown=${keepBarsInView}
      @keydown=${keepBarsInView}
    >
      ${pieces.form}
      <div class="results">
        ${this.#distribution(pieces, stale)} ${run ? this.#tools(run, pieces) : nothing}
        ${this.#completions(run, pieces, stale)} ${run ? this.#details(run, pieces) : nothing}
      </div>
    </div>`;
  }

  /** Whether what is on screen is the last result: what came of a run that failed is none. */
  #isResult(run: ExploreRun, outcome: Outcome<ExploreResult> | null): boolean {
    const { latest } = this.#screen;
    return run.state !== 'running' && outcome !== null && (latest === null || latest.order === outcome.order);
  }

  /** Whether what is on screen, which may be the part that a run has left, belongs to other controls. */
  #stale({ outcome, stale }: Pieces<ExploreResult>): Stale | null {
    const { latest } = this.#screen;
    if (!latest) return outcome && stale(outcome.order, outcome.result.provenance.modelName);
    const { order } = latest;
    // An earlier version asked for no list of tokens, which changes nothing on screen.
    const parameters = { listed: MOST_ROWS, ...order.parameters };
    return stale({ ...order, parameters }, this.#nameOf(order.model));
  }

  #nameOf(model: string): string {
    return this.#context.session.models.find(({ id }) => id === model)?.name ?? model;
  }

  /** What can be done with the result, the saved ones, and how it differs from one of them. */
  #tools(run: ExploreRun, pieces: Pieces<ExploreResult>): TemplateResult {
    const { outcome, parts, bar, historyButton, history, comparison } = pieces;
    const isResult = this.#isResult(run, outcome);
    const growing = run.state === 'running';
    return html`<section class="explore-tools" aria-label=${t('Keep and compare')}>
      ${isResult || growing ? bar(growing) : html`<div class="result-bar">${historyButton}</div>`} ${history}
      ${isResult ? comparison : nothing}
      ${isResult && parts?.earlier ? parts.pictures.map((picture) => parts.figure(picture)) : nothing}
    </section>`;
  }

  /** Every number in tables, and the reader's conclusion. */
  #details(
    run: ExploreRun,
    { outcome, parts, conclusion }: Pieces<ExploreResult>,
  ): TemplateResult | typeof nothing {
    if (!parts || !this.#isResult(run, outcome)) return nothing;
    return html`<section class="explore-details" aria-label=${t('Figures')}>
      ${guard([parts], () => parts.tables.map(parts.table))} ${conclusion}
    </section>`;
  }

  /** The controls of the chain, with what every step does to the distribution on screen. */
  samplers(): TemplateResult {
    const screen = this.#onScreen;
    return chainControls(this.#chain, this.#context, this.#frame.failed, {
      deeds: this.#deeds(),
      keptInOrder: this.#next.keptInOrder(screen, this.#controls),
      problem: this.#reading().problem,
      run: runBeside(exploreParameters, this.#frame.values, this.#frame.fill),
      beside: abButton(this.#context, this.#chain, this.#frame.values()),
      probabilities: (ids) =>
        this.#next.isOfModel(screen) ? this.#next.probabilitiesOf(ids, screen, this.#controls) : new Map(),
    });
  }

  #deeds(): readonly string[] {
    const { summary, asSaved } = this.#reading();
    // The steps of a saved distribution are those of its own chain; what is not known is not said.
    if (summary === null || typeof summary === 'string' || asSaved || !isCounted(summary)) return [];
    return deedsOf(this.#chain.steps, summary.steps);
  }

  #distribution(
    { historyButton, history, staleMark }: Pieces<ExploreResult>,
    stale: Stale | null,
  ): TemplateResult | typeof nothing {
    const screen = this.#onScreen;
    const { summary, bucket, asSaved } = this.#reading();
    const vocabulary = this.#next.vocabularyOf(screen);
    if (summary === null || !vocabulary) return this.#emptyOrWaiting(html`${historyButton} ${history}`);
    if (typeof summary === 'string') return html`<p class="empty">${summary}</p>`;
    const { steps } = this.#chain;
    // It follows the controls; the toy's depends on nothing but its table.
    const other = stale?.by === 'settings' || this.#context.session.isToy ? null : stale;
    return distributionView({
      summary,
      bucket,
      chain: (asSaved ? screen.run?.order.parameters.chain : undefined) ?? chainOfSteps(steps),
      vocabulary,
      after: this.#lastWords(screen, vocabulary),
      greedy: this.#greedy,
      mark: staleMark(other),
      search: this.#found.view(screen),
      found: this.#found.rows(screen, this.#controls),
      remark: this.#found.remark(screen),
      note: asSaved ? t('As saved, with its own samplers. Generate again to use the controls.') : null,
      report: this.#deeds().map((deed, index) => deedLine(steps[index]!, deed)),
      biasOf: (id) => (asSaved ? 0 : biasOf(steps, id)),
      onRows: (rows) => {
        this.rows = rows;
      },
    });
  }

  #emptyOrWaiting(more: TemplateResult): TemplateResult | typeof nothing {
    const { session, editPrompt, chooseModel } = this.#context;
    const { going } = this.#screen;
    if (going && this.#frame.isRunning()) {
      return this.#frame.elapsed() >= PROGRESS_AFTER
        ? html`<p class="empty quiet">${this.#screen.doing()}…</p>`
        : nothing;
    }
    return emptyView({
      welcomed: session.welcomed,
      late: this.#late.value,
      hasModel: session.models.some(({ kind }) => kind !== 'toy'),
      more,
      onEdit: editPrompt,
      onToy: () => {
        chooseModel(TOY);
      },
    });
  }

  /** What the distribution comes after: the last words of the prompt that it was computed for. */
  #lastWords({ run }: OnScreen, vocabulary: Vocabulary): string {
    if (this.#context.session.isToy) return t('for any prompt');
    const ids = run?.prompt?.ids;
    if (!ids) return '';
    const last = Array.from(ids.slice(-CONTEXT_TOKENS));
    // A saved result names no tokens of the prompt.
    if (last.length === 0) return '';
    return t('after {0}', lastWords(completionText(vocabulary, last), ids.length > last.length));
  }

  #completions(
    run: ExploreRun | null,
    { staleMark }: Pieces<ExploreResult>,
    stale: Stale | null,
  ): TemplateResult | typeof nothing {
    const vocabulary = this.#next.vocabularyOfRun(this.#onScreen);
    if (!run || !vocabulary) return nothing;
    return completionsView({
      run,
      vocabulary,
      unit: this.unit,
      blocked: this.#actions.blocked(run),
      feedback: this.#actions.feedback?.run === run ? this.#actions.feedback : null,
      onInserted: (feedback, act) => void this.#actions.actOnInserted(feedback, act),
      mark: staleMark(stale),
      other: stale !== null && stale.by !== 'settings',
      drawn: this.#drawn(run),
      reserved: this.#room.of(run),
      onUnit: (unit) => {
        this.unit = unit;
      },
      onAction: (sample, action) => void this.#actions.act(run, sample, action),
      onBranch: this.#branching.isPossible(run)
        ? (sample, index) => {
            const step = run.completions[sample]?.steps[index];
            if (step) this.#branching.open(run, sample, index, step.id);
          }
        : null,
      onContinue: (sample) => {
        const added = run.completions[sample]?.steps.length ?? 0;
        this.#context.changePrompt(
          run.order.parameters.prompt + (this.#actions.textOf(run, sample) ?? ''),
          t(
            'the prompt and {0} of completion {1}',
            count(added, '{0} token', '{0} tokens'),
            whole(sample + 1),
          ),
        );
      },
    });
  }

  #drawn({ finished, order }: ExploreRun): TemplateResult | typeof nothing {
    if (!finished) return nothing;
    const { greedy, seed } = order.parameters;
    return drawnView(finished.provenance, greedy ? null : seed, offWords(finished.completions));
  }

  slides(): readonly Slide[] {
    const screen = this.#onScreen;
    const { summary } = this.#reading();
    const vocabulary = this.#next.vocabularyOf(screen);
    if (summary === null || typeof summary === 'string' || !vocabulary) return [];
    const picture = this.#picture.of([summary, vocabulary], () => summaryPicture(summary, vocabulary));
    const ofRun = this.#next.vocabularyOfRun(screen);
    return [
      distributionSlide(picture, this.#lastWords(screen, vocabulary)),
      ...(screen.run && ofRun ? completionsSlide(screen.run, ofRun) : []),
    ];
  }

  footer(): TemplateResult | typeof nothing {
    const { run } = this.#onScreen;
    return run ? footerView(run, this.#nameOf(run.order.model)) : nothing;
  }

  card(kind: string, rest: readonly string[]): TemplateResult | null {
    const screen = this.#onScreen;
    if (kind === 'server') {
      const { finished, order } = screen.run ?? {};
      return finished && order
        ? resultServerCard(this.#context.session, order.model, finished.provenance)
        : null;
    }
    return this.#cards.card(kind, rest, {
      screen,
      reading: this.#reading(),
      vocabulary: this.#next.vocabularyOf(screen),
      vocabularyOfRun: this.#next.vocabularyOfRun(screen),
      found: kind === 'found' ? this.#found.rows(screen, this.#controls) : [],
      unit: this.unit,
      isOfModel: this.#next.isOfModel(screen),
      isRunOfModel: this.#next.isRunOfModel(screen),
    });
  }
}
