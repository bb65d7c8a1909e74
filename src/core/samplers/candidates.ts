/** The tokens that a chain of samplers is still considering, with their logits, in buffers made once. */
import { drawAmong } from '../draw';
import { CurrentLogits, type Rows } from './currentLogits';
import { GivenLogits } from './givenLogits';
import { KEPT, Removals } from './removals';
import { MassCut } from './selection';
import { logSumAndEntropy, softmaxOfFew, weighAll } from './weights';
import { t } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

export { IMPOSSIBLE, KEPT } from './removals';

/** Below this, float64 has fewer digits the smaller a number is: its logarithm says little of it. */
const SMALLEST_NORMAL = 2 ** -1022;

/**
 * Candidates for the next token. Samplers read `ids`, `logits` and `probabilities`, write `logits`, and call
 * `remove`. All vectors but `ids` are indexed by token id; nothing is allocated after construction.
 *
 * Most tokens are removed by one step, and nobody asks for them one by one. The vectors that samplers read are
 * therefore right for candidates only; `wholeLogits`, `wholeProbabilities`, `given` and `removedBy` bring in what
 * concerns the others when they are asked for.
 *
 * One order rules wherever tokens must be ranked: larger logit first, lower id first among equal logits.
 */
export class Candidates implements Rows {
  /** The logits as given, and what they say. */
  readonly given: GivenLogits;
  /** The first `count` entries are the candidates, ascending; to be read only. */
  ids: Int32Array;
  count = 0;
  /** A vector that a sampler may use as it likes between calls to this class. */
  readonly scratch: Float64Array;
  /** Sentences of the current step that a user should read. */
  readonly warnings: string[] = [];
  /** Tokens removed by the latest step. */
  removed = 0;
  /** True when the latest step would have removed everything and the best token was kept instead. */
  rescued = false;
  /** Whether tokens that are no candidates have their -Infinity and their 0. */
  isCleared = false;

  readonly #logits: CurrentLogits;
  readonly #probabilities: Float64Array;
  readonly #removals: Removals;
  /** All ids, ascending. */
  readonly #all: Int32Array;
  readonly #own: Int32Array;
  readonly #order: Int32Array;
  readonly #massCut: MassCut;
  /** True while `#probabilities` and `#entropy` belong to the current logits. */
  #fresh = false;
  /** True while the probabilities are those of the logits as given. */
  #rawHolds = false;
  /** Whether a step has removed a token. */
  #someRemoved = false;
  #entropy = 0;
  #max = 0;
  #logSum = 0;

  /** @throws RangeError for a vocabulary without tokens. */
  constructor(readonly vocabularySize: number) {
    if (!Number.isSafeInteger(vocabularySize) || vocabularySize < 1) {
      throw new RangeError(
        t('The vocabulary has {0} tokens; it must have at least 1.', asGiven(vocabularySize)),
      );
    }
    this.#probabilities = new Float64Array(vocabularySize);
    this.#removals = new Removals(vocabularySize);
    this.scratch = new Float64Array(vocabularySize);
    this.given = new GivenLogits(vocabularySize, this.scratch);
    this.#own = new Int32Array(vocabularySize);
    this.#order = new Int32Array(vocabularySize);
    this.#all = new Int32Array(vocabularySize);
    for (let id = 0; id < vocabularySize; id++) this.#all[id] = id;
    this.ids = this.#all;
    this.#logits = new CurrentLogits(vocabularySize, this.given, this, this.scratch);
    this.#massCut = new MassCut();
  }

  /**
   * Starts over with the model's logits.
   * @param logits not changed, and not to be changed as long as anything is read here.
   * @throws RangeError for a vector of another length, NaN, +Infinity, or no finite logit.
   */
  load(logits: ArrayLike<number>): void {
    if (logits.length !== this.vocabularySize) {
      throw new RangeError(
        t(
          'There are {0} logits; the vocabulary has {1} tokens, one logit each.',
          asGiven(logits.length),
          asGiven(this.vocabularySize),
        ),
      );
    }
    this.given.load(logits);
    this.#begin();
  }

  /** Starts over with the logits that were loaded last, without reading them anew. @param logits they, unchanged */
  reload(logits: ArrayLike<number>): void {
    this.given.values = logits;
    this.#begin();
  }

