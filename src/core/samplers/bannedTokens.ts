import type { Candidates } from './candidates';
import { resolveTokens, TOKEN_LIST_PARAMETERS, type TokenListFields } from './tokenLists';
import type { Sampler, SamplerDefinition } from './types';

export interface BannedTokensSpec extends TokenListFields {
  readonly sampler: 'banned-tokens';
}

/**
 * Banned tokens: removes chosen tokens.
 *
 * The constraint is that of Hugging Face's `bad_words_ids`, for words of one token.
 *
 * - If only banned tokens are left, the best of them stays, and a warning says so.
 */
export const bannedTokens: SamplerDefinition<BannedTokensSpec> = {
  name: 'banned-tokens',
  about: {
    label: 'Banned tokens',
    explanation: 'Removes the tokens that you name.',
    formula: 'remove i where i ∈ B',
    paper: 'Hugging Face Transformers, NoBadWordsLogitsProcessor, 2020',
    parameters: TOKEN_LIST_PARAMETERS,
  },
  create: (spec, context) => new BannedTokens(resolveTokens(bannedTokens.name, spec, context)),
};

class BannedTokens implements Sampler {
  readonly name = bannedTokens.name;

  constructor(readonly banned: Uint8Array) {}

  apply(candidates: Candidates): void {
    const { ids, count } = candidates;
    for (let row = 0; row < count; row++) if (this.banned[ids[row]!] === 1) candidates.remove(ids[row]!);
  }
}
