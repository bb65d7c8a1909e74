/**
 * The passes over all logits of a vocabulary: the largest of every block, and the exponentials with their sums. They
 * take nearly all of a sampler's time, so that a program may bring a faster implementation (`vectorKernel.ts`), which
 * gives the same bits.
 */
import { expNormal, LOWEST } from './exponential';

/** Numbers in a block. */
export const BLOCK = 64;
/** Numbers that are weighed at a time; their sum has the even ones and the odd ones apart until the end. */
const GROUP = 8;

/** Room for so many numbers and what fills up the last group. */
export function roomFor(count: number): number {
  return Math.ceil(count / GROUP) * GROUP;
}

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
  /**
   * Sums exp(x - max) over all numbers, which are then used up, with 0 to 7 more of -Infinity. Where a number is below
   * max + `LOWEST`, it is taken to be that: exp(LOWEST) is 3e-308.
   */
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
    const room = roomFor(count);
    if (this.#values.length < room) {
      this.#values = new Float64Array(room);
      this.maxima = new Float64Array(blocksOf(count));
    }
    this.#count = count;
    this.#values.set(numbers);
    this.#values.fill(-Infinity, count, room);
    return scan(this.#values, this.maxima, 0, count);
  }

  put(place: number, number: number): void {
    this.#values[place] = number;
  }

  sums(max: number): void {
    const values = this.#values;
    let [even, odd, evenParts, oddParts] = [0, 0, 0, 0];
    const end = roomFor(this.#count);
    for (let place = 0; place < end; place += 2) {
      const below0 = Math.max(values[place]! - max, LOWEST);
      const weight0 = expNormal(below0);
      values[place] = weight0;
      even += weight0;
      evenParts += weight0 * below0;
      const below1 = Math.max(values[place + 1]! - max, LOWEST);
      const weight1 = expNormal(below1);
      values[place + 1] = weight1;
      odd += weight1;
      oddParts += weight1 * below1;
    }
    this.sum = even + odd;
    this.weighted = evenParts + oddParts;
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
