/** Draws from a distribution, counted, beside what is exact. */
import { CumulativeTable } from '../draw';
import type { RandomStream } from '../random';
import { checkCount } from './checks';
import { wilsonInterval, type Interval } from './interval';

/**
 * How often each token is drawn in `draws` independent draws, one number of the stream each.
 * @throws RangeError when `draws` is no whole number of at least 0, or no probability is above 0.
 */
export function countDraws(
  probabilities: ArrayLike<number>,
  draws: number,
  random: RandomStream,
): Int32Array {
  checkCount('draws', draws, 0);
  const table = new CumulativeTable(probabilities);
  const counts = new Int32Array(probabilities.length);
  for (let i = 0; i < draws; i++) counts[table.draw(random.next())]!++;
  return counts;
}

/** One token of the table: what was seen and what is exact. */
export interface SampledToken {
  readonly id: number;
  /** How often it was drawn; 0 for a token that never was. */
  readonly count: number;
  /** count / draws; NaN without draws. */
  readonly frequency: number;
  /** Wilson interval of the frequency. */
  readonly interval: Interval;
  /** Exact probability. */
  readonly probability: number;
  /** Exact expectation of the count. */
  readonly expected: number;
}

/**
 * `print_sampled_tokens` of Raschka, Build a Large Language Model (From Scratch), 2024, section 5.3, as a table:
 * draws from a distribution and lists how often each token came. Every token has a row, those never drawn too, in
 * id order.
 *
 * @param draws the book's 1000 when left out.
 * @param confidence of the intervals.
 * @throws RangeError when `draws` is no whole number of at least 0, or no probability is above 0.
 */
export function printSampledTokens(
  probabilities: ArrayLike<number>,
  random: RandomStream,
  draws = 1000,
  confidence = 0.95,
): SampledToken[] {
  const counts = countDraws(probabilities, draws, random);
  return Array.from(counts, (count, id) => ({
    id,
    count,
    frequency: count / draws,
    interval: wilsonInterval(count, draws, confidence),
    probability: probabilities[id]!,
    expected: draws * probabilities[id]!,
  }));
}
