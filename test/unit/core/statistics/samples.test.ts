import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { softmax } from '../../../../src/core/logits';
import { randomStream } from '../../../../src/core/random';
import { chiSquareTest } from '../../../../src/core/statistics/chiSquare';
import { chanceToSee, expectedDistinct } from '../../../../src/core/statistics/expectation';
import { wilsonInterval } from '../../../../src/core/statistics/interval';
import { modeProbability } from '../../../../src/core/statistics/mode';
import { drawsToTellApart } from '../../../../src/core/statistics/sampleSize';
import { chiSquareTail } from '../../../../src/core/statistics/specialFunctions';
import { countDraws } from '../countDraws';
import { PROPERTY } from '../generators';

const distributions = (most: number): fc.Arbitrary<number[]> =>
  fc
    .array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: most })
    .map((logits) => [...softmax(logits)]);

/** Every sequence of `draws` draws with its probability. */
function allDraws(
  probabilities: readonly number[],
  draws: number,
): { drawn: number[]; probability: number }[] {
  let all = [{ drawn: [] as number[], probability: 1 }];
  for (let i = 0; i < draws; i++) {
    all = all.flatMap(({ drawn, probability }) =>
      probabilities.map((p, id) => ({ drawn: [...drawn, id], probability: probability * p })),
    );
  }
  return all;
}

describe('expectations', () => {
  it('of the number of distinct tokens agree with listing every sample', () => {
    fc.assert(
      fc.property(distributions(4), fc.integer({ min: 0, max: 5 }), (probabilities, draws) => {
        const expected = allDraws(probabilities, draws).reduce(
          (sum, { drawn, probability }) => sum + probability * new Set(drawn).size,
          0,
        );
        expect(expectedDistinct(probabilities, draws)).toBeCloseTo(expected, 10);
      }),
      { ...PROPERTY, numRuns: 60 },
    );
  });

  it('keep the digits of rare tokens', () => {
    expect(chanceToSee(1e-18, 1000)).toBeCloseTo(1e-15, 25);
    expect(chanceToSee(1, 3)).toBe(1);
    expect(chanceToSee(1, 0)).toBe(0);
  });

  it('of greedy being the mode agree with listing every sample', () => {
    fc.assert(
      fc.property(distributions(4), fc.integer({ min: 1, max: 6 }), (probabilities, draws) => {
        const greedy = probabilities.indexOf(Math.max(...probabilities));
        const expected = { uniqueMode: 0, amongModes: 0, tiesBrokenUniformly: 0 };
        for (const { drawn, probability } of allDraws(probabilities, draws)) {
          const counts = probabilities.map((_, id) => drawn.filter((d) => d === id).length);
          const most = Math.max(...counts);
          if (counts[greedy] !== most) continue;
          const tied = counts.filter((count) => count === most).length;
          if (tied === 1) expected.uniqueMode += probability;
          expected.amongModes += probability;
          expected.tiesBrokenUniformly += probability / tied;
        }
        const own = modeProbability(probabilities, draws);
        expect(own.uniqueMode).toBeCloseTo(expected.uniqueMode, 10);
        expect(own.amongModes).toBeCloseTo(expected.amongModes, 10);
        expect(own.tiesBrokenUniformly).toBeCloseTo(expected.tiesBrokenUniformly, 10);
      }),
      { ...PROPERTY, numRuns: 60 },
    );
  });
});

describe('is 100 samples enough?', () => {
  it('is answered by the sample sizes of the textbooks', () => {
    // R's example, power.prop.test(p1 = .50, p2 = .75, power = .90): n = 76.7.
    expect(drawsToTellApart(0.5, 0.75, 0.05, 0.9)).toBe(77);
    expect(drawsToTellApart(0.5, 0.5)).toBe(Infinity);
  });

  it('gives the power it promises, and not with a draw less', () => {
    const power = (p1: number, p2: number, n: number): number => {
      const mean = (p1 + p2) / 2;
      const level = 1.959963984540054 * Math.sqrt(2 * mean * (1 - mean));
      const z = (Math.sqrt(n) * Math.abs(p1 - p2) - level) / Math.sqrt(p1 * (1 - p1) + p2 * (1 - p2));
      // Beyond a normal variable's z on either side lies what lies beyond z squared of a chi-square variable.
      const tail = chiSquareTail(z * z, 1) / 2;
      return z > 0 ? 1 - tail : tail;
    };
    for (const [p1, p2] of [
      [0.1, 0.2],
      [0.43, 0.5],
      [0.01, 0.002],
    ] as const) {
      const n = drawsToTellApart(p1, p2);
      expect(power(p1, p2, n)).toBeGreaterThanOrEqual(0.8 - 1e-9);
      expect(power(p1, p2, n - 1)).toBeLessThan(0.8);
    }
  });

  it.each([
    [() => drawsToTellApart(-0.1, 0.5), /p1 is -0.1; it must be from 0 to 1/],
    [() => drawsToTellApart(0.1, 0.5, 0), /significance is 0; it must be above 0 and below 1/],
    [() => chanceToSee(2, 1), /p is 2/],
    [() => expectedDistinct([1], 1.5), /draws is 1.5/],
    [() => wilsonInterval(5, 4), /successes is 5; it must be at most the number of draws, 4/],
    [() => modeProbability([1], 0), /draws is 0/],
  ])('%s is refused', (run, message) => {
    expect(run).toThrow(RangeError);
    expect(run).toThrow(message);
  });
});

