import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listedLogits } from '../../../../src/core/listed';
import { logSoftmax, topIndices } from '../../../../src/core/logits';
import type { ChainSpec } from '../../../../src/core/samplers/chain';
import {
  Distribution,
  firstRows,
  type DistributionSummary,
} from '../../../../src/experiments/explore/distribution';
import '../../fixedSeed';

interface Reference {
  readonly logits: readonly number[];
  readonly temperature: readonly {
    readonly T: number;
    readonly probs: readonly number[];
    readonly entropy_nats: number;
  }[];
}
const path = join(import.meta.dirname, '../../../fixtures/oracles/seed/seed-exercises.json');
const reference = JSON.parse(readFileSync(path, 'utf8')) as Reference;

describe('the distribution on screen', () => {
  it.each(reference.temperature)(
    'of the toy at temperature $T is the reference’s',
    ({ T, probs, entropy_nats }) => {
      const chain: ChainSpec = [{ sampler: 'temperature', temperature: T }];
      const summary = new Distribution(reference.logits).through(chain, 15);
      expect(summary.rows.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4]);
      summary.rows.forEach(({ processed }, i) => {
        expect(processed).toBeCloseTo(probs[i]!, 12);
      });
      expect(summary.entropy).toBeCloseTo(entropy_nats, 12);
      expect(summary.rest).toEqual({ tokens: 0, kept: 0, raw: 0, processed: 0 });
    },
  );

  it('leaves removed tokens in their places, with the sampler that cut them', () => {
    // Probabilities .4 .3 .15 .1 .05: top-k keeps three, whose nucleus of .8 is the first two.
    const logits = [0.1, 0.4, 0.05, 0.3, 0.15].map(Math.log);
    const chain: ChainSpec = [
      { sampler: 'temperature', temperature: 1 },
      { sampler: 'top-k', k: 3 },
      { sampler: 'top-p', p: 0.8 },
    ];
    const { rows, rest, kept, keptMass, steps } = new Distribution(logits).through(chain, 4);
    expect(rows.map(({ id, removedBy }) => [id, removedBy])).toEqual([
      [1, null],
      [3, null],
      [4, 'top-p'],
      [0, 'top-k'],
    ]);
    expect(rows[0]!.processed).toBeCloseTo(4 / 7, 12);
    expect(rest).toMatchObject({ tokens: 1, kept: 0 });
    expect(rest.raw).toBeCloseTo(0.05, 12);
    expect(kept).toBe(2);
    expect(keptMass).toBeCloseTo(0.7, 12);
    expect(steps.map(({ removed }) => removed)).toEqual([0, 2, 1]);
    expect(steps.map(({ mass }) => mass.toFixed(12))).toEqual([
      '0.000000000000',
      '0.150000000000',
      '0.150000000000',
    ]);
  });

  it('says that the model itself ruled a token out', () => {
    const { rows } = new Distribution([0, -Infinity]).through([], 5);
    expect(rows.map(({ removedBy }) => removedBy)).toEqual([null, 'the model']);
  });

  it('gives the same rows for the same chain, whatever was asked in between', () => {
    const distribution = new Distribution(Array.from({ length: 300 }, (_, i) => Math.sin(i * 7)));
    const chain: ChainSpec = [{ sampler: 'top-k', k: 9 }];
    const first = distribution.through(chain, 15);
    distribution.through([{ sampler: 'temperature', temperature: 3 }], 200);
    expect(distribution.through(chain, 15)).toEqual(first);
  });

  it('is to the last bit what a fresh one is, whatever chains it was seen through before', () => {
    const logit = fc.oneof(fc.double({ min: -900, max: 20, noNaN: true }), fc.constant(-Infinity));
    const step = fc.oneof(
      fc.record({
        sampler: fc.constant('temperature' as const),
        temperature: fc.double({ min: 0.1, max: 5, noNaN: true }),
      }),
      fc.record({ sampler: fc.constant('top-k' as const), k: fc.integer({ min: 1, max: 45 }) }),
      fc.record({ sampler: fc.constant('top-p' as const), p: fc.double({ min: 0.01, max: 1, noNaN: true }) }),
      fc.record({
        sampler: fc.constant('typical' as const),
        p: fc.double({ min: 0.01, max: 1, noNaN: true }),
      }),
    );
    fc.assert(
      fc.property(
        fc.array(logit, { minLength: 1, maxLength: 40 }),
        fc.array(fc.array(step, { maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        (others, chains) => {
          const logits = [1, ...others];
          const reused = new Distribution(logits);
          for (const chain of chains) {
            expect(reused.through(chain, 41)).toEqual(new Distribution(logits).through(chain, 41));
          }
        },
      ),
    );
  });

  it('never drops any probability: rows and rest make one', () => {
    const logits = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        logits,
        fc.integer({ min: 1, max: 45 }),
        fc.integer({ min: 1, max: 45 }),
        (values, rows, k) => {
          const summary = new Distribution(values).through([{ sampler: 'top-k', k }], rows);
          const sum = (pick: 'raw' | 'processed'): number =>
            summary.rows.reduce((total, row) => total + row[pick], summary.rest[pick]);
          expect(sum('raw')).toBeCloseTo(1, 9);
          expect(sum('processed')).toBeCloseTo(1, 9);
          expect(summary.rows.length + summary.rest.tokens).toBe(values.length);
        },
      ),
    );
  });

  it('lists the best of what is left further down, where little of the listed tokens is', () => {
    // Token i has the logit -i: its rank is its id.
    const logits = Array.from({ length: 40 }, (_, i) => -i);
    const distribution = new Distribution(logits);
    const only = (...ids: number[]): ChainSpec => [{ sampler: 'allowed-tokens', ids }];
    const left = (chain: ChainSpec): readonly (readonly number[])[] =>
      (distribution.through(chain, 10).survivors ?? []).map(({ id, rank }) => [id, rank]);
    expect(left(only(25, 12, 30))).toEqual([
      [12, 12],
      [25, 25],
      [30, 30],
    ]);
    // Five are enough, of which two are listed; the bias puts 39 before 20.
    expect(left([{ sampler: 'logit-bias', bias: [[39, 20]] }, ...only(0, 1, 20, 21, 22, 23, 39)])).toEqual([
      [39, 39],
      [20, 20],
      [21, 21],
    ]);
    expect(left(only(0, 1, 2, 3, 4, 20))).toEqual([]);
    expect(left(only(0, 1))).toEqual([]);
    const { rest, survivors } = distribution.through(only(12, 25), 10);
    expect(rest).toMatchObject({ tokens: 30, kept: 2 });
    expect(survivors![0]!.processed).toBeCloseTo(1 / (1 + Math.exp(-13)), 12);
  });

  it('is none for logits that are none', () => {
    expect(() => new Distribution([Number.NaN, 0])).toThrow(RangeError);
  });
});

