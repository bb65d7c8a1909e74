import type { Candidates } from './candidates';
import type { Sampler, SamplerDefinition, SamplerHistory } from './types';

export interface NoRepeatNgramSpec {
  readonly sampler: 'no-repeat-ngram';
  /** A whole number of at least 1. */
  readonly n: number;
}

/**
 * No repeated n-grams: removes every token that would complete a sequence of n tokens that has occurred before.
 *
 * Paulus, Xiong and Socher, A Deep Reinforced Model for Abstractive Summarization, 2018 (for n = 3).
 *
 * - n = 1 removes every token that has occurred.
 * - The prompt counts. A history shorter than n removes nothing.
 */
export const noRepeatNgram: SamplerDefinition<NoRepeatNgramSpec> = {
  name: 'no-repeat-ngram',
  about: {
    label: 'No repeated n-grams',
    explanation: 'Removes every token that would repeat a sequence of n tokens.',
    formula: 'remove i where (the last n − 1 tokens, i) has occurred',
    paper: 'Paulus, Xiong and Socher, A Deep Reinforced Model for Abstractive Summarization, 2018',
    parameters: [
      {
        name: 'n',
        label: 'n',
        explanation: 'Length of the sequences that must not occur twice; 1 forbids every repetition.',
        kind: 'integer',
        min: 1,
        max: Number.MAX_SAFE_INTEGER,
        slider: { min: 1, max: 10, step: 1 },
        default: 3,
      },
    ],
  },
  create: (spec) => new NoRepeatNgram(spec.n),
};

class NoRepeatNgram implements Sampler {
  readonly name = noRepeatNgram.name;
  readonly usesHistory = true;

  constructor(readonly n: number) {}

  apply(candidates: Candidates, { tokens }: SamplerHistory): void {
    const prefix = this.n - 1;
    const current = tokens.length - prefix;
    for (let start = 0; start < current; start++) {
      let matching = 0;
      while (matching < prefix && tokens[start + matching] === tokens[current + matching]) matching++;
      if (matching === prefix) candidates.remove(tokens[start + prefix]!);
    }
  }
}
