import { defineSampler } from './definition';
import { slack } from './ties';
import { t } from '../../l10n/language';

/**
 * Top-nσ: keeps the tokens whose logit is within n standard deviations of the largest. It looks at logits, not
 * probabilities, so temperature before it does not change what it keeps.
 *
 * Tang, Liu, Xu and Huang, Top-nσ: Not All Logits Are You Need, 2024.
 *
 * - The deviation is that of the candidates' logits (divided by their number, not one less). Equal logits have
 *   deviation 0: all of them stay.
 * - A token at the cutoff, but for rounding, stays (see `slack`).
 */
export const topNSigma = defineSampler({
  name: 'top-n-sigma',
  rank: { huggingFace: 190, llamaCpp: 100 },
  about: {
    label: 'Top-nσ',
    explanation: t('Keeps the tokens whose logit is at most n standard deviations below the largest.'),
    formula: t('keep i where logit_i ≥ max logit − n · σ(logits)'),
    paper: 'Tang, Liu, Xu and Huang, Top-nσ: Not All Logits Are You Need, 2024',
    parameters: [
      {
        name: 'n',
        label: 'n',
        explanation: t(
          'How far below the largest logit a token may be and still stay, in standard deviations of the logits.',
        ),
        kind: 'number',
        min: 0,
        minExcluded: true,
        max: Number.MAX_VALUE,
        slider: { min: 0.1, max: 5, step: 0.1 },
        default: 1,
      },
    ],
  },
  create: ({ n }) => ({
    apply(candidates) {
      const { ids, logits, count } = candidates;
      const max = candidates.largest();
      // Two passes, relative to the largest: no cancellation whatever the size of the logits.
      let sum = 0;
      for (let row = 0; row < count; row++) sum += logits[ids[row]!]! - max;
      const mean = sum / count;
      let squares = 0;
      for (let row = 0; row < count; row++) squares += (logits[ids[row]!]! - max - mean) ** 2;
      const below = n * Math.sqrt(squares / count);
      candidates.removeBelow(max - below - slack(below, Math.abs(max)));
    },
  }),
});