describe('A distribution with fewer rows', () => {
  it('is the one that is made with so many', () => {
    const logits = Float32Array.from({ length: 300 }, (_, i) => 5 * Math.sin(i));
    const distribution = new Distribution(logits);
    const ids = Array.from({ length: 100 }, (_, i) => 3 * i);
    const chains: ChainSpec[] = [[{ sampler: 'top-k', k: 30 }], [{ sampler: 'banned-tokens', ids }]];
    for (const [chain, rows] of chains.flatMap((one) =>
      [1, 15, 40, 200].map((most) => [one, most] as const),
    )) {
      const { rest, ...fewer } = firstRows(distribution.through(chain, 200), rows);
      const { rest: expected, ...made } = distribution.through(chain, rows);
      expect(fewer).toEqual(made);
      expect(rest).toMatchObject({ tokens: expected.tokens, kept: expected.kept });
      expect(rest.raw).toBeCloseTo(expected.raw, 12);
      expect(rest.processed).toBeCloseTo(expected.processed, 12);
    }
  });
});

describe('how many tokens a chain keeps of which some are listed', () => {
  const logits = Array.from({ length: 12 }, (_, i) => Math.sin(i * 7));
  const known = topIndices(logits, 4).map((id) => ({ id, logProbability: logSoftmax(logits)[id]! }));
  const { exact, listed } = listedLogits(known, logits.length);
  const throughList = (chain: ChainSpec): DistributionSummary =>
    new Distribution(exact, undefined, listed).through(chain, 4);

  it('is certain behind temperatures and a top-k that cuts ties', () => {
    expect(throughList([{ sampler: 'temperature', temperature: 2 }])).toMatchObject({
      kept: 12,
      listed: { counted: true },
    });
    for (const k of [5, 8, 12, 40]) {
      const chain: ChainSpec = [
        { sampler: 'temperature', temperature: 2 },
        { sampler: 'top-k', k, ties: 'exact' },
      ];
      const summary = throughList(chain);
      expect(summary.listed).toMatchObject({ within: false, counted: true });
      expect(summary.kept).toBe(new Distribution(logits).through(chain, 4).kept);
    }
  });

  it('is not where ties stay, or a sum decides', () => {
    for (const chain of [
      [{ sampler: 'top-k', k: 8, ties: 'all' }],
      [
        { sampler: 'top-k', k: 8, ties: 'exact' },
        { sampler: 'top-p', p: 0.99 },
      ],
    ] as const) {
      expect(throughList(chain).listed).not.toHaveProperty('counted');
    }
  });
});
