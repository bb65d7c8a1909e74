/** Tokens that a chain names by text or pattern, named by their ids, which is all that other programs know. */
import type { Vocabulary } from '../core/languageModel';
import type { SamplerSpec } from '../core/samplers/catalog';
import type { ChainSpec } from '../core/samplers/chain';
import { resolveTokens } from '../core/samplers/tokenLists';

/** Leaves alone what the vocabulary does not have. */
export function withTokenIds(chain: ChainSpec, vocabulary: Vocabulary): ChainSpec {
  const context = { vocabularySize: vocabulary.offsets.length - 1, vocabulary };
  return chain.map((step): SamplerSpec => {
    if (step.sampler !== 'banned-tokens' && step.sampler !== 'allowed-tokens') return step;
    try {
      const chosen = resolveTokens(step.sampler, step, context);
      return { sampler: step.sampler, ids: Array.from(chosen.keys()).filter((id) => chosen[id] === 1) };
    } catch (error) {
      if (error instanceof RangeError) return step;
      throw error;
    }
  });
}
