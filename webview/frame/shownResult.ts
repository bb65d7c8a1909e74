/** The result on screen, and the one that it is compared with. */
import { computed, signal } from '@preact/signals-core';
import { compareTables } from '../../src/experiments/report/compare';
import type { ReportOf, ReportTable } from '../../src/experiments/report/types';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import { duration } from '../format/numbers';
import type { Outcome } from './record';
import { verdictOf, type Verdict } from './replayVerdict';
import type { ExperimentRun } from './run';
import { t } from '../../src/l10n/language';

export class ShownResult<Result extends ExperimentResult> {
  readonly #report: ReportOf<Result>;
  readonly #announce: (sentence: string) => void;
  readonly #outcome = signal<Outcome<Result> | null>(null);
  readonly #earlier = signal<Outcome<Result> | null>(null);
  readonly #verdict = signal<Verdict | null>(null);
  readonly #comparison = computed(() => {
    const { outcome, earlier } = this;
    if (!outcome || !earlier) return [];
    const { tables } = this.#report;
    return compareTables(tables(outcome.result), tables(earlier.result));
  });

  constructor(report: ReportOf<Result>, announce: (sentence: string) => void) {
    this.#report = report;
    this.#announce = announce;
  }

  get outcome(): Outcome<Result> | null {
    return this.#outcome.value;
  }

  /** What it is compared with; it itself where the next result is to be. */
  get earlier(): Outcome<Result> | null {
    return this.#earlier.value;
  }

  /** What a replay of it gave. */
  get verdict(): Verdict | null {
    return this.#verdict.value;
  }

  /** Whether the next result will be compared with this one. */
  get keptToCompare(): boolean {
    const { outcome, earlier } = this;
    return earlier !== null && earlier.result === outcome?.result;
  }

  /** Shows another one, or none, compared with nothing. */
  show(outcome: Outcome<Result> | null): void {
    this.#outcome.value = outcome;
    this.#earlier.value = null;
    this.#verdict.value = null;
  }

  /** Takes what a run gave: the next result, or what a replay is to be judged by. */
  take({ order, replays }: ExperimentRun, result: Result): void {
    const { outcome } = this;
    if (outcome && replays === outcome.result) {
      if (result.stopped) return;
      this.#verdict.value = verdictOf(outcome.result, result);
      this.#announce(this.#verdict.value.sentence);
      return;
    }
    this.#outcome.value = { order, result, savedId: null, conclusion: outcome?.conclusion ?? '' };
    // That a run was stopped is said when it is.
    if (result.stopped) return;
    const answer = this.#report.summary(result)[0] ?? '';
    this.#announce(t('Done in {0}. {1}', duration(result.milliseconds), answer));
  }

  forgetVerdict(): void {
    this.#verdict.value = null;
  }

  /** What the reader concludes: it is saved with the result. */
  conclude(conclusion: string): void {
    const { outcome } = this;
    if (outcome) this.#outcome.value = { ...outcome, conclusion, savedId: null };
  }

  /** A result was saved as it was then. */
  saved(outcome: Outcome<Result>, savedId: string): void {
    if (this.outcome === outcome) this.#outcome.value = { ...outcome, savedId };
  }

  /** Compares it with another one, or with none. */
  compareWith(earlier: Outcome<Result> | null): void {
    this.#earlier.value = earlier;
  }

  /** Has the next result compared with this one, or takes that back. */
  keepToCompare(): void {
    const kept = !this.keptToCompare;
    this.#earlier.value = kept ? this.outcome : null;
    this.#announce(
      kept
        ? t('The next result will be compared with this one.')
        : t('The next result will not be compared.'),
    );
  }

  /** The values in which it and the earlier one differ. */
  get comparison(): readonly ReportTable[] {
    return this.#comparison.value;
  }
}
