import type { Candidates } from './candidates';
import { defineSampler } from './definition';
import { LEARNING_RATE, Surprises, TARGET } from './surprise';
import { t } from '../../l10n/language';

/** How many of the best tokens Zipf's exponent is estimated from: the paper's m. */
const ESTIMATED_FROM = 100;

/**
 * Mirostat: a top-k whose k follows feedback, so that the surprise per token stays near the target tau. The
 * probabilities are taken to follow Zipf's law; its exponent s is estimated from the 100 best tokens, and with
 * epsilon = s - 1 and N tokens in the vocabulary
 * k = (epsilon 2^mu / (1 - N^-epsilon))^(1/s). After a token of surprise S is drawn, mu falls by eta (S - tau).
 *
 * Basu, Ramachandran, Keskar and Varshney, Mirostat: A Neural Text Decoding Algorithm that Directly Controls
 * Perplexity, 2021, algorithm 1.
 *
 * - mu starts at 2 tau and is kept in `history.memory`; without a memory every step is a first step.
 * - S is measured before the cut, as in the paper (llama.cpp measures it after the cut).
 * - k is rounded and at least 1. At s = 1 the limit of the formula is taken; where s is practically 0
 *   (equal probabilities) no Zipf curve fits and nothing is removed.
 * - Among equal logits at the cut the lowest ids stay.
 */
export const mirostat1 = defineSampler({
  name: 'mirostat-1',
  rank: { huggingFace: 220, llamaCpp: 220 },
  about: {
    label: 'Mirostat',
    explanation: t('Adapts k so that the text stays equally surprising, assuming Zipf’s law.'),
    formula: t('k = (ε 2^μ / (1 − N^−ε))^(1/s), ε = s − 1; then μ ← μ − η (S − τ)'),
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
        const k = zipfCut(zipfExponent(candidates), context.vocabularySize, mu);
        if (!(k < count)) return;
        const cutoff = candidates.nthLargestLogit(k);
        let better = 0;
        for (let row = 0; row < count; row++) if (logits[ids[row]!]! > cutoff) better++;
        candidates.removeBelow(cutoff, k - better);
      },
      accept: (id, mu) => surprises.feedback(id, mu, tau, eta),
    };
  },
});

/** An exponent that no two distinguishable probabilities give. */
const FLAT = 1e-9;

/** Least-squares estimate of s in p_i ~ i^-s, from the ratios of successive probabilities. */
function zipfExponent(candidates: Candidates): number {
  const { logits } = candidates;
  const best = candidates.ranked(ESTIMATED_FROM + 1);
  let products = 0;
  let squares = 0;
  for (let i = 0; i + 1 < best.length; i++) {
    const t = Math.log((i + 2) / (i + 1));
    products += t * (logits[best[i]!]! - logits[best[i + 1]!]!);
    squares += t * t;
  }
  return products / squares;
}

/** The paper's k, rounded and at least 1; Infinity where there is no such number. */
function zipfCut(s: number, n: number, mu: number): number {
  // Also for a single candidate, whose exponent is not a number.
  if (!(s > FLAT)) return Infinity;
  const epsilon = s - 1;
  const factor = Math.abs(epsilon) < 1e-9 ? 1 / Math.log(n) : epsilon / (1 - n ** -epsilon);
  const k = (factor * 2 ** mu) ** (1 / s);
  return Number.isNaN(k) ? Infinity : Math.max(1, Math.round(k));
}
