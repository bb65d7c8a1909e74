import { defineSampler } from './definition';
import { resolveTokens, TOKEN_LIST_PARAMETERS } from './tokenLists';
import { t } from '../../l10n/language';

/**
 * Allowed tokens: removes all but chosen tokens.
 *
 * De Cao, Izacard, Riedel and Petroni, Autoregressive Entity Retrieval, 2021, constrain generation in this way.
 *
 * - If none of the allowed tokens is left, the best token stays, and a warning says so.
 */
export const allowedTokens = defineSampler({
  name: 'allowed-tokens',
  rank: { huggingFace: 80, llamaCpp: 30 },
  about: {
    label: t('Allowed tokens'),
    explanation: t('Removes all tokens but those that you name.'),
    formula: t('keep i where i ∈ A'),
    paper: 'De Cao, Izacard, Riedel and Petroni, Autoregressive Entity Retrieval, 2021',
    parameters: TOKEN_LIST_PARAMETERS,
  },
  create(spec, context) {
    const allowed = resolveTokens(spec.sampler, spec, context);
    return {
      apply(candidates) {
        const { ids, count } = candidates;
        for (let row = 0; row < count; row++) if (allowed[ids[row]!] === 0) candidates.remove(ids[row]!);
      },
    };
  },
});
