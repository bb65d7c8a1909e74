/**
 * The passes over all logits of a vocabulary: the largest of every block, and the exponentials with their sums. They
 * take nearly all of a sampler's time, so that a program may bring a faster implementation (`vectorKernel.ts`), which
 * gives the same bits.
 */
import { expNormal, expNotPositive, LOWEST } from './exponential';

/** Numbers in a block. */
export const BLOCK = 64;
/** Numbers that are summed side by side, each fourth one with each fourth one. */
export const LANES = 4;

export function blocksOf(count: number): number {
  return Math.ceil(count / BLOCK);
}

/** One vector at a time: whoever fills `values` has to be done with it before another does. */
export interface VectorPass {
  /** The vector; never shorter than what was asked for, its rest is not read. */
  readonly values: Float64Array;
  /** After `scan`: the largest number of every block. */
  readonly maxima: Float64Array;
  /** After `weigh`: the sum of the exponentials, and of each times its exponent. NaN where a number was NaN. */
  readonly sum: number;
  readonly weighted: number;
  /** Makes room for vectors of so many numbers. */
  reserve(count: number): void;
  /** Finds the largest of every block, NaN left out. @returns the least of all */
  scan(count: number): number;
  /**
   * Replaces every number x by exp(x - max).
   * @param least of all, as `scan` has found it
   */
  weigh(count: number, max: number, least: number): void;
}

/** Wherever there is nothing faster. */
export class PlainPass implements VectorPass {
  values = new Float64Array(0);
  maxima = new Float64Array(0);
  sum = 0;
  weighted = 0;

  reserve(count: number): void {
    if (this.values.length >= count) return;
    this.values = new Float64Array(count);
    this.maxima = new Float64Array(blocksOf(count));
  }

  scan(count: number): number {
    const { values, maxima } = this;
    let least = Infinity;
    for (let block = 0, id = 0; id < count; block++) {
      let max = -Infinity;
      for (const end = Math.min(count, id + BLOCK); id < end; id++) {
        const value = values[id]!;
        if (value > max) max = value;
        if (value < least) least = value;
      }
      maxima[block] = max;
    }
    return least;
  }

  weigh(count: number, max: number, least: number): void {
    const { values } = this;
    const normal = least - max >= LOWEST;
    let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
    let [part0, part1, part2, part3] = [0, 0, 0, 0];
    const whole = count - (count % LANES);
    if (normal) {
      for (let id = 0; id < whole; id += LANES) {
        const below0 = values[id]! - max;
        const weight0 = expNormal(below0);
        values[id] = weight0;
        sum0 += weight0;
        part0 += weight0 * below0;
        const below1 = values[id + 1]! - max;
        const weight1 = expNormal(below1);
        values[id + 1] = weight1;
        sum1 += weight1;
        part1 += weight1 * below1;
        const below2 = values[id + 2]! - max;
        const weight2 = expNormal(below2);
        values[id + 2] = weight2;
        sum2 += weight2;
        part2 += weight2 * below2;
        const below3 = values[id + 3]! - max;
        const weight3 = expNormal(below3);
        values[id + 3] = weight3;
        sum3 += weight3;
        part3 += weight3 * below3;
      }
    }
    this.sum = sum0 + sum2 + (sum1 + sum3);
    this.weighted = part0 + part2 + (part1 + part3);
    weighRest(this, normal ? whole : 0, count, max);
  }
}

interface Sums {
  readonly values: Float64Array;
  sum: number;
  weighted: number;
}

/** Weighs the numbers from `from` on, one after the other, whatever they are: -Infinity weighs nothing. */
export function weighRest(pass: Sums, from: number, count: number, max: number): void {
  const { values } = pass;
  let { sum, weighted } = pass;
  for (let id = from; id < count; id++) {
    const below = values[id]! - max;
    const weight = expNotPositive(below);
    values[id] = weight;
    sum += weight;
    if (weight !== 0) weighted += weight * below;
  }
  pass.sum = sum;
  pass.weighted = weighted;
}

/** The pass that all share, and whose weights it holds. */
export const vectorPass: { current: VectorPass; owner: object | undefined } = {
  current: new PlainPass(),
  owner: undefined,
};
