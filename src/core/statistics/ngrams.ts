/** Runs of n successive tokens, counted. */
import { checkCount } from '../checks';

/** Anything that can be compared by identity and printed: token ids or words. */
export type Item = number | string;

/**
 * How often each run of n successive items occurs; a sequence shorter than n has none.
 * @throws RangeError when n is no whole number of at least 1.
 */
export function countNgrams(items: readonly Item[], n: number): Map<string, number> {
  checkCount('n', n, 1);
  const counts = new Map<string, number>();
  for (let start = 0; start + n <= items.length; start++) {
    // JSON keeps 1 and '1' apart, and words with any separator in them.
    const key = JSON.stringify(items.slice(start, start + n));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Number of runs of n successive items in a sequence. */
export function ngramCount(items: readonly Item[], n: number): number {
  return Math.max(0, items.length - n + 1);
}
