/** What the words of Determinism mean. */
import { t } from '../../../src/l10n/language';
import type { Term } from '../../ui/glossary';

export const determinismTerms: Readonly<Record<string, Term>> = {
  repeats: {
    title: t('Runs of each configuration'),
    sentence: t(
      'How many times each configuration is decoded from the start. Each run has its own random numbers, unless the seed is fixed.',
    ),
    formula: t('run i draws from the stream (seed, i)'),
    source: 'Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, 2018',
  },
  newTokens: {
    title: t('New tokens'),
    sentence: t(
      'Every run adds exactly this many tokens, as generate_simple does: an end-of-text token does not stop it.',
    ),
    formula: t('prompt + new tokens ≤ context length of the model'),
    source: 'Raschka, Build a Large Language Model (From Scratch), 2024',
  },
};
