import type { Toy } from './openers';

/** The toy vocabulary that everything was run on. */
export const TOY: Toy = {
  words: ['pizza', 'burger', 'pasta', 'salad', 'sushi'],
  logits: [2.0, 1.5, 0.5, 0.2, -0.1],
};

/** Probabilities of logits, by hand. */
export function softmax(logits: readonly number[], temperature = 1): number[] {
  const weights = logits.map((logit) => Math.exp(logit / temperature));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
