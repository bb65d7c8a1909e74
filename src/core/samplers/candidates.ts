/** The tokens that a chain of samplers is still considering, with their logits, in buffers made once. */
import { expNotPositive } from '../exponential';
import { largestLogit } from '../logits';
import { FEW, MassCut, nthLargest, nthLargestOfFew } from './selection';

/** In `removedBy`: the token is still a candidate. */
export const KEPT = -1;
/** In `removedBy`: the token's logit was -Infinity before the first sampler. */
export const IMPOSSIBLE = -2;

/**
 * Candidates for the next token. Samplers read `ids`, `logits` and `probabilities`, write `logits`, and call
 * `remove`. All vectors but `ids` are indexed by token id; nothing is allocated after construction.
 *
 * One order rules wherever tokens must be ranked: larger logit first, lower id first among equal logits.
 */
export class Candidates {
  /** Softmax of the logits as given. */
  readonly raw: Float64Array;
  /** Current logits; -Infinity for every token that is no candidate. */
  readonly logits: Float64Array;
  /** The first `count` entries are the candidates, ascending. */
  readonly ids: Int32Array;
  count = 0;
  /** `KEPT`, `IMPOSSIBLE`, or the index of the step that removed the token. */
  readonly removedBy: Int16Array;
  /** A vector that a sampler may use as it likes between calls to this class. */
  readonly scratch: Float64Array;
  /** Sentences of the current step that a user should read. */
  readonly warnings: string[] = [];
  /** Entropy of `raw`, in nats. */
  rawEntropy = 0;
  /** Tokens removed by the latest step, and their raw probability. */
  removed = 0;
  removedMass = 0;
  /** True when the latest step would have removed everything and the best token was kept instead. */
  rescued = false;

  readonly #probabilities: Float64Array;
  /** All ids, ascending. */
  readonly #all: Int32Array;
  readonly #order: Int32Array;
  readonly #massCut: MassCut;
  #step = 0;
  #marked = 0;
  /** True while `#probabilities` and `#entropy` belong to the current logits. */
  #fresh = false;
  /** True while `raw` is the softmax of the current logits. A vector that nobody asks for is not written. */
  #rawHolds = false;
  /** Whether the latest softmax over all tokens gave one of them 0. */
  #zeros = false;
  #entropy = 0;
  #max = 0;
  #logSum = 0;
  /** What the latest softmax of logits as given has noted. */
  #ofRaw = { max: 0, logSum: 0, entropy: 0, zeros: false };

  /** @throws RangeError for a vocabulary without tokens. */
  constructor(readonly vocabularySize: number) {
    if (!Number.isSafeInteger(vocabularySize) || vocabularySize < 1) {
      throw new RangeError(`The vocabulary has ${vocabularySize} tokens; it must have at least 1.`);
    }
    this.raw = new Float64Array(vocabularySize);
    this.logits = new Float64Array(vocabularySize);
    this.#probabilities = new Float64Array(vocabularySize);
    this.ids = new Int32Array(vocabularySize);
    this.removedBy = new Int16Array(vocabularySize);
    this.scratch = new Float64Array(vocabularySize);
    this.#order = new Int32Array(vocabularySize);
    this.#all = new Int32Array(vocabularySize);
    for (let id = 0; id < vocabularySize; id++) this.#all[id] = id;
    this.#massCut = new MassCut();
  }

  /**
   * Starts over with the model's logits.
   * @throws RangeError for a vector of another length, NaN, +Infinity, or no finite logit.
   */
  load(given: ArrayLike<number>): void {
    if (given.length !== this.vocabularySize) {
      throw new RangeError(
        `There are ${given.length} logits; the vocabulary has ${this.vocabularySize} tokens, one logit each.`,
      );
    }
    const max = largestLogit(given);
    this.#begin(given);
    this.#softmaxOfAll(max, this.raw);
    this.#ofRaw = { max, logSum: this.#logSum, entropy: this.#entropy, zeros: this.#zeros };
    this.#loaded();
  }

  /** Starts over with the logits that were loaded last, whose softmax is still there. @param given they, unchanged */
  reload(given: ArrayLike<number>): void {
    this.#begin(given);
    const { max, logSum, entropy, zeros } = this.#ofRaw;
    this.#max = max;
    this.#logSum = logSum;
    this.#entropy = entropy;
    this.#zeros = zeros;
    this.#loaded();
  }

  #begin(given: ArrayLike<number>): void {
    const { logits, ids, removedBy } = this;
    // Each pass writes one vector: together they would not stay in the processor's fast memory.
    logits.set(given);
    removedBy.fill(KEPT);
    ids.set(this.#all);
    this.count = given.length;
  }

