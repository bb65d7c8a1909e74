import { defineSampler } from './definition';
import { MIN_KEEP } from './parameters';
import { slack } from './ties';
import { t } from '../../l10n/language';

/**
 * Tail-free: ranks the tokens and cuts where the curve of their probabilities becomes flat, measured by the
 * absolute second differences, normalised to sum 1: a token stays as long as the sum of the differences up to it
 * is at most z.
 *
 * Bricken, Tail Free Sampling, 2019. With second differences d_1 .. d_(m-2) of the ranked probabilities
 * p_1 .. p_m, p_1 always stays, p_(i+1) stays while d_1 + .. + d_i <= z, and p_m always goes.
 *
 * - z = 1, fewer than three tokens, and a curve without any bend (a straight line: all probabilities equal, for example) remove nothing.
 * - A sum counts as z where it is equal to it but for rounding; see `slack`.
 * - Among equal logits the lowest ids come first.
 */
export const tailFree = defineSampler({
  name: 'tail-free',
  rank: { huggingFace: 200, llamaCpp: 140 },
  about: {
    label: t('Tail-free'),
    explanation: t('Cuts the tail where the ranked probabilities flatten out.'),
    formula: t('keep rank i+1 while Σ_{j ≤ i} |Δ²p_j| / Σ |Δ²p| ≤ z'),
    paper: 'Bricken, Tail Free Sampling, 2019',
    parameters: [
      {
        name: 'z',
        label: 'z',
        explanation: t('How much of the curvature is kept; 1 keeps everything.'),
        kind: 'number',
        min: 0,
        minExcluded: true,
        max: 1,
        slider: { min: 0.01, max: 1, step: 0.01 },
        default: 0.95,
      },
      MIN_KEEP,
    ],
  },
  create: ({ z, minKeep = MIN_KEEP.default }) => ({
    apply(candidates) {
      const { count, probabilities } = candidates;
      if (z === 1 || count < 3) return;
      const ranked = candidates.ranked(count);
      const bends = ranked
        .slice(2)
        .map((id, i) =>
          Math.abs(probabilities[id]! - 2 * probabilities[ranked[i + 1]!]! + probabilities[ranked[i]!]!),
        );
      const total = bends.reduce((sum, bend) => sum + bend, 0);
      const best = probabilities[ranked[0]!]!;
      // What second differences of a straight line leave is rounding.
      if (total <= slack(best)) return;
      let sum = 0;
      const limit = z * total + slack(z * total, best);
      const end = bends.findIndex((bend) => (sum += bend) > limit);
      const kept = end === -1 ? count - 1 : end + 1;
      for (const id of ranked.slice(kept)) candidates.remove(id);
      candidates.spareBest(minKeep);
    },
  }),
});
