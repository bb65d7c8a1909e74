import { defineSampler } from './definition';
import { removeLessProbable } from './epsilon';
import { MIN_KEEP } from './parameters';
import { t } from '../../l10n/language';

/**
 * Eta cutoff: removes the tokens whose probability is below a threshold that falls as the entropy rises,
 * min(eta, sqrt(eta) exp(-entropy)): where the model is unsure, less probable tokens may stay.
 *
 * Hewitt, Manning and Liang, Truncation Sampling as Language Model Desmoothing, 2022.
 *
 * - A token at the threshold, but for rounding, stays (see `slack`).
 * - The `minKeep` best tokens stay, and every token equal to the last of them.
 */
export const eta = defineSampler({
  name: 'eta',
  rank: { huggingFace: 180, llamaCpp: 160 },
  about: {
    label: t('Eta cutoff'),
    explanation: t('Removes tokens whose probability is below a threshold that falls as the entropy rises.'),
    formula: t('keep i where p_i ≥ min(η, √η · e^(−H))'),
    paper: 'Hewitt, Manning and Liang, Truncation Sampling as Language Model Desmoothing, 2022',
    parameters: [
      {
        name: 'eta',
        label: 'η',
        explanation: t('The largest possible threshold; larger values keep fewer tokens.'),
        kind: 'number',
        min: 0,
        minExcluded: true,
        max: 1,
        maxExcluded: true,
        slider: { min: 0.0001, max: 0.02, step: 0.0001 },
        default: 0.0009,
      },
      MIN_KEEP,
    ],
  },
  create: ({ eta: most, minKeep = MIN_KEEP.default }) => ({
    apply(candidates) {
      const threshold = Math.min(most, Math.sqrt(most) * Math.exp(-candidates.entropy));
      removeLessProbable(candidates, threshold, minKeep);
    },
  }),
});
