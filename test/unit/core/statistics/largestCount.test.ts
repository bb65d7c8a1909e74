import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedLargestCount } from '../../../../src/core/statistics/largestCount';
import '../../fixedSeed';

/** By listing every sequence of draws. */
function byEnumeration(probabilities: readonly number[], draws: number): number {
  let expected = 0;
  const walk = (left: number, chance: number, counts: readonly number[]): void => {
    if (left === 0) {
      expected += chance * Math.max(...counts);
      return;
    }
    probabilities.forEach((p, outcome) => {
      const next = counts.map((count, i) => (i === outcome ? count + 1 : count));
      if (p > 0) walk(left - 1, chance * p, next);
    });
  };
  walk(
    draws,
    1,
    probabilities.map(() => 0),
  );
  return expected;
}

const normalised = (weights: readonly number[]): number[] => {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
};

describe('expectedLargestCount', () => {
  it('agrees with the enumeration of every sample', () => {
    const weight = fc.oneof(
      fc.constant(0),
      fc.double({ min: 1e-6, max: 1e-2, noNaN: true }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 1, maxLength: 5 }).filter((weights) => weights.some((w) => w > 0)),
        fc.integer({ min: 1, max: 6 }),
        (weights, draws) => {
          const probabilities = normalised(weights);
          const found = expectedLargestCount(probabilities, draws);
          expect(Math.abs(found - byEnumeration(probabilities, draws))).toBeLessThan(1e-12);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('agrees with the birthday problem when everything is rare', () => {
    // With two draws the largest count is 2 exactly when both are the same.
    for (const days of [365, 50_257]) {
      const uniform = Array.from({ length: days }, () => 1 / days);
      expect(expectedLargestCount(uniform, 2)).toBeCloseTo(1 + 1 / days, 13);
    }
    // Three draws: all different, two alike, or all alike.
    const n = 1000;
    const uniform = Array.from({ length: n }, () => 1 / n);
    const different = ((n - 1) / n) * ((n - 2) / n);
    const alike = 1 / n ** 2;
    expect(expectedLargestCount(uniform, 3)).toBeCloseTo(
      different + 2 * (1 - different - alike) + 3 * alike,
      13,
    );
  });

  it('gives every draw to a certain outcome', () => {
    expect(expectedLargestCount([0, 1, 0], 170)).toBeCloseTo(170, 9);
  });

  it.each([0, 1.5, 171])('refuses %d draws', (draws) => {
    expect(() => expectedLargestCount([1], draws)).toThrow(RangeError);
    expect(() => expectedLargestCount([1], draws)).toThrow(`draws is ${draws}`);
  });
});
