import { defineSampler } from './definition';
import { LEARNING_RATE, Surprises, TARGET } from './surprise';
import { slack } from './ties';
import { t } from '../../l10n/language';

/**
 * Mirostat 2: removes the tokens whose surprise -log2 p is above a limit mu that follows feedback, so that the
 * surprise per token stays near the target tau. After a token of surprise S is drawn, mu falls by eta (S - tau).
 *
 * Basu, Ramachandran, Keskar and Varshney, Mirostat: A Neural Text Decoding Algorithm that Directly Controls
 * Perplexity, 2021: its alternative algorithm, which makes no assumption about the distribution.
 *
 * - mu starts at 2 tau and is kept in `history.memory`; without a memory every step is a first step.
 * - S is measured before the cut, as in the paper (llama.cpp measures it after the cut).
 * - A surprise counts as mu where it is equal to it but for rounding; see `slack`.
 * - The best token and its equals always stay.
 */
export const mirostat2 = defineSampler({
  name: 'mirostat-2',
  rank: { huggingFace: 230, llamaCpp: 230 },
  about: {
    label: 'Mirostat 2',
    explanation: t(
      'Removes tokens that are too surprising, with a limit that adapts so that the text stays equally surprising.',
    ),
    formula: t('keep i where −log₂ p_i ≤ μ; then μ ← μ − η (S − τ)'),
    paper:
      'Basu, Ramachandran, Keskar and Varshney, Mirostat: A Neural Text Decoding Algorithm that Directly Controls Perplexity, 2021',
    parameters: [TARGET, LEARNING_RATE],
  },
  create({ tau, eta }, context) {
    const surprises = new Surprises(context);
    return {
      usesHistory: true,
      initialState: 2 * tau,
      apply(candidates, _history, mu) {
        surprises.measure(candidates);
        const { ids, logits, count } = candidates;
        const { bits } = surprises;
        const best = candidates.largest();
        const most = mu + slack(mu);
        for (let row = 0; row < count; row++) {
          const id = ids[row]!;
          if (bits[id]! > most && logits[id]! < best) candidates.remove(id);
        }
      },
      accept: (id, mu) => surprises.feedback(id, mu, tau, eta),
    };
  },
});