  #loaded(): void {
    this.#fresh = false;
    this.#rawHolds = true;
    // Only what is impossible, or nearly so, has a probability of 0.
    if (this.#zeros && this.logits.includes(-Infinity)) this.#leaveOutImpossible();
    this.rawEntropy = this.#entropy;
    this.warnings.length = 0;
  }

  #leaveOutImpossible(): void {
    const { logits, ids, removedBy } = this;
    let count = 0;
    for (let id = 0; id < logits.length; id++) {
      if (logits[id] === -Infinity) removedBy[id] = IMPOSSIBLE;
      else ids[count++] = id;
    }
    this.count = count;
    // No later step writes the probabilities of these.
    this.#refresh();
  }

  /** Softmax of the current logits over the candidates, 0 for all others. Computed when it is asked for. */
  get probabilities(): Float64Array {
    this.#refresh();
    return this.#probabilities;
  }

  /** Entropy of `probabilities`, in nats. */
  get entropy(): number {
    this.#refresh();
    return this.#entropy;
  }

  /** ln of a candidate's probability; finite even where the probability underflows to 0. */
  logProbability(id: number): number {
    this.#refresh();
    return this.logits[id]! - this.#max - this.#logSum;
  }

  /** The largest logit of a candidate. */
  largest(): number {
    const { ids, logits, count } = this;
    let max = -Infinity;
    for (let row = 0; row < count; row++) {
      const logit = logits[ids[row]!]!;
      if (logit > max) max = logit;
    }
    return max;
  }

  /** The best candidate: largest logit, lowest id among equals. */
  best(): number {
    const { ids, logits, count } = this;
    let best = ids[0]!;
    for (let row = 1; row < count; row++) if (logits[ids[row]!]! > logits[best]!) best = ids[row]!;
    return best;
  }

  /** The logit of the candidate that is n-th when they are ranked, n from 1 to `count`. */
  nthLargestLogit(n: number): number {
    const { ids, logits, count, scratch } = this;
    if (n <= FEW) return nthLargestOfFew(logits, ids, count, n, scratch);
    for (let row = 0; row < count; row++) scratch[row] = logits[ids[row]!]!;
    return nthLargest(scratch, count, n);
  }

  /** To be called by a sampler after it wrote to `logits`. */
  logitsChanged(): void {
    this.#fresh = false;
    this.#rawHolds = false;
  }

  /**
   * Gives one candidate another logit; does nothing for a token that is none. Infinite values are brought back
   * into the range of float64, so that a huge penalty or bias makes a token very improbable, not impossible.
   */
  setLogit(id: number, logit: number): void {
    if (this.removedBy[id] !== KEPT) return;
    this.logits[id] = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, logit));
    this.logitsChanged();
  }

  /** Marks a candidate for removal by the current step; it stays readable until the step ends. */
  remove(id: number): void {
    if (this.removedBy[id] !== KEPT) return;
    this.removedBy[id] = this.#step;
    this.#marked++;
  }

  /** Takes back a `remove` of the current step. */
  spare(id: number): void {
    if (this.removedBy[id] !== this.#step) return;
    this.removedBy[id] = KEPT;
    this.#marked--;
  }

  /** Removes the candidates whose logit is below `cutoff`, and of those at it all but `ties` (the lowest ids). */
  removeBelow(cutoff: number, ties = Infinity): void {
    const { ids, logits, removedBy, count } = this;
    const step = this.#step;
    let atCutoff = 0;
    let marked = 0;
    for (let row = 0; row < count; row++) {
      const id = ids[row]!;
      const logit = logits[id]!;
      const below = logit < cutoff || (logit === cutoff && ++atCutoff > ties);
      if (!below || removedBy[id] !== KEPT) continue;
      removedBy[id] = step;
      marked++;
    }
    this.#marked += marked;
  }

  /** Takes back removals of the current step so that at least the `n` best candidates stay. */
  spareBest(n: number): void {
    if (this.count - this.#marked >= n || n < 1) return;
    const { ids, logits, count } = this;
    const cutoff = this.nthLargestLogit(Math.min(n, count));
    let better = 0;
    for (let row = 0; row < count; row++) if (logits[ids[row]!]! > cutoff) better++;
    let ties = n - better;
    for (let row = 0; row < count; row++) {
      const id = ids[row]!;
      if (logits[id]! > cutoff || (logits[id] === cutoff && ties-- > 0)) this.spare(id);
    }
  }

  /**
   * Where the probability mass of the candidates, ascending by `keys`, first exceeds (or reaches) a limit.
   * @param keys by token id.
   * @returns a cut that is overwritten by the next call.
   */
  cutMass(keys: Float64Array, limit: number, reaching: 'above' | 'at least'): MassCut {
    const weights = this.probabilities;
    const { ids, count } = this;
    const order = this.#order;
    let rows = count;
    let mass = 0;
    if (keys === this.logits) {
      // Probabilities ascend with logits, and so many that are so small stay below the limit together: most of a
      // vocabulary need not be ordered.
      const negligible = limit / (2 * count);
      rows = 0;
      for (let row = 0; row < count; row++) {
        const id = ids[row]!;
        const weight = weights[id]!;
        if (weight < negligible) mass += weight;
        else order[rows++] = id;
      }
    } else order.set(ids);
    this.#massCut.find(order, rows, keys, weights, limit, reaching, mass);
    return this.#massCut;
  }

  /** Starts step `step` of the chain. */
  begin(step: number): void {
    this.#step = step;
    this.#marked = 0;
    this.rescued = false;
  }

  /** Ends the step: what was marked is removed. If that is everything, the best token stays. */
  end(): void {
    const { ids, raw, removedBy, count } = this;
    this.removed = 0;
    this.removedMass = 0;
    if (this.#marked === 0) return;
    if (this.#marked === count) {
      this.spare(this.best());
      this.rescued = true;
      if (count === 1) return;
    }
    let kept = 0;
    let mass = 0;
    for (let row = 0; row < count; row++) {
      const id = ids[row]!;
      if (removedBy[id] === KEPT) ids[kept++] = id;
      else mass += raw[id]!;
    }
    this.removedMass = mass;
    this.removed = count - kept;
    this.count = kept;
    this.#clearRemoved();
    this.logitsChanged();
  }

  /** Gives every token but the candidates no logit and no probability. */
  #clearRemoved(): void {
    const { ids, logits, removedBy, scratch, count, vocabularySize } = this;
    const fresh = this.#probabilities;
    if (8 * count < vocabularySize) {
      // Few are left: all are cleared at once, and those written back.
      for (let row = 0; row < count; row++) scratch[row] = logits[ids[row]!]!;
      logits.fill(-Infinity);
      fresh.fill(0);
      for (let row = 0; row < count; row++) logits[ids[row]!] = scratch[row]!;
      return;
    }
    for (let id = 0; id < vocabularySize; id++) {
      if (removedBy[id] === KEPT) continue;
      logits[id] = -Infinity;
      fresh[id] = 0;
    }
  }

  #refresh(): void {
    if (this.#fresh) return;
    this.#fresh = true;
    if (this.#rawHolds) {
      this.#probabilities.set(this.raw);
      return;
    }
    // With many candidates, going over all tokens in order is faster; those removed have -Infinity and weigh 0.
    if (2 * this.count > this.vocabularySize) this.#softmaxOfAll(this.largest(), this.#probabilities);
    else this.#softmaxOfCandidates(this.largest(), this.#probabilities);
  }

  /** Writes the softmax of the logits of all tokens and notes its entropy. @param max the largest of them. */
  #softmaxOfAll(max: number, out: Float64Array): void {
    const { logits } = this;
    let sum = 0;
    let weighted = 0;
    let zeros = false;
    for (let id = 0; id < logits.length; id++) {
      const below = logits[id]! - max;
      const weight = expNotPositive(below);
      out[id] = weight;
      sum += weight;
      if (weight > 0) weighted += weight * below;
      else zeros = true;
    }
    const share = 1 / sum;
    for (let id = 0; id < out.length; id++) out[id]! *= share;
    this.#zeros = zeros;
    this.#note(max, sum, weighted);
  }

  /** The same of the candidates alone; the entries of others stay as they are. */
  #softmaxOfCandidates(max: number, out: Float64Array): void {
    const { ids, logits, count } = this;
    let sum = 0;
    let weighted = 0;
    for (let row = 0; row < count; row++) {
      const id = ids[row]!;
      const below = logits[id]! - max;
      const weight = expNotPositive(below);
      out[id] = weight;
      sum += weight;
      if (weight > 0) weighted += weight * below;
    }
    const share = 1 / sum;
    for (let row = 0; row < count; row++) out[ids[row]!]! *= share;
    this.#note(max, sum, weighted);
  }

  #note(max: number, sum: number, weighted: number): void {
    this.#max = max;
    this.#logSum = Math.log(sum);
    this.#entropy = Math.max(0, this.#logSum - weighted / sum);
  }
}