describe('wilsonInterval', () => {
  it('holds exactly the probabilities that lie within z standard deviations of the frequency', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 1000 })
          .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n))),
        ([successes, draws]) => {
          const { low, high } = wilsonInterval(successes, draws);
          const deviations = (p: number): number =>
            Math.abs(successes / draws - p) / Math.sqrt((p * (1 - p)) / draws);
          if (successes > 0) expect(deviations(low)).toBeCloseTo(1.959963984540054, 6);
          else expect(low).toBe(0);
          if (successes < draws) expect(deviations(high)).toBeCloseTo(1.959963984540054, 6);
          else expect(high).toBe(1);
        },
      ),
      PROPERTY,
    );
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });

  it('contains the truth about as often as it claims, over seeded samples', () => {
    const p = 0.1;
    let covered = 0;
    for (let sample = 0; sample < 2000; sample++) {
      const [, count] = countDraws([1 - p, p], 100, randomStream(9, 'coverage', sample));
      const { low, high } = wilsonInterval(count!, 100);
      if (low <= p && p <= high) covered++;
    }
    // The exact coverage for n = 100 and p = 0.1 is 0.936 (by summing the binomial); its deviation here 0.0055.
    expect(covered / 2000).toBeGreaterThan(0.915);
    expect(covered / 2000).toBeLessThan(0.96);
  });
});

describe('chiSquareTest', () => {
  it('gives the textbook’s result for sixty throws of a die', () => {
    const { statistic, degreesOfFreedom, pValue, pooled } = chiSquareTest(
      [5, 8, 9, 8, 10, 20],
      new Array<number>(6).fill(1 / 6),
    );
    expect(statistic).toBeCloseTo(13.4, 12);
    expect(degreesOfFreedom).toBe(5);
    expect(pValue).toBeCloseTo(0.019905, 6);
    expect(pooled).toBe(0);
  });

  it('compares outcomes together that are expected too rarely', () => {
    // Expected: 90, 6, 2, 2. The last two have 4 together, too few: the third joins them.
    const { statistic, degreesOfFreedom, pooled } = chiSquareTest([85, 8, 5, 2], [0.9, 0.06, 0.02, 0.02]);
    expect(pooled).toBe(3);
    expect(degreesOfFreedom).toBe(1);
    expect(statistic).toBeCloseTo(25 / 90 + 25 / 10, 12);
  });

  it('rejects with certainty what drew the impossible, and says nothing about a single outcome', () => {
    expect(chiSquareTest([9, 1], [1, 0])).toMatchObject({ statistic: Infinity, pValue: 0 });
    expect(chiSquareTest([9, 0], [1, 0])).toMatchObject({ degreesOfFreedom: 0, pValue: 1 });
    expect(() => chiSquareTest([0, 0], [0.5, 0.5])).toThrow(/no draws/);
    expect(() => chiSquareTest([1], [0.5, 0.5])).toThrow(/1 and 2 outcomes/);
  });

  it('rejects true samples at the rate of its level', () => {
    const probabilities = [0.4, 0.3, 0.2, 0.1];
    let rejected = 0;
    for (let sample = 0; sample < 2000; sample++) {
      const counts = countDraws(probabilities, 200, randomStream(4, 'level', sample));
      if (chiSquareTest(counts, probabilities).pValue < 0.05) rejected++;
    }
    expect(rejected / 2000).toBeGreaterThan(0.035);
    expect(rejected / 2000).toBeLessThan(0.065);
  });
});
