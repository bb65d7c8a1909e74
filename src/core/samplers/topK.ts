import { defineSampler } from './definition';
import { evenly, MIN_KEEP } from './parameters';
import { t } from '../../l10n/language';

const STOPS: readonly (number | null)[] = [
  ...evenly(1, 20, 1),
  ...[25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100, 150, 200, 300, 500, 700],
  ...[1000, 2000, 3000, 5000, 7000, 10_000, 20_000, 30_000, 50_000, null],
];

/**
 * Top-k: keeps the k most probable tokens.
 *
 * Fan, Lewis and Dauphin, Hierarchical Neural Story Generation, 2018.
 *
 * - Ties: `all` keeps every token whose logit equals the k-th largest, so more than k can stay (Hugging Face);
 *   `exact` keeps exactly k, the lowest ids among equals (llama.cpp leaves open which).
 * - k larger than the number of candidates removes nothing.
 * - `minKeep` raises k.
 */
export const topK = defineSampler({
  name: 'top-k',
  rank: { huggingFace: 130, llamaCpp: 120 },
  about: {
    label: 'Top-k',
    explanation: t('Keeps the k most probable tokens and removes the rest.'),
    formula: t('keep i where logit_i ≥ the k-th largest logit'),
    paper: 'Fan, Lewis and Dauphin, Hierarchical Neural Story Generation, 2018',
    parameters: [
      {
        name: 'k',
        label: 'k',
        explanation: t('How many tokens stay; 1 is greedy.'),
        kind: 'integer',
        min: 1,
        max: Number.MAX_SAFE_INTEGER,
        slider: { min: 1, max: 200, step: 1 },
        main: { stops: STOPS, off: null },
        default: 50,
      },
      {
        name: 'ties',
        label: t('Ties'),
        explanation: t('Whether all tokens that tie with the k-th stay, or exactly k tokens are kept.'),
        kind: 'choice',
        choices: ['all', 'exact'],
        default: 'all',
        optional: true,
      },
      MIN_KEEP,
    ],
  },
  create({ k, ties, minKeep = MIN_KEEP.default }) {
    const keep = Math.max(k, minKeep);
    return {
      apply(candidates) {
        const { ids, count } = candidates;
        if (keep >= count) return;
        const cutoff = candidates.nthLargestLogit(keep);
        if (ties !== 'exact') {
          candidates.removeBelow(cutoff);
          return;
        }
        const { logits } = candidates;
        let better = 0;
        for (let row = 0; row < count; row++) if (logits[ids[row]!]! > cutoff) better++;
        candidates.removeBelow(cutoff, keep - better);
      },
    };
  },
});
