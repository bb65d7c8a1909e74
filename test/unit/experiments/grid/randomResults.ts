/** Results of Grid on small models: sides that matter and that do not, a list that ends, stopped. */
import fc from 'fast-check';
import { grid } from '../../../../src/experiments/grid';
import { gridReport } from '../../../../src/experiments/grid/report';
import { letters } from '../letterModel';
import { reported } from '../reported';
import { runExperiment } from '../running';
import { serve } from '../servedModel';

const values = (...from: readonly number[]): fc.Arbitrary<number[]> =>
  fc.subarray([...from], { minLength: 1, maxLength: Math.min(3, from.length) });

const asked = fc.record({
  seed: fc.nat(99_999),
  size: fc.integer({ min: 3, max: 6 }),
  rows: values(0.1, 0.7, 1, 1.5).map((list) => ({
    sampler: 'temperature',
    parameter: 'temperature',
    values: list,
  })),
  columns: fc.oneof(
    values(1, 2, 5, 50, 200).map((list) => ({ sampler: 'top-k', parameter: 'k', values: list })),
    values(0.1, 0.5, 0.9).map((list) => ({ sampler: 'min-p', parameter: 'p', values: list })),
    values(1.5, 2).map((list) => ({ sampler: 'dry', parameter: 'base', values: list })),
  ),
  samples: fc.integer({ min: 0, max: 3 }),
  maxNewTokens: fc.integer({ min: 1, max: 5 }),
  stop: fc.constantFrom([], ['b']),
  listed: fc.constantFrom(null, null, 2),
  events: fc.constantFrom(Infinity, Infinity, 0, 2, 5),
});

/** What a random result says. */
export const gridSayings: fc.Arbitrary<Promise<string[]>> = asked.map(
  async ({ seed, size, listed, events, ...parameters }) => {
    const whole = letters(seed, size);
    const model = listed === null ? whole : serve(whole, { listed }).model;
    let left = events;
    const given = { prompt: 'a', seed, ...parameters };
    const { result } = await runExperiment(grid, model, given, () => left-- <= 0);
    return reported(gridReport, result);
  },
);
