import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BranchLayout } from '../../../../src/experiments/branches/layout';
import { branches } from '../../../../src/experiments/branches';
import type { BranchEdit, BranchStart } from '../../../../src/experiments/branches/parameters';
import type { BranchesResult } from '../../../../src/experiments/branches/result';
import { branchesReport, smallPercent } from '../../../../src/experiments/branches/report';
import { toCsv } from '../../../../src/experiments/report/csv';
import type { ReportTable } from '../../../../src/experiments/report/types';
import { PROPERTY } from '../../core/generators';
import { listAll } from '../../core/search/models';
import { LetterModel, letters } from '../letterModel';
import { runExperiment } from '../running';
import { distribution } from '../slowPath';

const grow = async (
  model: LetterModel,
  start: BranchStart,
  edits: readonly BranchEdit[] = [],
): Promise<BranchesResult> =>
  (await runExperiment(branches, model, { prompt: 'a', start, alternatives: 3, edits })).result;

const table = (result: BranchesResult, id: string): ReportTable =>
  branchesReport.tables(result).find((candidate) => candidate.id === id)!;

/** a .5, b .4, c .1; after a all are equal, after b the next is a for sure: the best text is not the greedy one. */
const trap = (): LetterModel =>
  new LetterModel(['a', 'b', 'c'], (context) => {
    if (context.length === 1) return [0.5, 0.4, 0.1].map(Math.log);
    return context[1] === 1 ? [50, 0, 0] : [0, 0, 0];
  });

describe('the sentences', () => {
  it('name the best continuation, its proof, and where greedy search ends', async () => {
    const result = await grow(trap(), { kind: 'exact', length: 2, count: 4, budget: 100 });
    const [answer, proof, greedy] = branchesReport.summary(result);
    expect(answer).toBe(
      'The most probable continuation of 2 tokens is “ba”, with probability 40.0 % (−0.916 nats).',
    );
    expect(proof).toMatch(/^Proof: \d+ beginnings were evaluated/);
    expect(proof).toMatch(
      /Every continuation that is not listed has at most 3\.33 %, so these 4 are the most probable\.$/,
    );
    expect(greedy).toBe('Greedy decoding finds “aa” with 16.7 %, number 2 in this list.');
  });

  it('say what is open when the budget ran out', async () => {
    const result = await grow(letters(5, 6), { kind: 'exact', length: 4, count: 50, budget: 20 });
    const [, open] = branchesReport.summary(result);
    const proven = result.exact!.continuations.filter((continuation) => continuation.proven).length;
    expect(proven).toBeLessThan(result.exact!.continuations.length);
    const first = proven === 1 ? 'Only the first is proven' : `Only the first ${proven} are proven`;
    expect(open).toContain(proven === 0 ? 'None is proven' : first);
    const best = listAll(letters(5, 6), [0], 4, null);
    const limit = Math.exp(result.exact!.bound!);
    expect(Math.exp(best[proven]!.logProbability)).toBeLessThanOrEqual(limit + 1e-12);
    expect(open).toContain(smallPercent(result.exact!.bound!));
  });

  it('say whether greedy search would have found what beam search finds', async () => {
    const wide = await grow(trap(), { kind: 'beam', length: 2, beams: 2, lengthPenalty: 1 });
    expect(branchesReport.summary(wide)[1]).toBe(
      'It ranked only number 2 at step 1; greedy decoding misses it at step 1, where it takes “a”.',
    );
    const narrow = await grow(trap(), { kind: 'beam', length: 2, beams: 1, lengthPenalty: 1 });
    expect(branchesReport.summary(narrow)[1]).toBe(
      'It ranked first at every step; greedy decoding finds it too.',
    );
  });

  it('say of beam search on any model what running greedy search says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 1, max: 4 }),
        async (seed, beams) => {
          const model = letters(seed, 5);
          const beam = await grow(model, { kind: 'beam', length: 3, beams, lengthPenalty: 1 });
          const greedy = await grow(model, { kind: 'greedy', length: 3 });
          const path = greedy.nodes.filter(({ origin }) => origin === 'start').map(({ token }) => token.id);
          const same = beam.beam!.results[0]!.ids.join() === path.join();
          expect(branchesReport.summary(beam)[1]!.includes('greedy decoding finds it too')).toBe(same);
        },
      ),
      { ...PROPERTY, numRuns: 40 },
    );
  });

  it('of a tree without a path say what can come next', async () => {
    const result = await grow(trap(), { kind: 'alternatives' });
    expect(branchesReport.summary(result)).toEqual([
      'After “a” the most probable token is “a” (50.0 %).',
      'The 3 of 3 tokens shown have 100 % together. Choose one to continue with it.',
    ]);
  });
});

