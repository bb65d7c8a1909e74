import { defineSampler, reshapes } from './definition';
import { isTokenId } from './parameters';
import { t } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

/**
 * Logit bias: adds a constant to the logits of chosen tokens. A bias of b multiplies the odds of a token against
 * the others by e^b.
 *
 * OpenAI API reference, `logit_bias`, 2020.
 *
 * - Biases of the same token add up. A token that is already removed stays removed.
 */
export const logitBias = defineSampler({
  name: 'logit-bias',
  rank: { huggingFace: 10, llamaCpp: 10 },
  about: {
    label: t('Logit bias'),
    explanation: t('Makes chosen tokens more or less probable.'),
    formula: 'logit′_i = logit_i + b_i',
    paper: 'OpenAI API reference, logit_bias, 2020',
    parameters: [
      {
        name: 'bias',
        label: t('Biases'),
        explanation: t('For each token, what is added to its logit; +2.3 makes its odds ten times as good.'),
        kind: 'list',
        entries: t('a list of pairs of a token id and a finite number'),
        isEntry: isBias,
        default: [],
      },
    ],
  },
  effect: reshapes,
  create({ sampler, bias }, { vocabularySize }) {
    const outside = bias.find(([id]) => id >= vocabularySize);
    if (outside) {
      throw new RangeError(
        t(
          '{0}: bias names token {1}; ids go from 0 to {2}.',
          sampler,
          asGiven(outside[0]),
          asGiven(vocabularySize - 1),
        ),
      );
    }
    return {
      apply(candidates) {
        for (const [id, added] of bias) candidates.setLogit(id, candidates.logits[id]! + added);
      },
    };
  },
});

function isBias(value: unknown): value is readonly [id: number, added: number] {
  return Array.isArray(value) && value.length === 2 && isTokenId(value[0]) && Number.isFinite(value[1]);
}
