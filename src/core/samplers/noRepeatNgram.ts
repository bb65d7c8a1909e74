import { defineSampler } from './definition';
import { t } from '../../l10n/language';

/**
 * No repeated n-grams: removes every token that would complete a sequence of n tokens that has occurred before.
 *
 * Paulus, Xiong and Socher, A Deep Reinforced Model for Abstractive Summarization, 2018 (for n = 3).
 *
 * - n = 1 removes every token that has occurred.
 * - The prompt counts. A history shorter than n removes nothing.
 */
export const noRepeatNgram = defineSampler({
  name: 'no-repeat-ngram',
  rank: { huggingFace: 60, llamaCpp: 50 },
  about: {
    label: t('No repeated n-grams'),
    explanation: t('Removes every token that would repeat a sequence of n tokens.'),
    formula: t('remove i where (the last n − 1 tokens, i) has occurred'),
    paper: 'Paulus, Xiong and Socher, A Deep Reinforced Model for Abstractive Summarization, 2018',
    parameters: [
      {
        name: 'n',
        label: 'n',
        explanation: t('Length of the sequences that must not occur twice; 1 forbids every repetition.'),
        kind: 'integer',
        min: 1,
        max: Number.MAX_SAFE_INTEGER,
        slider: { min: 1, max: 10, step: 1 },
        default: 3,
      },
    ],
  },
  create: ({ n }) => ({
    usesHistory: true,
    apply(candidates, { tokens }) {
      const prefix = n - 1;
      const current = tokens.length - prefix;
      for (let start = 0; start < current; start++) {
        let matching = 0;
        while (matching < prefix && tokens[start + matching] === tokens[current + matching]) matching++;
        if (matching === prefix) candidates.remove(tokens[start + prefix]!);
      }
    },
  }),
});
