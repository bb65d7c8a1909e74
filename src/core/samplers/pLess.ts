import { defineSampler } from './definition';
import { removeBelowProbability } from './minP';
import { MIN_KEEP } from './parameters';
import { t } from '../../l10n/language';

/**
 * P-less: removes the tokens whose probability is below the chance that two draws from the distribution agree,
 * Σ p². It has nothing to set: a sure model has a high threshold, an unsure one a low one.
 *
 * Tan, Wu and Howard, p-less Sampling: A Robust Hyperparameter-Free Approach for LLM Decoding, 2025.
 *
 * - The threshold is never above the best probability, so the best token and its equals stay.
 * - A token at the threshold, but for rounding, stays (see `slack`): equal probabilities all stay.
 */
export const pLess = defineSampler({
  name: 'p-less',
  rank: { huggingFace: 205, llamaCpp: 185 },
  about: {
    label: 'P-less',
    explanation: t(
      'Removes tokens whose probability is below the chance that two draws give the same token; there is nothing to set.',
    ),
    formula: t('keep i where p_i ≥ Σ p_j²'),
    paper:
      'Tan, Wu and Howard, p-less Sampling: A Robust Hyperparameter-Free Approach for LLM Decoding, 2025',
    parameters: [MIN_KEEP],
  },
  create: ({ minKeep = MIN_KEEP.default }) => ({
    apply(candidates) {
      const { ids, count, probabilities } = candidates;
      let agreeing = 0;
      for (let row = 0; row < count; row++) agreeing += probabilities[ids[row]!]! ** 2;
      removeBelowProbability(candidates, agreeing, minKeep);
    },
  }),
});
