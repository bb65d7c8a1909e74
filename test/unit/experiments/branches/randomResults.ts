/** Results of Branches on small models: every start, edited or not, listed in part, with a budget that ends, stopped. */
import fc from 'fast-check';
import { branches } from '../../../../src/experiments/branches';
import type { BranchEdit, BranchStart } from '../../../../src/experiments/branches/parameters';
import { branchesReport } from '../../../../src/experiments/branches/report';
import { letters } from '../letterModel';
import { reported } from '../reported';
import { runExperiment } from '../running';
import { serve } from '../servedModel';

const length = fc.integer({ min: 1, max: 4 });

const start: fc.Arbitrary<BranchStart> = fc.oneof(
  fc.record({ kind: fc.constant('greedy' as const), length }),
  fc.record({
    kind: fc.constant('samples' as const),
    length,
    count: fc.integer({ min: 1, max: 3 }),
    temperature: fc.constantFrom(0.5, 2),
    topK: fc.constantFrom(null, 2),
    seed: fc.nat(99),
  }),
  fc.record({
    kind: fc.constant('exact' as const),
    length,
    count: fc.integer({ min: 1, max: 6 }),
    budget: fc.integer({ min: 1, max: 60 }),
  }),
  fc.record({
    kind: fc.constant('beam' as const),
    length,
    beams: fc.integer({ min: 1, max: 2 }),
    lengthPenalty: fc.constantFrom(0, 1),
  }),
  fc.record({ kind: fc.constant('alternatives' as const) }),
);

const edit: fc.Arbitrary<BranchEdit> = fc.oneof(
  fc.record({
    edit: fc.constant('take' as const),
    path: fc.array(fc.nat(2), { minLength: 1, maxLength: 2 }),
    ahead: fc.nat(2),
  }),
  fc.record({
    edit: fc.constantFrom('expand' as const, 'pin' as const),
    path: fc.array(fc.nat(2), { minLength: 1, maxLength: 1 }),
  }),
);

const asked = fc.record({
  seed: fc.nat(99_999),
  size: fc.integer({ min: 4, max: 6 }),
  ends: fc.boolean(),
  prompt: fc.constantFrom('a', 'ab'),
  start,
  edits: fc.array(edit, { maxLength: 2 }),
  stop: fc.constantFrom([], ['b']),
  listed: fc.boolean(),
  events: fc.constantFrom(Infinity, Infinity, 0, 1, 2),
});

/** What a random result says. */
export const branchesSayings: fc.Arbitrary<Promise<string[]>> = asked.map(
  async ({ seed, size, ends, listed, events, start: begins, edits, prompt, stop }) => {
    const whole = letters(seed, size, ends ? size - 1 : null);
    // What is exact needs every token, and an edit may name one that is not listed.
    const served = listed && begins.kind === 'samples';
    const model = served ? serve(whole, { listed: 4 }).model : whole;
    const parameters = {
      prompt,
      start: begins,
      alternatives: 3,
      edits: served ? [] : edits,
      stop,
    };
    let left = events;
    const { result } = await runExperiment(branches, model, parameters, () => left-- <= 0);
    return reported(branchesReport, result);
  },
);
