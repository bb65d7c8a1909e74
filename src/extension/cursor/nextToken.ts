import type { ExploreParameters } from '../../experiments/explore/parameters';

/** Asks Explore for the distribution of what comes behind a text, and for no completions. */
export const nextTokenAfter = (prompt: string): ExploreParameters => ({
  prompt,
  chain: [],
  greedy: false,
  seed: 0,
  samples: 0,
  maxNewTokens: 1,
  healing: true,
});
