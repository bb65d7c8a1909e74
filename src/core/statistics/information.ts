/**
 * Measures of how unsure a model is and how surprised it was, in nats unless stated.
 * Shannon, A Mathematical Theory of Communication, 1948. Entropy itself is in `core/logits`.
 */

/** Bits in a nat, 1 / ln 2. */
export const BITS_PER_NAT = Math.LOG2E;

/** -ln p: 0 for a certain outcome, Infinity for an impossible one. */
export function surprisal(probability: number): number {
  // -0 would be printed as such.
  return probability === 1 ? 0 : -Math.log(probability);
}

/**
 * Effective vocabulary exp(H): as many equally probable tokens would be as hard to guess. Between 1 and the
 * number of tokens; also called the perplexity of the distribution.
 */
export function effectiveVocabulary(entropy: number): number {
  return Math.exp(entropy);
}

/**
 * Perplexity of a text, exp of the mean surprisal of its tokens.
 * Jelinek, Mercer, Bahl and Baker, Perplexity, a Measure of the Difficulty of Speech Recognition Tasks, 1977.
 * @returns NaN for no tokens, Infinity where one of them was impossible.
 */
export function perplexity(logProbabilities: ArrayLike<number>): number {
  return Math.exp(-meanLogProbability(logProbabilities));
}

/** Mean log-probability per token; NaN for no tokens. */
export function meanLogProbability(logProbabilities: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < logProbabilities.length; i++) sum += logProbabilities[i]!;
  return sum / logProbabilities.length;
}
