import type { Candidates } from './candidates';
import { defineSampler } from './definition';
import { MIN_KEEP } from './parameters';
import { atLeast } from './ties';
import { t } from '../../l10n/language';

/**
 * Min-p: removes the tokens whose probability is below p times that of the best token. Where the model is sure
 * the cutoff is high, where it is not the cutoff is low.
 *
 * Nguyen, Baker, Neo, Roush, Kirsch and Shwartz-Ziv, Turning Up the Heat: Min-p Sampling for Creative and
 * Coherent LLM Outputs, 2025.
 *
 * - A token at the cutoff, but for rounding, stays (see `slack`). p = 0 removes nothing, p = 1 keeps the best token and its equals.
 * - `minKeep` keeps the best tokens, the lowest ids among equals.
 */
export const minP = defineSampler({
  name: 'min-p',
  rank: { huggingFace: 150, llamaCpp: 180 },
  about: {
    label: 'Min-p',
    explanation: t('Removes tokens that are less than p times as probable as the best one.'),
    formula: t('keep i where p_i ≥ p · max p'),
    paper:
      'Nguyen, Baker, Neo, Roush, Kirsch and Shwartz-Ziv, Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs, 2025',
    parameters: [
      {
        name: 'p',
        label: 'p',
        explanation: t('The cutoff as a fraction of the best probability; larger values keep fewer tokens.'),
        kind: 'number',
        min: 0,
        max: 1,
        slider: { min: 0, max: 1, step: 0.01 },
        default: 0.1,
      },
      MIN_KEEP,
    ],
  },
  create: ({ p, minKeep = MIN_KEEP.default }) => ({
    apply(candidates) {
      removeBelowProbability(candidates, p * candidates.probabilityOf(candidates.best()), minKeep);
    },
  }),
});

/** Removes the candidates less probable than `cutoff`, but none of the `minKeep` best, the lowest ids among equals. */
export function removeBelowProbability(candidates: Candidates, cutoff: number, minKeep: number): void {
  candidates.removeLessProbable(atLeast(cutoff));
  candidates.spareBest(minKeep);
}
