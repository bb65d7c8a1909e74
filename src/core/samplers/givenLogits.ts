/** The logits of a model, and what they say before any sampler. */
import { expNotPositive } from '../exponential';
import { blocksOf } from '../vectorPass';
import { rankInBlocks, topInBlocks } from './blockMaxima';
import { logSumAndEntropy, weighAll, type Weighed } from './weights';

/** Buffers made once for vectors of one length; their softmax is written only where all of it is asked for. */
export class GivenLogits {
  /** The vector itself. */
  values: ArrayLike<number> = [];
  /** The largest of every block of it. */
  readonly maxima: Float64Array;
  /** ln of the sum of exp(logit - the largest). */
  logSum = 0;
  /** Entropy of the softmax, in nats. */
  entropy = 0;
  #weighed: Weighed = { max: 0, least: 0, others: 0, weighted: 0 };
  readonly #probabilities: Float64Array;
  #isWhole = false;
  /** Whether all of it was asked for. */
  #wasAsked = false;
  readonly #scratch: Float64Array;

  /** @param scratch room for `size` numbers, which is used during calls only. */
  constructor(size: number, scratch: Float64Array) {
    this.maxima = new Float64Array(blocksOf(size));
    this.#probabilities = new Float64Array(size);
    this.#scratch = scratch;
  }

  /**
   * @param values not changed, and not to be changed as long as anything is read here.
   * @throws RangeError for NaN, +Infinity, or no finite logit.
   */
  load(values: ArrayLike<number>): void {
    // Who has asked for all of the last one will ask again: what is written now need not be computed twice.
    this.#isWhole = this.#wasAsked;
    this.#wasAsked = false;
    this.#weighed = weighAll(values, this.maxima, this.#isWhole ? this.#probabilities : undefined);
    this.values = values;
    const { logSum, entropy } = logSumAndEntropy(1, this.#weighed.others, this.#weighed.weighted);
    this.logSum = logSum;
    this.entropy = entropy;
  }

  get max(): number {
    return this.#weighed.max;
  }

  /** The least logit, -Infinity where a token is impossible. */
  get least(): number {
    return this.#weighed.least;
  }

  /** The least logit of a token that is not impossible. */
  leastPossible(): number {
    const { least, values } = this;
    if (least > -Infinity) return least;
    let possible = Infinity;
    for (let id = 0; id < values.length; id++) {
      const value = values[id]!;
      if (value < possible && value !== -Infinity) possible = value;
    }
    return possible;
  }

  /** Softmax. */
  get probabilities(): Float64Array {
    this.#wasAsked = true;
    if (!this.#isWhole) {
      weighAll(this.values, this.maxima, this.#probabilities);
      this.#isWhole = true;
    }
    return this.#probabilities;
  }

  /** The same of one token. */
  probabilityOf(id: number): number {
    if (this.#isWhole) return this.#probabilities[id]!;
    return expNotPositive(this.values[id]! - this.#weighed.max) * (1 / (1 + this.#weighed.others));
  }

  /** As `topIndices` of the logits. */
  best(n: number): number[] {
    return topInBlocks({ values: this.values, divisor: 1 }, this.maxima, n, this.#scratch);
  }

  /** As `rankOf` in the logits. */
  rankOf(id: number): number {
    return rankInBlocks(this.values, this.maxima, id);
  }
}
