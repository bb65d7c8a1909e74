/** Explore as it is asked before a user has touched a control. */
import { builtInPresets } from '../../core/samplers/presets';
import { MOST_ROWS } from './distribution';
import { exploreParameters, type ExploreParameters } from './parameters';

/** @throws RangeError for a prompt that is too long */
export function startParameters(prompt: string): ExploreParameters {
  const { greedy, seed, samples, maxNewTokens } = exploreParameters.parameters;
  return exploreParameters.parse({
    prompt,
    chain: builtInPresets.start.chain,
    greedy: greedy.default,
    seed: seed.default,
    samples: samples.default,
    maxNewTokens: maxNewTokens.default,
    listed: MOST_ROWS,
  });
}
