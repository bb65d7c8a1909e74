/** The logits of the candidates as samplers leave them, and their order, in a vector that is written when it is read. */
import { topIndices } from '../logits';
import { blocksOf } from '../vectorPass';
import { nthLargestInBlocks, topInBlocks, type Divided } from './blockMaxima';
import type { GivenLogits } from './givenLogits';
import { FEW, nthLargest, nthLargestOfFew } from './selection';
import { largestOf } from './weights';

/** Which tokens are candidates: the first `count` entries of `ids`, ascending. */
export interface Rows {
  readonly ids: Int32Array;
  readonly count: number;
  /** Whether tokens that are no candidates have -Infinity. */
  readonly isCleared: boolean;
}

/**
 * Most chains begin with a temperature and a step that leaves few tokens: until another step asks for more, all that is
 * known is that the logits are those given, divided by a number, and what is the largest of every block of them.
 */
export class CurrentLogits {
  /**
   * The largest of every block, while nothing is removed and no sampler has written a logit: whoever ranks tokens has to
   * read few blocks.
   */
  maxima: Float64Array | undefined;
  readonly #given: GivenLogits;
  readonly #rows: Rows;
  readonly #scratch: Float64Array;
  readonly #vector: Float64Array;
  /** True while the logits are those given, divided by `#divisor`, and none of them is in `#vector`. */
  #behind = false;
  #divisor = 1;
  readonly #changedMaxima: Float64Array;

  /** @param scratch room for `size` numbers, which is used during calls only. */
  constructor(size: number, given: GivenLogits, rows: Rows, scratch: Float64Array) {
    this.#given = given;
    this.#rows = rows;
    this.#scratch = scratch;
    this.#vector = new Float64Array(size);
    this.#changedMaxima = new Float64Array(blocksOf(size));
  }

  /** Starts over with the logits as given. */
  begin(): void {
    this.#behind = true;
    this.#divisor = 1;
    this.maxima = this.#given.maxima;
  }

  /** By token id; right for candidates only, unless the rows are cleared. */
  get vector(): Float64Array {
    if (this.#behind) this.#catchUp();
    return this.#vector;
  }

  #catchUp(): void {
    const vector = this.#vector;
    const { values } = this.#given;
    const divisor = this.#divisor;
    this.#behind = false;
    this.#divisor = 1;
    const { ids, count, isCleared } = this.#rows;
    if (isCleared) {
      vector.set(values);
      if (divisor !== 1) for (let id = 0; id < vector.length; id++) vector[id]! /= divisor;
      return;
    }
    for (let row = 0; row < count; row++) vector[ids[row]!] = values[ids[row]!]! / divisor;
  }

  /** What gives the logits where it is divided by `divisor`: for those who read few of it. */
  get unread(): Divided {
    return { values: this.#behind ? this.#given.values : this.#vector, divisor: this.#divisor };
  }

  /** To be called after something was written into the vector, or a token removed. */
  changed(): void {
    this.maxima = undefined;
  }

  /** Room for the largest of every block, for who finds them anew. */
  get roomForMaxima(): Float64Array {
    return this.#changedMaxima;
  }

  /** Divides all logits by a number above 0 that leaves them finite. */
  divide(divisor: number): void {
    const { maxima } = this;
    if (!maxima) {
      const { ids, count } = this.#rows;
      const { vector } = this;
      for (let row = 0; row < count; row++) vector[ids[row]!]! /= divisor;
      return;
    }
    if (this.#behind && this.#divisor === 1) this.#divisor = divisor;
    else {
      const { vector } = this;
      for (let id = 0; id < vector.length; id++) vector[id]! /= divisor;
    }
    // Rounding keeps the order.
    for (let block = 0; block < maxima.length; block++) this.#changedMaxima[block] = maxima[block]! / divisor;
    this.maxima = this.#changedMaxima;
  }

  /** The n best candidates, best first. @param n at most as many as there are */
  ranked(n: number): number[] {
    const { maxima } = this;
    if (maxima) return topInBlocks(this.unread, maxima, n, this.#scratch);
    const { ids, count } = this.#rows;
    const { vector } = this;
    const logits = Float64Array.from({ length: count }, (_, row) => vector[ids[row]!]!);
    return topIndices(logits, n).map((row) => ids[row]!);
  }

  /** The best candidate: largest logit, lowest id among equals. */
  best(): number {
    if (this.maxima) return this.ranked(1)[0]!;
    const { ids, count } = this.#rows;
    const { vector } = this;
    let best = ids[0]!;
    for (let row = 1; row < count; row++) if (vector[ids[row]!]! > vector[best]!) best = ids[row]!;
    return best;
  }

  /** The largest logit of a candidate. */
  largest(): number {
    return this.maxima ? largestOf(this.maxima) : this.vector[this.best()]!;
  }

  /** The largest absolute value of a candidate's logit. */
  extent(): number {
    const { max, maxima } = this.#given;
    if (this.maxima === maxima) return Math.max(Math.abs(max), Math.abs(this.#given.leastPossible()));
    const { ids, count } = this.#rows;
    const { vector } = this;
    let extent = 0;
    for (let row = 0; row < count; row++) extent = Math.max(extent, Math.abs(vector[ids[row]!]!));
    return extent;
  }

  /** The logit of the candidate that is n-th when they are ranked, n from 1 to their count. */
  nthLargest(n: number): number {
    const { maxima } = this;
    const scratch = this.#scratch;
    if (maxima) return nthLargestInBlocks(this.unread, maxima, n, scratch);
    const { ids, count } = this.#rows;
    const { vector } = this;
    if (n <= FEW) return nthLargestOfFew(vector, ids, count, n, scratch);
    for (let row = 0; row < count; row++) scratch[row] = vector[ids[row]!]!;
    return nthLargest(scratch, count, n);
  }
}
