/** What the words mean of how a text is cut for a training and its losses. */
import { t } from '../../src/l10n/language';
import type { Term } from './glossary';

const BOOK = 'Raschka, Build a Large Language Model (From Scratch), 2024';

export const windowTerms: Readonly<Record<string, Term>> = {
  contextLength: {
    title: t('Context length'),
    sentence: t(
      'How many tokens the model reads at once. The text is cut into windows of this length, and the model sees nothing beyond a window.',
    ),
    formula: t('1 ≤ tokens of a window ≤ context of the model'),
    source: BOOK,
  },
  stride: {
    title: t('Stride'),
    sentence: t(
      'How many tokens after the beginning of a window the next one begins. Where it is as large as the context length, windows do not overlap.',
    ),
    formula: t('window i begins at token i · stride'),
    source: BOOK,
  },
  batchSize: {
    title: t('Batch size'),
    sentence: t(
      'How many windows are taken together. Their losses are averaged, and a training learns from all of them in one step.',
    ),
    formula: t('tokens of a batch = batch size · context length'),
    source: BOOK,
  },
  trainRatio: {
    title: t('Training ratio'),
    sentence: t(
      'The share of the text, from its beginning, that is for training. The rest is for validation: text that a training does not learn from, to see how the model does on what it has not seen.',
    ),
    formula: t('characters for training = ratio · characters of the text'),
    source: BOOK,
  },
};