describe('the tables', () => {
  it('give every path its probability, and the summary their sum', async () => {
    const edits: BranchEdit[] = [{ edit: 'take', path: [1], ahead: 1 }];
    const result = await grow(trap(), { kind: 'greedy', length: 2 }, edits);
    const csv = toCsv(table(result, 'paths')).split('\r\n');
    expect(csv[0]).toBe('path,tokens,probability,ln p,nats per token');
    const rows = csv.slice(1, -1).map((line) => line.split(','));
    expect(rows.map(([path]) => path)).toEqual(['ba', 'aa']);
    expect(Number(rows[0]![2])).toBeCloseTo(0.4, 7);
    expect(Number(rows[1]![2])).toBeCloseTo(0.5 / 3, 7);
    expect(branchesReport.summary(result)[1]).toBe(
      'Together they have 56.7 % of the probability of all continuations.',
    );
  });

  it('name every row once, whatever the tree', async () => {
    const edit: fc.Arbitrary<BranchEdit> = fc.record({
      edit: fc.constant('take' as const),
      path: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
      ahead: fc.integer({ min: 0, max: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 999 }),
        fc.array(edit, { maxLength: 5 }),
        async (seed, edits) => {
          // Two tokens are spelled alike: paths of other ids can have the same text.
          const model = new LetterModel(['a', 'b', 'b', 'c'], letters(seed, 4).logits);
          const result = await grow(model, { kind: 'alternatives' }, edits);
          for (const { rows, keys, columns } of branchesReport.tables(result)) {
            const names = rows.map((row) => JSON.stringify(row.slice(0, keys)));
            expect(new Set(names).size).toBe(names.length);
            for (const row of rows) expect(row).toHaveLength(columns.length);
          }
        },
      ),
      { ...PROPERTY, numRuns: 40 },
    );
  });

  it('mark the continuation that greedy search finds, and what is proven', async () => {
    const result = await grow(trap(), { kind: 'exact', length: 2, count: 4, budget: 100 });
    const { rows } = table(result, 'exact');
    expect(rows.map(([place, text]) => [place, text])).toEqual([
      [1, 'ba'],
      [2, 'aa'],
      [3, 'ab'],
      [4, 'ac'],
    ]);
    expect(rows.map((row) => row.slice(4))).toEqual([
      ['yes', ''],
      ['yes', 'finds this'],
      ['yes', ''],
      ['yes', ''],
    ]);
  });
});

describe('smallPercent', () => {
  it.each([
    [Math.log(0.5), '50.0 %'],
    [0, '100 %'],
    [Math.log(2.5e-12), '2.50·10⁻¹²'],
    [-100, '3.72·10⁻⁴⁴'],
    [Math.log(9.999e-7), '1.00·10⁻⁶'],
    [-2000, '2.58·10⁻⁸⁶⁹'],
    [-Infinity, '0 %'],
  ])('%d is %s', (logProbability, text) => {
    expect(smallPercent(logProbability)).toBe(text);
  });
});

describe('the layout', () => {
  it('puts every token of a path on one line, and a new line only where the tree forks', async () => {
    const edit: fc.Arbitrary<BranchEdit> = fc.record({
      edit: fc.constant('take' as const),
      path: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
      ahead: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        const model = letters(2, 4);
        const { nodes } = await grow(model, { kind: 'alternatives' }, edits);
        const layout = new BranchLayout(nodes);
        const gone = nodes.flatMap((_, index) => (index === 0 || layout.isGone(index) ? [index] : []));
        expect(layout.branches.flatMap((branch) => [...branch.nodes]).sort((a, b) => a - b)).toEqual(gone);
        layout.branches.forEach((branch, i) => {
          const [first] = branch.nodes;
          branch.nodes.slice(1).forEach((index, place) => {
            expect(nodes[index]!.parent).toBe(branch.nodes[place]);
            expect(layout.gone(branch.nodes[place]!)).toEqual([index]);
          });
          if (i === 0) return;
          // It begins at the root or where there is a choice.
          const { parent } = nodes[first!]!;
          expect(layout.branches[branch.parent]!.nodes.at(-1)).toBe(parent);
          if (parent > 0) expect(layout.gone(parent).length).toBeGreaterThan(1);
        });
        for (const index of gone) expect(layout.find(layout.path(index))).toBe(index);
        expect(layout.find([0, 0, 0, 0, 0, 0, 0, 0, 0])).toBe(-1);
        // The product along the way is the path's probability.
        for (const end of layout.ends) {
          const path = layout.path(end);
          const product = path.reduce(
            (p, id, i) => p * distribution(model.logits([0, ...path.slice(0, i)]))[id]!,
            1,
          );
          expect(Math.exp(nodes[end]!.total)).toBeCloseTo(product, 12);
        }
      }),
      { ...PROPERTY, numRuns: 40 },
    );
  });
});
