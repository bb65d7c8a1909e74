/**
 * The passes over all logits of a vocabulary: the largest of every block, and the exponentials with their sums. They
 * take nearly all of a sampler's time, so that a program may bring a faster implementation (`vectorKernel.ts`), which
 * gives the same bits.
 */
import { expNormal, LOWEST } from './exponential';

/** Numbers in a block. */
export const BLOCK = 64;
/** Numbers that are summed side by side, each second one with each second one. */
export const LANES = 2;

export function blocksOf(count: number): number {
  return Math.ceil(count / BLOCK);
}

/** One vector at a time: whoever loads it has to be done with it before another does. */
export interface VectorPass {
  /** After `load`: the largest number of every block, NaN left out. */
  readonly maxima: Float64Array;
  /** After `sums` or `weigh`: the sum of the exponentials, and of each times its exponent. NaN where a number was NaN. */
  readonly sum: number;
  readonly weighted: number;
  /**
   * Takes numbers in, and finds the largest of every block.
   * @param wide whether `weigh` will follow; `sums` may follow in any case
   * @returns the least of all, NaN left out
   */
  load(numbers: ArrayLike<number>, wide: boolean): number;
  /** Puts another number into a place. */
  put(place: number, number: number): void;
  /** Sums exp(x - max) over all numbers, which are then used up; what is below exp(`LOWEST`) counts as 0. */
  sums(max: number): void;
  /** The same, and writes the exponentials. */
  weigh(max: number, out: Float64Array): void;
}

/** Wherever there is nothing faster. */
export class PlainPass implements VectorPass {
  maxima = new Float64Array(0);
  sum = 0;
  weighted = 0;
  #values = new Float64Array(0);
  #count = 0;

  load(numbers: ArrayLike<number>): number {
    const count = numbers.length;
    if (this.#values.length < count) {
      this.#values = new Float64Array(count);
      this.maxima = new Float64Array(blocksOf(count));
    }
    this.#count = count;
    this.#values.set(numbers);
    return scan(this.#values, this.maxima, 0, count);
  }

  put(place: number, number: number): void {
    this.#values[place] = number;
  }

  sums(max: number): void {
    const values = this.#values;
    let [sum0, sum1, part0, part1] = [0, 0, 0, 0];
    for (let id = 0; id < this.#count; id += LANES) {
      const below0 = values[id]! - max;
      const weight0 = below0 < LOWEST ? 0 : expNormal(below0);
      values[id] = weight0;
      sum0 += weight0;
      if (weight0 !== 0) part0 += weight0 * below0;
      if (id + 1 === this.#count) break;
      const below1 = values[id + 1]! - max;
      const weight1 = below1 < LOWEST ? 0 : expNormal(below1);
      values[id + 1] = weight1;
      sum1 += weight1;
      if (weight1 !== 0) part1 += weight1 * below1;
    }
    this.sum = sum0 + sum1;
    this.weighted = part0 + part1;
  }

  weigh(max: number, out: Float64Array): void {
    this.sums(max);
    out.set(this.#values.subarray(0, this.#count));
  }
}

/**
 * Finds the largest number of every block, NaN left out.
 * @param from where to begin: the first of a block.
 * @returns the least of those from there on
 */
export function scan(numbers: ArrayLike<number>, maxima: Float64Array, from: number, count: number): number {
  let least = Infinity;
  for (let block = from / BLOCK, id = from; id < count; block++) {
    let max = -Infinity;
    for (const end = Math.min(count, id + BLOCK); id < end; id++) {
      const value = numbers[id]!;
      if (value > max) max = value;
      if (value < least) least = value;
    }
    maxima[block] = max;
  }
  return least;
}

/** The pass that all share. */
export const vectorPass: { current: VectorPass } = { current: new PlainPass() };
