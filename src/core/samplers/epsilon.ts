import type { Candidates } from './candidates';
import { defineSampler } from './definition';
import { MIN_KEEP } from './parameters';
import { atLeast } from './ties';
import { t } from '../../l10n/language';

/**
 * Epsilon cutoff: removes the tokens whose probability is below a fixed epsilon.
 *
 * Hewitt, Manning and Liang, Truncation Sampling as Language Model Desmoothing, 2022.
 *
 * - A token at epsilon, but for rounding, stays (see `slack`).
 * - The `minKeep` best tokens stay, and every token equal to the last of them: where all are below epsilon the
 *   best and its equals are left.
 */
export const epsilon = defineSampler({
  name: 'epsilon',
  rank: { huggingFace: 170, llamaCpp: 150 },
  about: {
    label: t('Epsilon cutoff'),
    explanation: t('Removes tokens whose probability is below epsilon.'),
    formula: t('keep i where p_i ≥ ε'),
    paper: 'Hewitt, Manning and Liang, Truncation Sampling as Language Model Desmoothing, 2022',
    parameters: [
      {
        name: 'epsilon',
        label: 'ε',
        explanation: t('The smallest probability that stays; larger values keep fewer tokens.'),
        kind: 'number',
        min: 0,
        minExcluded: true,
        max: 1,
        maxExcluded: true,
        slider: { min: 0.0001, max: 0.02, step: 0.0001 },
        default: 0.0003,
      },
      MIN_KEEP,
    ],
  },
  create: ({ epsilon: threshold, minKeep = MIN_KEEP.default }) => ({
    apply(candidates) {
      removeLessProbable(candidates, threshold, minKeep);
    },
  }),
});

/** Removes the candidates with probability below `threshold`, but none as good as the `minKeep`-th best. */
export function removeLessProbable(candidates: Candidates, threshold: number, minKeep: number): void {
  const { ids, logits, count, probabilities } = candidates;
  const least = atLeast(threshold);
  const safe = candidates.nthLargestLogit(Math.min(minKeep, count));
  for (let row = 0; row < count; row++) {
    const id = ids[row]!;
    if (probabilities[id]! < least && logits[id]! < safe) candidates.remove(id);
  }
}
