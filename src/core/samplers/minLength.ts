import { defineSampler } from './definition';
import { t } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

/**
 * Minimum length: removes the end-of-text token until enough tokens have been generated.
 *
 * As Hugging Face's `min_new_tokens`; Klein, Kim, Deng, Senellart and Rush, OpenNMT, 2017, have it as an option
 * of their beam search.
 *
 * - The prompt does not count: new tokens are those after `history.promptLength`. Without a prompt length, none
 *   is new.
 */
export const minLength = defineSampler({
  name: 'min-length',
  rank: { huggingFace: 90, llamaCpp: 40 },
  about: {
    label: t('Minimum length'),
    explanation: t('Removes the end-of-text token until enough tokens have been generated.'),
    formula: t('remove end-of-text while new tokens < n'),
    paper: 'Klein, Kim, Deng, Senellart and Rush, OpenNMT, 2017',
    parameters: [
      {
        name: 'length',
        label: t('New tokens'),
        explanation: t('How many tokens there must be before the text may end.'),
        kind: 'integer',
        min: 1,
        max: Number.MAX_SAFE_INTEGER,
        slider: { min: 1, max: 100, step: 1 },
        default: 10,
      },
      {
        name: 'endOfText',
        label: t('End of text'),
        explanation: t('Id of the token that ends a text; 50256 in GPT-2.'),
        kind: 'integer',
        min: 0,
        max: Number.MAX_SAFE_INTEGER,
        slider: { min: 0, max: 50256, step: 1 },
        default: 50256,
        token: 'end of text',
      },
    ],
  },
  create({ sampler, length, endOfText }, { vocabularySize }) {
    if (endOfText >= vocabularySize) {
      throw new RangeError(
        t(
          '{0}: endOfText is {1}; ids go from 0 to {2}.',
          sampler,
          asGiven(endOfText),
          asGiven(vocabularySize - 1),
        ),
      );
    }
    return {
      usesHistory: true,
      apply(candidates, { tokens, promptLength }) {
        const generated = tokens.length - (promptLength ?? tokens.length);
        if (generated < length) candidates.remove(endOfText);
      },
    };
  },
});
