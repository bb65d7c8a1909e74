import type { Candidates } from './candidates';
import { isTokenId } from './parameters';
import type { Sampler, SamplerContext, SamplerDefinition } from './types';

export interface LogitBiasSpec {
  readonly sampler: 'logit-bias';
  /** Pairs of a token id and what is added to its logit. */
  readonly bias: readonly (readonly [number, number])[];
}

/**
 * Logit bias: adds a constant to the logits of chosen tokens. A bias of b multiplies the odds of a token against
 * the others by e^b.
 *
 * OpenAI API reference, `logit_bias`, 2020.
 *
 * - Biases of the same token add up. A token that is already removed stays removed.
 */
export const logitBias: SamplerDefinition<LogitBiasSpec> = {
  name: 'logit-bias',
  about: {
    label: 'Logit bias',
    explanation: 'Makes chosen tokens more or less probable.',
    formula: 'logit′_i = logit_i + b_i',
    paper: 'OpenAI API reference, logit_bias, 2020',
    parameters: [
      {
        name: 'bias',
        label: 'Biases',
        explanation: 'For each token, what is added to its logit; +2.3 makes its odds ten times as good.',
        kind: 'list',
        entry: 'pairs of a token id and a number',
        default: [],
        check: (value) =>
          value.every(
            (pair) =>
              Array.isArray(pair) && pair.length === 2 && isTokenId(pair[0]) && Number.isFinite(pair[1]),
          )
            ? null
            : 'a list of pairs of a token id and a finite number',
      },
    ],
  },
  create: (spec, context) => new LogitBias(spec.bias, context),
};

class LogitBias implements Sampler {
  readonly name = logitBias.name;

  constructor(
    readonly bias: LogitBiasSpec['bias'],
    { vocabularySize }: SamplerContext,
  ) {
    const outside = bias.find(([id]) => id >= vocabularySize);
    if (outside) {
      throw new RangeError(
        `${logitBias.name}: bias names token ${outside[0]}; ids go from 0 to ${vocabularySize - 1}.`,
      );
    }
  }

  apply(candidates: Candidates): void {
    for (const [id, bias] of this.bias) candidates.setLogit(id, candidates.logits[id]! + bias);
  }
}
