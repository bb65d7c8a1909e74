import type { Candidates } from './candidates';
import { resolveTokens, TOKEN_LIST_PARAMETERS, type TokenListFields } from './tokenLists';
import type { Sampler, SamplerDefinition } from './types';

export interface AllowedTokensSpec extends TokenListFields {
  readonly sampler: 'allowed-tokens';
}

/**
 * Allowed tokens: removes all but chosen tokens.
 *
 * De Cao, Izacard, Riedel and Petroni, Autoregressive Entity Retrieval, 2021, constrain generation in this way.
 *
 * - If none of the allowed tokens is left, the best token stays, and a warning says so.
 */
export const allowedTokens: SamplerDefinition<AllowedTokensSpec> = {
  name: 'allowed-tokens',
  about: {
    label: 'Allowed tokens',
    explanation: 'Removes all tokens but those that you name.',
    formula: 'keep i where i ∈ A',
    paper: 'De Cao, Izacard, Riedel and Petroni, Autoregressive Entity Retrieval, 2021',
    parameters: TOKEN_LIST_PARAMETERS,
  },
  create: (spec, context) => new AllowedTokens(resolveTokens(allowedTokens.name, spec, context)),
};

class AllowedTokens implements Sampler {
  readonly name = allowedTokens.name;

  constructor(readonly allowed: Uint8Array) {}

  apply(candidates: Candidates): void {
    const { ids, count } = candidates;
    for (let row = 0; row < count; row++) if (this.allowed[ids[row]!] === 0) candidates.remove(ids[row]!);
  }
}
