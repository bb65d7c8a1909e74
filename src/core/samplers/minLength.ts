import type { Candidates } from './candidates';
import type { Sampler, SamplerContext, SamplerDefinition, SamplerHistory } from './types';

export interface MinLengthSpec {
  readonly sampler: 'min-length';
  /** New tokens before the text may end, a whole number of at least 1. */
  readonly length: number;
  /** Id of the end-of-text token. */
  readonly endOfText: number;
}

/**
 * Minimum length: removes the end-of-text token until enough tokens have been generated.
 *
 * As Hugging Face's `min_new_tokens`; Klein, Kim, Deng, Senellart and Rush, OpenNMT, 2017, have it as an option
 * of their beam search.
 *
 * - The prompt does not count: new tokens are those after `history.promptLength`. Without a prompt length, none
 *   is new.
 */
export const minLength: SamplerDefinition<MinLengthSpec> = {
  name: 'min-length',
  about: {
    label: 'Minimum length',
    explanation: 'Removes the end-of-text token until enough tokens have been generated.',
    formula: 'remove end-of-text while new tokens < n',
    paper: 'Klein, Kim, Deng, Senellart and Rush, OpenNMT, 2017',
    parameters: [
      {
        name: 'length',
        label: 'New tokens',
        explanation: 'How many tokens there must be before the text may end.',
        kind: 'integer',
        min: 1,
        max: Number.MAX_SAFE_INTEGER,
        slider: { min: 1, max: 100, step: 1 },
        default: 10,
      },
      {
        name: 'endOfText',
        label: 'End of text',
        explanation: 'Id of the token that ends a text; 50256 in GPT-2.',
        kind: 'integer',
        min: 0,
        max: Number.MAX_SAFE_INTEGER,
        slider: { min: 0, max: 50256, step: 1 },
        default: 50256,
      },
    ],
  },
  create: (spec, context) => new MinLength(spec, context),
};

class MinLength implements Sampler {
  readonly name = minLength.name;
  readonly usesHistory = true;
  readonly #spec: MinLengthSpec;

  constructor(spec: MinLengthSpec, { vocabularySize }: SamplerContext) {
    if (spec.endOfText >= vocabularySize) {
      throw new RangeError(
        `${minLength.name}: endOfText is ${spec.endOfText}; ids go from 0 to ${vocabularySize - 1}.`,
      );
    }
    this.#spec = spec;
  }

  apply(candidates: Candidates, { tokens, promptLength }: SamplerHistory): void {
    const generated = tokens.length - (promptLength ?? tokens.length);
    if (generated < this.#spec.length) candidates.remove(this.#spec.endOfText);
  }
}
