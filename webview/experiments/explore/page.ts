/** Explore: the next-token distribution after the prompt, and sampled completions. */
import { nothing, type TemplateResult } from 'lit';
import { t } from '../../../src/l10n/language';
import { exploreReport } from '../../../src/experiments/explore/report';
import { exploreResultSchema, type ExploreResult } from '../../../src/experiments/explore/result';
import type { ListedPreset } from '../../../src/protocol/presets';
import type { ExperimentPage } from '../../frame/experimentPage';
import { ExperimentTab } from '../../frame/experimentTab';
import type { Slide } from '../../frame/presentation';
import { isRemembered, parsedBy } from '../../frame/record';
import type { Tab, TabContext } from '../../frame/tab';
import { ChainEditor } from '../../form/chainEditor';
import { quickView } from '../../form/quickView';
import { explorePictures } from './charts';
import { exploreForm } from './form';
import { ExploreView } from './layout';
import { packExplore, unpackExplore, upgraded } from './memory';
import { Screen } from './screen';
import { TokenActions, tokenActionsView } from './tokenActions';

export function createExplore(context: TabContext): Tab {
  return new Explore(context);
}

class Explore extends ExperimentTab<ExploreResult> {
  readonly #context: TabContext;
  readonly #chain: ChainEditor;
  readonly #screen: Screen;
  readonly #view: ExploreView;

  constructor(context: TabContext) {
    const failed = (error: unknown): void => {
      this.state.fail(error);
    };
    const chain = new ChainEditor(() => context.session.loaded?.info);
    const screen = new Screen(context, failed, () => performance.now());
    const view: ExploreView = new ExploreView(context, chain, screen, {
      values: () => this.state.form.values,
      fill: (values) => {
        this.state.form.fill(values);
      },
      outcome: () => this.state.shown.outcome,
      isRunning: () => this.state.runs.jobState !== 'none',
      elapsed: () => this.state.runs.elapsed,
      failed,
    });
    super(pageOf(context, chain, screen, view), context);
    this.#context = context;
    this.#chain = chain;
    this.#screen = screen;
    this.#view = view;
  }

  override run(): void {
    const { session } = this.#context;
    if (!session.source) session.typePrompt('');
    super.run();
  }

  override card(kind: string, rest: readonly string[]): TemplateResult | null {
    return this.#view.card(kind, rest) ?? super.card(kind, rest);
  }

  tokenActions(id: number): TemplateResult | typeof nothing {
    const { session, announce } = this.#context;
    const vocabulary = session.loadedOf(session.model, undefined)?.vocabulary;
    return vocabulary ? tokenActionsView(new TokenActions(this.#chain, vocabulary, announce), id) : nothing;
  }

  /** The bars are there; the texts may still grow. */
  isAnswered(): boolean {
    return this.#screen.latest?.run.logits !== undefined && this.#context.session.loaded !== undefined;
  }

  override slides(): readonly Slide[] {
    return this.#view.slides();
  }

  /** A run that goes on will fail for the same reason, and say it. */
  override failed(error: unknown, retry?: () => void): void {
    if (!this.state.runs.isGoing) super.failed(error, retry);
  }

  takePreset(preset: ListedPreset): void {
    this.#chain.take(preset);
    this.state.form.set('greedy', false);
  }

  modelChanged(): void {
    if (this.#context.session.source) this.run();
  }

  modelLoaded(): void {
    this.#chain.checkAgain();
    this.state.form.checkAgain();
  }

  override save(): () => object {
    const rest = super.save();
    const { rows, unit } = this.#view;
    const { kept: latest } = this.#screen;
    const { outcome } = this.state.shown;
    return () => ({
      ...rest(),
      ...packExplore({ rows, unit, latest }, outcome && isRemembered(outcome) ? outcome : null),
    });
  }

  override restore(saved: unknown): void {
    super.restore(upgraded(saved));
    const memory = unpackExplore(saved, this.state.shown.outcome);
    if (!memory) return;
    this.#view.rows = memory.rows;
    this.#view.unit = memory.unit;
    this.#screen.restore(memory.latest);
  }
}

function pageOf(
  context: TabContext,
  chain: ChainEditor,
  screen: Screen,
  view: ExploreView,
): ExperimentPage<ExploreResult> {
  return {
    id: 'explore',
    title: t('Explore'),
    question: t('What comes next?'),
    promise: t(
      'You will see how probable each next token is, before and after the samplers, and how the text continues when tokens are drawn from it.',
    ),
    lane: 'quick',
    verb: { label: t('Generate'), hook: 'generate' },
    toyUnfolded: true,
    quick: (values) => quickView(chain, values['greedy'] === true),
    ...exploreForm(context, chain, () => view.samplers()),
    read: parsedBy(exploreResultSchema),
    report: exploreReport,
    pictures: explorePictures,
    live: (order, isReplay) => screen.begin(order, isReplay),
    isEmpty: ({ next }) => next === null,
    showsPart: (order) => screen.latest?.order === order,
    opened: () => {
      screen.forget();
    },
    layout: (pieces) => view.layout(pieces),
    footer: () => view.footer(),
  };
}
