/** Which step of a chain removed which token, written down in as few places as will do. */
import { BLOCK } from '../vectorPass';

/** In `Removals.by`: the token is still a candidate. */
export const KEPT = -1;
/** In `Removals.by`: the token's logit was -Infinity before the first sampler. */
export const IMPOSSIBLE = -2;

/**
 * Most steps that remove much of a vocabulary do so while all of it is there, and nobody asks about its tokens one by
 * one: such a cut writes down the few that it leaves. What concerns the others is brought in where they are read.
 */
export class Removals {
  /** How many candidates the current step has marked for removal. */
  marked = 0;
  readonly #by: Int16Array;
  /** Whether `#by` says of any token that it is no candidate. */
  #isWritten = false;
  readonly #few: Int32Array;
  #step = 0;
  /** Of the current step, where it is such a cut: how many it leaves, the first entries of `#few`; else -1. */
  #leaves = -1;
  /** The step that removed all but the first `#left` entries of `#few`, if `#by` does not say so yet; else -1. */
  #cutBy = -1;
  #left = 0;

  constructor(vocabularySize: number) {
    this.#by = new Int16Array(vocabularySize).fill(KEPT);
    this.#few = new Int32Array(vocabularySize);
  }

  /** Makes all tokens candidates. */
  clear(): void {
    if (this.#isWritten) this.#by.fill(KEPT);
    this.#isWritten = false;
    this.#cutBy = -1;
    this.#leaves = -1;
  }

  /** Leaves out a token before the first step. */
  leaveOut(id: number): void {
    this.#by[id] = IMPOSSIBLE;
    this.#isWritten = true;
  }

  /** Starts step `step` of the chain. */
  begin(step: number): void {
    this.#step = step;
    this.marked = 0;
  }

  /** `KEPT`, `IMPOSSIBLE`, or the index of the step that removed the token, by token id. */
  get by(): Int16Array {
    const by = this.#by;
    if (this.#cutBy >= 0) {
      const few = this.#few.subarray(0, this.#left);
      const later = Int16Array.from(few, (id) => by[id]!);
      this.#markAll(this.#cutBy);
      for (let row = 0; row < few.length; row++) by[few[row]!] = later[row]!;
      this.#cutBy = -1;
    }
    return by;
  }

  isCandidate(id: number): boolean {
    if (this.#by[id] !== KEPT) return false;
    if (this.#cutBy < 0) return true;
    // It must be one of the few that the cut has left, which ascend.
    let low = 0;
    for (let high = this.#left; low < high;) {
      const middle = (low + high) >> 1;
      if (this.#few[middle]! < id) low = middle + 1;
      else high = middle;
    }
    return low < this.#left && this.#few[low] === id;
  }

  /** Marks a candidate; does nothing for a token that is none. */
  mark(id: number): void {
    if (this.#leaves >= 0) this.#markOthers();
    if (this.#by[id] !== KEPT || (this.#cutBy >= 0 && !this.isCandidate(id))) return;
    this.#by[id] = this.#step;
    this.#isWritten = true;
    this.marked++;
  }

  /** Takes back a mark of the current step. */
  spare(id: number): void {
    if (this.#leaves >= 0) this.#markOthers();
    if (this.#by[id] !== this.#step) return;
    this.#by[id] = KEPT;
    this.marked--;
  }

  /**
   * Marks the candidates, the first `count` of `ids`, whose value is below `cutoff`, and of those at it all but `ties`.
   */
  markBelow(ids: Int32Array, count: number, values: Float64Array, cutoff: number, ties: number): void {
    if (this.#leaves >= 0) this.#markOthers();
    const by = this.#by;
    const step = this.#step;
    let atCutoff = 0;
    let marked = 0;
    for (let row = 0; row < count; row++) {
      const id = ids[row]!;
      const value = values[id]!;
      const below = value < cutoff || (value === cutoff && ++atCutoff > ties);
      if (!below || by[id] !== KEPT) continue;
      by[id] = step;
      marked++;
    }
    this.marked += marked;
    if (marked > 0) this.#isWritten = true;
  }

  /**
   * Marks all candidates but few, by writing down those that stay. To be called where no step has removed any and none
   * is marked.
   * @param count of the candidates.
   * @param maxima the largest value of every block of tokens.
   * @param least the value of a token that stays is at least this.
   * @param stays asked once of every token with such a value, and some others, by ascending id.
   * @returns false where they are not few, and nothing is marked.
   */
  keepFew(count: number, maxima: Float64Array, least: number, stays: (id: number) => boolean): boolean {
    const few = this.#few;
    const size = this.#by.length;
    let kept = 0;
    for (let block = 0; block < maxima.length; block++) {
      if (maxima[block]! < least) continue;
      const end = Math.min(size, (block + 1) * BLOCK);
      for (let id = block * BLOCK; id < end; id++) if (stays(id)) few[kept++] = id;
      if (8 * kept > size) return false;
    }
    // Where all stay, the step has marked none, and may still mark some one by one.
    if (kept < count) this.#leaves = kept;
    this.marked = count - kept;
    return true;
  }

  /** Marks one by one what `keepFew` has left out. */
  #markOthers(): void {
    this.#markAll(this.#step);
    for (let row = 0; row < this.#leaves; row++) this.#by[this.#few[row]!] = KEPT;
    this.#leaves = -1;
  }

  /** Says of all that no step has removed that this one does. */
  #markAll(step: number): void {
    const by = this.#by;
    if (!this.#isWritten) by.fill(step);
    else for (let id = 0; id < by.length; id++) if (by[id] === KEPT) by[id] = step;
    this.#isWritten = true;
  }

  /**
   * Ends a step.
   * @param ids the first `count` entries are the candidates, ascending.
   * @param left receives those that are not marked; may be `ids` itself.
   * @returns how many these are.
   */
  end(ids: Int32Array, count: number, left: Int32Array): number {
    if (this.#leaves >= 0) {
      this.#cutBy = this.#step;
      this.#left = this.#leaves;
      this.#leaves = -1;
      left.set(this.#few.subarray(0, this.#left));
      return this.#left;
    }
    let kept = 0;
    for (let row = 0; row < count; row++) if (this.#by[ids[row]!] === KEPT) left[kept++] = ids[row]!;
    return kept;
  }
}
