import { defineSampler } from './definition';
import { MIN_KEEP } from './parameters';
import { atLeast } from './ties';
import { t } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

/**
 * Exclude top choices: with the given chance, removes every token whose probability is at least the threshold
 * except the least probable of them. It takes away the obvious and leaves a choice that is still likely.
 *
 * Weidmann (p-e-w), Exclude Top Choices, text-generation-webui pull request 6335, 2024.
 *
 * - A token counts as at the threshold where it is but for rounding; see `slack`.
 * - Fewer than two tokens at the threshold: nothing happens. Of equal logits the highest id counts as the least
 *   probable.
 * - One number of `history.random` is drawn per step. Without it the sampler shows a step at which it acts, and
 *   says so.
 * - Nothing happens where fewer than `minKeep` tokens would be left.
 */
export const xtc = defineSampler({
  name: 'xtc',
  rank: { huggingFace: 210, llamaCpp: 190 },
  about: {
    label: t('Exclude top choices (XTC)'),
    explanation: t('Now and then removes all but the least probable of the tokens that are likely enough.'),
    formula: t('with chance π: remove {i : p_i ≥ θ} except its least probable member'),
    paper: 'Weidmann, Exclude Top Choices (text-generation-webui pull request 6335), 2024',
    parameters: [
      {
        name: 'probability',
        label: t('Chance'),
        explanation: t('How often it acts: 0 never, 1 at every step.'),
        kind: 'number',
        min: 0,
        max: 1,
        slider: { min: 0, max: 1, step: 0.05 },
        default: 0.5,
      },
      {
        name: 'threshold',
        label: t('Threshold'),
        explanation: t('How probable a token must be to count as a top choice.'),
        kind: 'number',
        min: 0,
        max: 1,
        slider: { min: 0, max: 0.5, step: 0.01 },
        default: 0.1,
      },
      MIN_KEEP,
    ],
  },
  create({ probability, threshold, minKeep = MIN_KEEP.default }) {
    const least = atLeast(threshold);
    return {
      usesHistory: true,
      apply(candidates, { random }) {
        // A number is drawn whether or not it matters, so that settings can be compared under the same numbers.
        const acts = random === undefined ? probability > 0 : random.next() < probability;
        if (!acts) return;
        const { ids, count, probabilities, logits } = candidates;
        let last = -1;
        let reaching = 0;
        for (let row = 0; row < count; row++) {
          const id = ids[row]!;
          if (!(probabilities[id]! >= least)) continue;
          reaching++;
          if (last === -1 || logits[id]! <= logits[last]!) last = id;
        }
        if (reaching < 2 || count - (reaching - 1) < minKeep) return;
        for (let row = 0; row < count; row++) {
          const id = ids[row]!;
          if (id !== last && probabilities[id]! >= least) candidates.remove(id);
        }
        if (random === undefined && probability < 1) candidates.warnings.push(shown(probability));
      },
    };
  },
});

const shown = (probability: number): string =>
  t('XTC acts with chance {0} at each step; this shows a step at which it does.', asGiven(probability));
