/**
 * Measures of how unsure a model is and how surprised it was, in nats unless stated.
 * Shannon, A Mathematical Theory of Communication, 1948. Entropy itself is in `core/logits`.
 */

/**
 * Effective vocabulary exp(H): as many equally probable tokens would be as hard to guess. Between 1 and the
 * number of tokens; also called the perplexity of the distribution.
 */
export function effectiveVocabulary(entropy: number): number {
  return Math.exp(entropy);
}
