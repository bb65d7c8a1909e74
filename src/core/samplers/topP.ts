import { defineSampler } from './definition';
import { evenly, MIN_KEEP } from './parameters';
import { slack } from './ties';
import { t } from '../../l10n/language';

/**
 * Top-p, or nucleus: keeps the smallest set of most probable tokens whose probability is at least p.
 *
 * Holtzman, Buys, Du, Forbes and Choi, The Curious Case of Neural Text Degeneration, 2020.
 *
 * The set is found from its complement, as Hugging Face does: the least probable tokens go as long as their
 * summed probability is at most 1 - p. This keeps its precision for p near 1.
 *
 * - p = 1 removes only tokens whose probability has underflowed to 0.
 * - A mass counts as p where it is equal to it but for rounding; see `slack`.
 * - However small p is, the best token stays.
 * - Of equal logits at the cutoff the lowest ids stay, as many as are needed. (Hugging Face leaves this to its
 *   sort, mostly keeping high ids.)
 */
export const topP = defineSampler({
  name: 'top-p',
  rank: { huggingFace: 140, llamaCpp: 170 },
  about: {
    label: t('Top-p (nucleus)'),
    explanation: t('Keeps the smallest set of most probable tokens that together have probability p.'),
    formula: t('keep the shortest prefix of the descending p_i with Σ p_i ≥ p'),
    paper: 'Holtzman, Buys, Du, Forbes and Choi, The Curious Case of Neural Text Degeneration, 2020',
    parameters: [
      {
        name: 'p',
        label: 'p',
        explanation: t('How much probability the kept tokens must have; 1 keeps everything.'),
        kind: 'number',
        min: 0,
        minExcluded: true,
        max: 1,
        slider: { min: 0.01, max: 1, step: 0.01 },
        main: { stops: [...evenly(0.01, 0.99, 0.01), 0.995, 1], off: 1 },
        default: 0.9,
      },
      MIN_KEEP,
    ],
  },
  create({ p, minKeep = MIN_KEEP.default }) {
    const limit = p === 1 ? 0 : 1 - p + slack(1 - p);
    return {
      apply(candidates) {
        const cut = candidates.cutMass(candidates.logits, limit, 'above');
        // Where rounding leaves the whole mass below 1 - p the cut is at the best token, which stays.
        candidates.removeBelow(cut.key, cut.equal - cut.before);
        candidates.spareBest(minKeep);
      },
    };
  },
});
