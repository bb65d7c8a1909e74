import { defineSampler } from './definition';
import { resolveTokens, TOKEN_LIST_PARAMETERS } from './tokenLists';
import { t } from '../../l10n/language';

/**
 * Banned tokens: removes chosen tokens.
 *
 * The constraint is that of Hugging Face's `bad_words_ids`, for words of one token.
 *
 * - If only banned tokens are left, the best of them stays, and a warning says so.
 */
export const bannedTokens = defineSampler({
  name: 'banned-tokens',
  rank: { huggingFace: 70, llamaCpp: 20 },
  about: {
    label: t('Banned tokens'),
    explanation: t('Removes the tokens that you name.'),
    formula: t('remove i where i ∈ B'),
    paper: 'Hugging Face Transformers, NoBadWordsLogitsProcessor, 2020',
    parameters: TOKEN_LIST_PARAMETERS,
  },
  create(spec, context) {
    const banned = resolveTokens(spec.sampler, spec, context);
    return {
      apply(candidates) {
        const { ids, count } = candidates;
        for (let row = 0; row < count; row++) if (banned[ids[row]!] === 1) candidates.remove(ids[row]!);
      },
    };
  },
});
