/** What the words of Determinism mean. */
import type { Term } from '../../ui/glossary';

export const determinismTerms: Readonly<Record<string, Term>> = {
  repeats: {
    title: 'Runs of each configuration',
    sentence:
      'How many times each configuration is decoded from the start. Each run has its own random numbers, unless the seed is fixed.',
    formula: 'run i draws from the stream (seed, i)',
    source: 'Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, 2018',
  },
  newTokens: {
    title: 'New tokens',
    sentence:
      'Every run adds exactly this many tokens, as generate_simple does: an end-of-text token does not stop it.',
    formula: 'prompt + new tokens ≤ context length of the model',
    source: 'Raschka, Build a Large Language Model (From Scratch), 2024',
  },
};