  #begin(): void {
    const { given } = this;
    this.#logits.begin();
    this.#max = given.max;
    this.#logSum = given.logSum;
    this.#entropy = given.entropy;
    this.#removals.clear();
    this.ids = this.#all;
    this.count = this.vocabularySize;
    this.#fresh = false;
    this.#rawHolds = true;
    this.isCleared = true;
    this.#someRemoved = false;
    if (given.least === -Infinity) this.#leaveOutImpossible();
    this.warnings.length = 0;
  }

  #leaveOutImpossible(): void {
    const { values } = this.given;
    let count = 0;
    for (let id = 0; id < values.length; id++) {
      if (values[id] === -Infinity) this.#removals.leaveOut(id);
      else this.#own[count++] = id;
    }
    this.ids = this.#own;
    this.count = count;
  }

  /** Current logits of the candidates. */
  get logits(): Float64Array {
    return this.#logits.vector;
  }

  /** `KEPT`, `IMPOSSIBLE`, or the index of the step that removed the token. */
  get removedBy(): Int16Array {
    return this.#removals.by;
  }

  /** Softmax of the candidates' logits. Computed when it is asked for. */
  get probabilities(): Float64Array {
    this.#refresh();
    return this.#rawHolds ? this.given.probabilities : this.#probabilities;
  }

  /** The same of one token, 0 for those that are no candidates. */
  probabilityOf(id: number): number {
    if (!this.#removals.isCandidate(id)) return 0;
    return this.#rawHolds ? this.given.probabilityOf(id) : this.probabilities[id]!;
  }

  /** Entropy of `probabilities`, in nats. */
  get entropy(): number {
    this.#refresh();
    return this.#entropy;
  }

  /** As `drawToken` from `probabilities`. */
  draw(u: number): number {
    return drawAmong(this.ids, this.count, this.probabilities, u);
  }

  /** The logits, -Infinity for every token that is no candidate. */
  get wholeLogits(): Float64Array {
    const { logits } = this;
    if (!this.isCleared) this.#clearRemoved();
    return logits;
  }

  /** The probabilities, 0 for every token that is no candidate. */
  get wholeProbabilities(): Float64Array {
    const { probabilities } = this;
    if (!this.isCleared) this.#clearRemoved();
    return probabilities;
  }

  /** The n best candidates, best first; all where there are fewer. */
  ranked(n: number): number[] {
    return this.#logits.ranked(Math.min(n, this.count));
  }

  /** ln of a candidate's probability; finite even where the probability underflows to 0. */
  logProbability(id: number): number {
    this.#refresh();
    return this.logits[id]! - this.#max - this.#logSum;
  }

  /** The largest logit of a candidate. */
  largest(): number {
    return this.#logits.largest();
  }

  /** The largest absolute value of a candidate's logit. */
  extent(): number {
    return this.#logits.extent();
  }

  /** The best candidate: largest logit, lowest id among equals. */
  best(): number {
    return this.#logits.best();
  }

  /** The logit of the candidate that is n-th when they are ranked, n from 1 to `count`. */
  nthLargestLogit(n: number): number {
    return this.#logits.nthLargest(n);
  }

  /** To be called by a sampler after it wrote to `logits`. */
  logitsChanged(): void {
    this.#fresh = false;
    this.#rawHolds = false;
    this.#logits.changed();
  }

  /** Divides all logits by a number above 0 that leaves them finite. */
  divide(divisor: number): void {
    this.#logits.divide(divisor);
    this.#fresh = false;
    this.#rawHolds = false;
  }

  /**
   * Gives one candidate another logit; does nothing for a token that is none. Infinite values are brought back
   * into the range of float64, so that a huge penalty or bias makes a token very improbable, not impossible.
   */
  setLogit(id: number, logit: number): void {
    if (!this.#removals.isCandidate(id)) return;
    this.logits[id] = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, logit));
    this.logitsChanged();
  }

  /** Marks a candidate for removal by the current step; it stays readable until the step ends. */
  remove(id: number): void {
    this.#removals.mark(id);
  }

  /** Takes back a `remove` of the current step. */
  spare(id: number): void {
    this.#removals.spare(id);
  }

  /** Removes the candidates whose logit is below `cutoff`, and of those at it all but `ties` (the lowest ids). */
  removeBelow(cutoff: number, ties = Infinity): void {
    const { maxima, unread } = this.#logits;
    const removals = this.#removals;
    if (maxima && removals.marked === 0) {
      const { values, divisor } = unread;
      let atCutoff = 0;
      const stays = (id: number): boolean => {
        const logit = values[id]! / divisor;
        // As in `markBelow`: where the cutoff is not a number, no logit is below it.
        return !(logit < cutoff || (logit === cutoff && ++atCutoff > ties));
      };
      if (removals.keepFew(this.count, maxima, cutoff, stays)) return;
    }
    removals.markBelow(this.ids, this.count, this.logits, cutoff, ties);
  }

  /** Removes the candidates whose probability is below `least`. */
  removeLessProbable(least: number): void {
    this.#refresh();
    const { maxima } = this.#logits;
    const removals = this.#removals;
    if (maxima && removals.marked === 0 && least >= SMALLEST_NORMAL) {
      // No logit below this has so large a probability, however the logarithms are rounded.
      const cutoff = this.#max + this.#logSum + Math.log(least);
      const stays = (id: number): boolean => this.probabilityOf(id) >= least;
      if (removals.keepFew(this.count, maxima, cutoff - 1e-9 - 1e-12 * Math.abs(cutoff), stays)) return;
    }
    removals.markBelow(this.ids, this.count, this.probabilities, least, Infinity);
  }

  /** Takes back removals of the current step so that at least the `n` best candidates stay. */
  spareBest(n: number): void {
    if (this.count - this.#removals.marked >= n || n < 1) return;
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
    } else order.set(ids.subarray(0, count));
    this.#massCut.find(order, rows, keys, weights, limit, reaching, mass);
    return this.#massCut;
  }

  /** Starts step `step` of the chain. */
  begin(step: number): void {
    this.#removals.begin(step);
    this.rescued = false;
  }

  /** Ends the step: what was marked is removed. If that is everything, the best token stays. */
  end(): void {
    const { ids, count } = this;
    const removals = this.#removals;
    this.removed = 0;
    if (removals.marked === 0) return;
    if (removals.marked === count) {
      removals.spare(this.best());
      this.rescued = true;
      if (count === 1) return;
    }
    const kept = removals.end(ids, count, this.#own);
    this.ids = this.#own;
    this.removed = count - kept;
    this.count = kept;
    this.isCleared = false;
    this.#someRemoved = true;
    this.logitsChanged();
  }

  /** Gives every token but the candidates no logit and no probability. */
  #clearRemoved(): void {
    const { ids, logits, scratch, count, vocabularySize } = this;
    const fresh = this.#rawHolds ? undefined : this.#probabilities;
    this.isCleared = true;
    if (8 * count < vocabularySize) {
      // Few are left: all are cleared at once, and those written back.
      for (const vector of fresh ? [logits, fresh] : [logits]) {
        for (let row = 0; row < count; row++) scratch[row] = vector[ids[row]!]!;
        vector.fill(vector === logits ? -Infinity : 0);
        for (let row = 0; row < count; row++) vector[ids[row]!] = scratch[row]!;
      }
      return;
    }
    const { removedBy } = this;
    for (let id = 0; id < vocabularySize; id++) {
      if (removedBy[id] === KEPT) continue;
      logits[id] = -Infinity;
      if (fresh) fresh[id] = 0;
    }
  }

  #refresh(): void {
    if (this.#fresh) return;
    this.#fresh = true;
    // The entropy of the logits as given is there, and their softmax is made where it is read.
    if (this.#rawHolds) return;
    // With many candidates, going over all tokens in order is faster; those removed have -Infinity and weigh 0.
    if (2 * this.count > this.vocabularySize) {
      if (!this.isCleared) this.#clearRemoved();
      this.#softmaxOfAll();
    } else this.#softmaxOfCandidates(this.largest());
  }

  #softmaxOfAll(): void {
    const maxima = this.#logits.roomForMaxima;
    const { max, others, weighted } = weighAll(this.logits, maxima, this.#probabilities);
    this.#note(max, 1, others, weighted);
    if (!this.#someRemoved) this.#logits.maxima = maxima;
  }

  /** The softmax of the candidates alone; the entries of others stay as they are. */
  #softmaxOfCandidates(max: number): void {
    const { ids, logits, count } = this;
    const { best, others, weighted } = softmaxOfFew(ids, count, logits, max, this.#probabilities);
    this.isCleared &&= count === this.vocabularySize;
    this.#note(max, best, others, weighted);
  }

  #note(max: number, best: number, others: number, weighted: number): void {
    const { logSum, entropy } = logSumAndEntropy(best, others, weighted);
    this.#max = max;
    this.#logSum = logSum;
    this.#entropy = entropy;
  }
}
