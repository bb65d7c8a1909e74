/** What stands around the result on screen: whose it is, what can be done with it, and what it is compared with. */
import { nothing, type TemplateResult } from 'lit';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import type { EarlierAnswer } from './answerView';
import type { DrawnResult } from './drawnResult';
import { RUN, type ExperimentPage, type ShownParts } from './experimentPage';
import type { ExperimentState } from './experimentState';
import { exportChoices } from './exports';
import type { Stale } from './order';
import type { Outcome } from './record';
import { codeChoices } from './resultCode';
import {
  comparisonView,
  conclusionView,
  historyButton,
  historyView,
  resultBarView,
  staleView,
} from './resultView';
import { servedName } from './serverView';

export class AroundResult<Result extends ExperimentResult> {
  readonly #page: ExperimentPage<Result>;
  readonly #state: ExperimentState<Result>;
  readonly #drawn: DrawnResult<Result>;
  readonly #present: () => void;
  readonly #run: () => void;

  /**
   * @param present shows it large
   * @param run runs the experiment again
   */
  constructor(
    page: ExperimentPage<Result>,
    state: ExperimentState<Result>,
    drawn: DrawnResult<Result>,
    present: () => void,
    run: () => void,
  ) {
    this.#page = page;
    this.#state = state;
    this.#drawn = drawn;
    this.#present = present;
    this.#run = run;
  }

  historyButton(): TemplateResult {
    const { keeping } = this.#state;
    return historyButton(keeping.history !== null, () => void keeping.toggleHistory());
  }

  history(): TemplateResult | typeof nothing {
    const { keeping, shown } = this.#state;
    if (!keeping.history) return nothing;
    return historyView({
      lines: keeping.history,
      canCompare: shown.outcome !== null,
      onOpen: (id) =>
        void keeping.reopen(id, (saved) => {
          this.#state.open(saved);
        }),
      onCompare: (id) =>
        void keeping.reopen(id, (saved) => {
          this.#state.compare(saved);
        }),
    });
  }

  staleMark(stale: Stale | null): TemplateResult | typeof nothing {
    if (!stale) return nothing;
    return staleView({
      stale,
      verb: (this.#page.verb ?? RUN).label,
      busy: this.#state.runs.jobState !== 'none',
      onRun: () => {
        this.#run();
      },
    });
  }

  bar(outcome: Outcome<Result> | null, parts: ShownParts<Result> | null, growing: boolean): TemplateResult {
    const state = this.#state;
    const { keeping, shown, runs } = state;
    return resultBarView({
      growing,
      exports: [
        ...(parts ? exportChoices(parts.tables, parts.pictures) : []),
        ...(outcome ? codeChoices(outcome) : []),
      ],
      saved: !growing && outcome !== null && outcome.savedId !== null,
      historyOpen: keeping.history !== null,
      busy: runs.jobState !== 'none',
      feedback: keeping.feedback,
      onExport: (id) => void this.#drawn.export(id),
      onSave: () => void state.save(),
      onHistory: () => void keeping.toggleHistory(),
      onReplay: () => {
        state.replay();
      },
      onPresent: this.#present,
      kept: shown.keptToCompare,
      onKeep: () => {
        shown.keepToCompare();
      },
    });
  }

  /** What the result is compared with, in a sentence; null where it is with nothing. */
  earlier(): EarlierAnswer | null {
    const { earlier } = this.#drawn;
    if (!earlier) return null;
    const { modelName, server } = earlier.result.provenance;
    return {
      model: servedName(modelName, server),
      headline: this.#page.report.summary(earlier.result)[0] ?? '',
    };
  }

  comparison(): TemplateResult | typeof nothing {
    const earlier = this.earlier();
    if (!earlier) return nothing;
    return comparisonView({
      tables: this.#state.shown.comparison,
      folds: this.#state.folds,
      earlier: this.#page.layout ? earlier : null,
      onClose: () => {
        this.#state.shown.compareWith(null);
      },
    });
  }

  conclusion(): TemplateResult | typeof nothing {
    const { shown } = this.#state;
    if (!shown.outcome) return nothing;
    return conclusionView(shown.outcome.conclusion, (text) => {
      shown.conclude(text);
    });
  }
}
