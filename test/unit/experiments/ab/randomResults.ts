/** Results of A/B on small models: texts that part and that do not, that go back, end at once or are stopped. */
import fc from 'fast-check';
import type { ChainSpec } from '../../../../src/core/samplers/chain';
import { ab } from '../../../../src/experiments/ab';
import { abReport } from '../../../../src/experiments/ab/report';
import { letters } from '../letterModel';
import { reported } from '../reported';
import { runExperiment } from '../running';

const chain: fc.Arbitrary<ChainSpec> = fc.constantFrom<ChainSpec>(
  [],
  [{ sampler: 'temperature', temperature: 0.7 }],
  [{ sampler: 'top-k', k: 1 }],
  [
    { sampler: 'temperature', temperature: 1.5 },
    { sampler: 'top-k', k: 2 },
    { sampler: 'top-p', p: 0.6 },
  ],
  [{ sampler: 'banned-phrases', phrases: ['ab', 'cab', 'ba'] }],
);

const asked = fc.record({
  seed: fc.nat(99_999),
  size: fc.integer({ min: 3, max: 6 }),
  ends: fc.boolean(),
  samples: fc.integer({ min: 1, max: 3 }),
  maxNewTokens: fc.integer({ min: 1, max: 6 }),
  chain,
  otherChain: chain,
  other: fc.constantFrom('', 'ba'),
  stop: fc.constantFrom([], ['c'], ['a', 'b']),
  /** Events before a stop. */
  events: fc.constantFrom(Infinity, Infinity, 0, 1, 3),
});

/** What a random result says. */
export const abSayings: fc.Arbitrary<Promise<string[]>> = asked.map(
  async ({ seed, size, ends, events, ...parameters }) => {
    const model = letters(seed, size, ends ? 0 : null);
    let left = events;
    const { result } = await runExperiment(
      ab,
      model,
      { prompt: 'a', seed, ...parameters },
      () => left-- <= 0,
    );
    return reported(abReport, result);
  },
);
