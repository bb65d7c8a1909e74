/** Order among tens of thousands of numbers, where the largest of every block is known: few blocks must be read. */
import { topIndices } from '../logits';
import { nthLargest } from './selection';
import { BLOCK } from '../vectorPass';

/** Numbers that are `values` divided by `divisor`. */
export interface Divided {
  readonly values: ArrayLike<number>;
  readonly divisor: number;
}

/**
 * A number that at least n others reach: the n-th largest of the maxima.
 * @param scratch room for as many numbers as there are maxima; overwritten.
 * @returns -Infinity where there are fewer blocks.
 */
function reachedBy(n: number, maxima: Float64Array, scratch: Float64Array): number {
  if (n > maxima.length) return -Infinity;
  scratch.set(maxima);
  return nthLargest(scratch, maxima.length, n);
}

/**
 * The n-th largest number (n = 1 is the largest).
 * @param maxima of the blocks of the numbers.
 * @param n from 1 to the number of values.
 * @param scratch room for as many numbers as there are values; overwritten.
 */
export function nthLargestInBlocks(
  { values, divisor }: Divided,
  maxima: Float64Array,
  n: number,
  scratch: Float64Array,
): number {
  const least = reachedBy(n, maxima, scratch);
  let found = 0;
  for (let block = 0; block < maxima.length; block++) {
    if (maxima[block]! < least) continue;
    const end = Math.min(values.length, (block + 1) * BLOCK);
    for (let at = block * BLOCK; at < end; at++) {
      const value = values[at]! / divisor;
      if (value >= least) scratch[found++] = value;
    }
  }
  return nthLargest(scratch, found, n);
}

/**
 * As `topIndices`.
 * @param maxima of the blocks of the numbers.
 * @param scratch room for as many numbers as there are values; overwritten.
 */
export function topInBlocks(
  { values, divisor }: Divided,
  maxima: Float64Array,
  n: number,
  scratch: Float64Array,
): number[] {
  if (n < 1) return [];
  const least = reachedBy(n, maxima, scratch);
  const found: number[] = [];
  for (let block = 0; block < maxima.length; block++) {
    if (maxima[block]! < least) continue;
    const end = Math.min(values.length, (block + 1) * BLOCK);
    for (let at = block * BLOCK; at < end; at++) {
      if (values[at]! / divisor < least) continue;
      found.push(at);
      // Many equal ones: the heap does without a list.
      if (found.length > 8 * n + BLOCK) {
        return topIndices(divisor === 1 ? values : Float64Array.from(values, (value) => value / divisor), n);
      }
    }
  }
  return found.sort((a, b) => values[b]! / divisor - values[a]! / divisor || a - b).slice(0, n);
}

/** As `rankOf`. */
export function rankInBlocks(values: ArrayLike<number>, maxima: Float64Array, id: number): number {
  const value = values[id]!;
  let rank = 0;
  for (let block = 0; block < maxima.length; block++) {
    if (maxima[block]! < value) continue;
    const begin = block * BLOCK;
    const end = Math.min(values.length, begin + BLOCK);
    const middle = Math.max(begin, Math.min(id, end));
    for (let at = begin; at < middle; at++) if (values[at]! >= value) rank++;
    for (let at = middle; at < end; at++) if (values[at]! > value) rank++;
  }
  return rank;
}
