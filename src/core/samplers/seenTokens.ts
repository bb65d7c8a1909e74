import type { SamplerHistory } from './types';

/** Counts how often each token occurs in the recent history, without allocating at each step. */
export class SeenTokens {
  /** The distinct tokens; the first `distinct` entries. */
  readonly ids: Int32Array;
  distinct = 0;
  /** How often each token occurred, by id. */
  readonly counts: Int32Array;

  constructor(readonly vocabularySize: number) {
    this.ids = new Int32Array(vocabularySize);
    this.counts = new Int32Array(vocabularySize);
  }

  /**
   * Counts the last `window` tokens, or all where it is 0. Ids outside the vocabulary are left out.
   */
  count({ tokens }: SamplerHistory, window: number): void {
    for (let row = 0; row < this.distinct; row++) this.counts[this.ids[row]!] = 0;
    this.distinct = 0;
    const start = window === 0 ? 0 : Math.max(0, tokens.length - window);
    for (let i = start; i < tokens.length; i++) {
      const id = tokens[i]!;
      if (!(id >= 0 && id < this.vocabularySize)) continue;
      if (this.counts[id] === 0) this.ids[this.distinct++] = id;
      this.counts[id]!++;
    }
  }
}
