/** Two settings compared with the same luck. */
import { CumulativeTable } from '../draw';
import type { RandomStream } from '../random';
import { checkCount, checkSameLength } from './checks';

export interface CommonNumbersComparison {
  /** How often each token was drawn under either setting. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Draws at which both gave the same token. */
  readonly same: number;
}

/**
 * Common random numbers: every uniform number is used for both distributions, by inversion, so what differs is the
 * setting's doing and not chance. The difference of the two frequencies varies less than between separate samples.
 *
 * Law, Simulation Modeling and Analysis, 2015, section 11.2.
 * @throws RangeError for different numbers of tokens, or when `draws` is no whole number of at least 0.
 */
export function compareWithCommonNumbers(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  draws: number,
  random: RandomStream,
): CommonNumbersComparison {
  checkSameLength(first, second);
  checkCount('draws', draws, 0);
  const tables = [new CumulativeTable(first), new CumulativeTable(second)] as const;
  const counts = [new Int32Array(first.length), new Int32Array(second.length)] as const;
  let same = 0;
  for (let i = 0; i < draws; i++) {
    const u = random.next();
    const a = tables[0].draw(u);
    const b = tables[1].draw(u);
    counts[0][a]!++;
    counts[1][b]!++;
    if (a === b) same++;
  }
  return { first: counts[0], second: counts[1], same };
}

/**
 * The exact probability that the same uniform number gives the same token under both distributions: the summed
 * overlap of their intervals of the cumulative distribution.
 * @throws RangeError for different numbers of tokens.
 */
export function agreementWithCommonNumbers(first: ArrayLike<number>, second: ArrayLike<number>): number {
  checkSameLength(first, second);
  let overlap = 0;
  let a = 0;
  let b = 0;
  for (let id = 0; id < first.length; id++) {
    const start = Math.max(a, b);
    a += first[id]!;
    b += second[id]!;
    overlap += Math.max(0, Math.min(a, b) - start);
  }
  return Math.min(1, overlap);
}
