import type { LanguageModel, ModelInfo, ScoreOptions, TextScores } from '../../../src/core/languageModel';
import { END_OF_TEXT, GPT2_VOCABULARY_SIZE, Gpt2Tokenizer } from '../../../src/gpt2/tokenizer/tokenizer';

const tokenizer = new Gpt2Tokenizer();

/**
 * A model with GPT-2's tokens whose scores depend, by a hash, on every token before that it is given: what is read
 * with another beginning has other scores.
 */
export class ChainModel implements LanguageModel {
  readonly info: ModelInfo;
  readonly vocabulary = tokenizer.vocabulary;
  /** Tokens scored so far. */
  scored = 0;

  /** @param piece tokens that are scored before others have a turn */
  constructor(
    contextLength: number,
    private readonly piece = 4,
  ) {
    this.info = {
      id: 'chain',
      name: 'Chain',
      kind: 'gpt2',
      vocabularySize: GPT2_VOCABULARY_SIZE,
      contextLength,
      endOfText: [END_OF_TEXT],
      startOfText: END_OF_TEXT,
      fingerprint: '',
      precision: 'fp32',
      parameters: 0,
    };
  }

  encode(text: string): number[] {
    return tokenizer.encode(text);
  }

  decode(ids: readonly number[]): string {
    return tokenizer.decode(ids);
  }

  async score(tokens: readonly number[], options: ScoreOptions = {}): Promise<TextScores> {
    const { from = 1, alternatives: count = 0, onScored, signal } = options;
    if (tokens.length > this.info.contextLength + 1) throw new RangeError('longer than the context');
    const { length } = tokens;
    const scores = {
      logProbabilities: new Float64Array(length).fill(NaN),
      ranks: new Int32Array(length).fill(-1),
      entropies: new Float64Array(length).fill(NaN),
      alternatives: {
        count,
        ids: new Int32Array(length * count).fill(-1),
        logProbabilities: new Float64Array(length * count).fill(NaN),
      },
    };
    let seen = 17;
    let begin = from;
    for (const [i, id] of tokens.entries()) {
      if (i >= from) {
        const value = Math.imul(seen ^ Math.imul(id, 0x9e3779b1), 0x85ebca6b) >>> 0;
        scores.logProbabilities[i] = -value / 2 ** 28;
        scores.ranks[i] = value % 2000;
        scores.entropies[i] = (seen >>> 0) / 2 ** 30;
        scores.alternatives.ids.fill(value % 50_000, i * count, (i + 1) * count);
        scores.alternatives.logProbabilities.fill(-value / 2 ** 29, i * count, (i + 1) * count);
        this.scored += 1;
        if (i + 1 - begin === this.piece || i + 1 === length) {
          signal?.throwIfAborted();
          await onScored?.(scores, begin, i + 1);
          begin = i + 1;
        }
      }
      seen = Math.imul(seen, 31) + id + 1;
    }
    return scores;
  }

  next(): never {
    throw new Error('not asked for');
  }

  async dispose(): Promise<void> {
    return Promise.resolve();
  }
}
