import { defineSampler } from './definition';
import { slack } from './ties';
import { t } from '../../l10n/language';

/** The sampler looks no further down; what lies below adds next to nothing to the entropy. */
const LOOKED_AT = 100;

/**
 * Top-h: keeps the most probable tokens as long as their share of the entropy is at most h, among the 100 best.
 *
 * Baghaei Potraghloo, Azizi, Kundu and Pedram, Top-H Decoding: Adapting the Creativity and Coherence with Bounded
 * Entropy in Text Generation, 2025; the limit of 100 is Hugging Face's.
 *
 * - The best token always stays. Among equal logits the lowest ids come first.
 * - A share counts as h where it is equal to it but for rounding; see `slack`.
 * - h = 1 keeps the 100 best tokens.
 */
export const topH = defineSampler({
  name: 'top-h',
  rank: { huggingFace: 120, llamaCpp: 110 },
  about: {
    label: 'Top-h',
    explanation: t('Keeps the most probable tokens that together carry at most the share h of the entropy.'),
    formula: t('keep the longest prefix of the 100 best with Σ −p_i ln p_i ≤ h · H'),
    paper:
      'Baghaei Potraghloo, Azizi, Kundu and Pedram, Top-H Decoding: Adapting the Creativity and Coherence with Bounded Entropy in Text Generation, 2025',
    parameters: [
      {
        name: 'h',
        label: 'h',
        explanation: t('The share of the entropy that stays; larger values keep more tokens.'),
        kind: 'number',
        min: 0,
        minExcluded: true,
        max: 1,
        slider: { min: 0.01, max: 1, step: 0.01 },
        default: 0.4,
      },
    ],
  },
  create: ({ h }) => ({
    apply(candidates) {
      const { ids, count, probabilities } = candidates;
      const best = candidates.ranked(LOOKED_AT);
      const mass = best.reduce((sum, id) => sum + probabilities[id]!, 0);
      const terms = best.map((id) => {
        const p = probabilities[id]! / mass;
        return p > 0 ? -p * Math.log(p) : 0;
      });
      const share = h * terms.reduce((sum, term) => sum + term, 0);
      const limit = share + slack(share);
      let sum = 0;
      const kept = terms.findIndex((term, rank) => {
        sum += term;
        return sum > limit && rank > 0;
      });
      for (let row = 0; row < count; row++) candidates.remove(ids[row]!);
      for (const id of kept === -1 ? best : best.slice(0, kept)) candidates.spare(id);
    },
  }),
});
