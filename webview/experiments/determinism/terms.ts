/** What the words of Determinism mean. */
import type { Term } from '../../ui/glossary';

export const determinismTerms: Readonly<Record<string, Term>> = {
  repeats: {
    title: 'Runs of each configuration',
    sentence:
      'Every configuration is decoded so many times from the start; each run has its own random numbers, unless the seed is fixed.',
    formula: 'run i draws from the stream (seed, i)',
    source: 'Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, 2018',
  },
  newTokens: {
    title: 'New tokens',
    sentence:
      'Every run adds exactly so many tokens, as generate_simple does: an end-of-text token does not end it.',
    formula: 'prompt + new tokens ≤ context length of the model',
    source: 'Raschka, Build a Large Language Model (From Scratch), 2024',
  },
};
