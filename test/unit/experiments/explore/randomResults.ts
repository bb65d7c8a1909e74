/** Results of Explore on small models: with ties, with a list that ends, held to shapes, going back, stopped. */
import fc from 'fast-check';
import { LETTERS } from '../../core/search/models';
import type { ChainSpec } from '../../../../src/core/samplers/chain';
import { explore } from '../../../../src/experiments/explore';
import { exploreReport } from '../../../../src/experiments/explore/report';
import type { ExploreResult } from '../../../../src/experiments/explore/result';
import { LetterModel, letters } from '../letterModel';
import { reported } from '../reported';
import { runExperiment } from '../running';
import { serve } from '../servedModel';

const temperature = { sampler: 'temperature', temperature: 0.7 } as const;
const CHAINS: readonly ChainSpec[] = [
  [],
  [temperature],
  [temperature, { sampler: 'top-k', k: 1 }],
  [{ sampler: 'top-p', p: 0.5 }, temperature],
  [{ sampler: 'min-p', p: 0.3 }],
  [{ sampler: 'banned-phrases', phrases: ['ab', 'ba', 'cc'] }],
  [{ sampler: 'xtc', threshold: 0.1, probability: 1 }],
];

const asked = fc.record({
  modelSeed: fc.nat(99_999),
  kind: fc.constantFrom('random', 'tied', 'certain'),
  shown: fc.constantFrom(null, null, 2),
  chain: fc.constantFrom(...CHAINS),
  greedy: fc.boolean(),
  seed: fc.nat(99_999),
  samples: fc.nat(3),
  maxNewTokens: fc.integer({ min: 1, max: 6 }),
  stop: fc.constantFrom([], ['b']),
  listed: fc.constantFrom(0, 1, 3),
  events: fc.constantFrom(Infinity, Infinity, 0, 2, 4),
  /** What the probabilities of a completion's tokens may be off. */
  off: fc.constantFrom(undefined, undefined, null, 0.02),
});

/** With what only long lists and shapes bring about. */
function changed(result: ExploreResult, off: number | null | undefined): ExploreResult {
  return {
    ...result,
    // Sentences of the samplers' own have tests of their own.
    next: result.next && { ...result.next, warnings: [] },
    completions: result.completions.map((completion, i) => ({
      ...completion,
      ...(off !== undefined && { off }),
      ...(off === null && i === 0 && { end: 'unlisted' as const, fitting: -1.5 }),
    })),
  };
}

/** What a random result says. */
export const exploreSayings: fc.Arbitrary<Promise<string[]>> = asked.map(
  async ({ modelSeed, kind, shown, events, off, ...parameters }) => {
    const logits = (): number[] => [0, 1, 2].map((id) => (kind === 'tied' ? 0 : id === 0 ? 40 : 0));
    const whole = kind === 'random' ? letters(modelSeed, 3) : new LetterModel(LETTERS.slice(0, 3), logits);
    // Of a list it is not known what that sampler removes.
    const isWhole = shown === null || parameters.chain.some(({ sampler }) => sampler === 'xtc');
    const model = isWhole ? whole : serve(whole, { listed: shown }).model;
    let left = events;
    const given = { prompt: 'a', ...parameters };
    const { result } = await runExperiment(explore, model, given, () => left-- <= 0);
    return reported(exploreReport, changed(result, off));
  },
);
