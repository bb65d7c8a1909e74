/** Whether a sample could have come from a distribution. */
import { checkSameLength } from '../checks';
import { chiSquareTail } from './specialFunctions';
import { t } from '../../l10n/language';

export interface GoodnessOfFit {
  /** Sum of (observed - expected)^2 / expected; Infinity where something impossible was drawn. */
  readonly statistic: number;
  /** Cells that were compared, less one. */
  readonly degreesOfFreedom: number;
  /** Probability of a statistic at least as large if the distribution is true; 1 with no degrees of freedom. */
  readonly pValue: number;
  /** Outcomes whose expected count was too small to be compared alone. */
  readonly pooled: number;
}

/** The usual rule (Cochran, Some Methods for Strengthening the Common Chi-Square Tests, 1954). */
const SMALLEST_EXPECTED = 5;

/**
 * Chi-square test of counts against exact probabilities.
 *
 * Pearson, On the Criterion that a Given System of Deviations, 1900.
 *
 * Outcomes expected fewer than five times are compared together; if together they are still expected fewer than
 * five times, the rarest of the other outcomes join them.
 * @param counts how often each outcome was drawn.
 * @param probabilities of the outcomes; they sum to 1.
 * @throws RangeError for different numbers of outcomes, or no draws.
 */
export function chiSquareTest(counts: ArrayLike<number>, probabilities: ArrayLike<number>): GoodnessOfFit {
  checkSameLength(counts, probabilities);
  let draws = 0;
  for (let id = 0; id < counts.length; id++) draws += counts[id]!;
  if (!(draws > 0)) throw new RangeError(t('There are no draws; a test needs at least one.'));

  const cells: { observed: number; expected: number }[] = [];
  for (let id = 0; id < counts.length; id++) {
    const expected = draws * probabilities[id]!;
    if (expected > 0) cells.push({ observed: counts[id]!, expected });
    else if (counts[id]! > 0) return { statistic: Infinity, degreesOfFreedom: 1, pValue: 0, pooled: 0 };
  }
  cells.sort((a, b) => b.expected - a.expected);
  let alone = cells.length;
  let pool = { observed: 0, expected: 0 };
  while (alone > 0 && (cells[alone - 1]!.expected < SMALLEST_EXPECTED || isTooSmall(pool))) {
    alone--;
    pool = {
      observed: pool.observed + cells[alone]!.observed,
      expected: pool.expected + cells[alone]!.expected,
    };
  }
  const compared = pool.expected > 0 ? [...cells.slice(0, alone), pool] : cells;
  const statistic = compared.reduce((sum, c) => sum + (c.observed - c.expected) ** 2 / c.expected, 0);
  const degreesOfFreedom = compared.length - 1;
  return {
    statistic,
    degreesOfFreedom,
    pValue: degreesOfFreedom === 0 ? 1 : chiSquareTail(statistic, degreesOfFreedom),
    pooled: cells.length - alone,
  };
}

const isTooSmall = ({ expected }: { expected: number }): boolean =>
  expected > 0 && expected < SMALLEST_EXPECTED;
