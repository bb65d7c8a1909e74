import { defineSampler } from './definition';
import { removeBelowProbability } from './minP';
import { MIN_KEEP } from './parameters';
import { t } from '../../l10n/language';

/**
 * Top-a: removes the tokens whose probability is below a times the square of the best probability. As min-p, but
 * the cutoff falls faster where the model is unsure.
 *
 * Peng, Top-a sampling (BlinkDL, RWKV-LM), 2021.
 *
 * - A token at the cutoff, but for rounding, stays (see `slack`). a = 0 removes nothing.
 * - `minKeep` keeps the best tokens, the lowest ids among equals.
 */
export const topA = defineSampler({
  name: 'top-a',
  rank: { huggingFace: 155, llamaCpp: 182 },
  about: {
    label: 'Top-a',
    explanation: t('Removes tokens whose probability is less than a times the square of the best one’s.'),
    formula: t('keep i where p_i ≥ a · (max p)²'),
    paper: 'Peng, Top-a sampling (BlinkDL, RWKV-LM), 2021',
    parameters: [
      {
        name: 'a',
        label: 'a',
        explanation: t('The factor of the cutoff; larger values keep fewer tokens.'),
        kind: 'number',
        min: 0,
        max: 1,
        slider: { min: 0, max: 1, step: 0.01 },
        default: 0.2,
      },
      MIN_KEEP,
    ],
  },
  create: ({ a, minKeep = MIN_KEEP.default }) => ({
    apply(candidates) {
      const best = candidates.probabilityOf(candidates.best());
      removeBelowProbability(candidates, a * best * best, minKeep);
    },
  }),
});
