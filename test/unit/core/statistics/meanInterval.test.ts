import { describe, expect, it } from 'vitest';
import { meanInterval, studentQuantile, studentWithin } from '../../../../src/core/statistics/meanInterval';

describe('Student quantiles', () => {
  // Two-sided 95 % and 99 % points as in the usual tables (NIST/SEMATECH e-Handbook, 1.3.6.7.2).
  it.each([
    [1, 12.706, 63.657],
    [2, 4.303, 9.925],
    [3, 3.182, 5.841],
    [4, 2.776, 4.604],
    [7, 2.365, 3.499],
    [9, 2.262, 3.25],
    [10, 2.228, 3.169],
    [29, 2.045, 2.756],
    [100, 1.984, 2.626],
  ])('agree with the table for %d degrees of freedom', (degrees, p975, p995) => {
    expect(studentQuantile(0.975, degrees)).toBeCloseTo(p975, 3);
    expect(studentQuantile(0.995, degrees)).toBeCloseTo(p995, 3);
  });

  it('agree with closed forms', () => {
    // One degree is Cauchy; two have an algebraic form.
    for (const t of [0.1, 1, 3, 50]) {
      expect(studentWithin(t, 1)).toBeCloseTo((2 / Math.PI) * Math.atan(t), 14);
      expect(studentWithin(t, 2)).toBeCloseTo(t / Math.sqrt(2 + t * t), 14);
    }
  });
});

describe('meanInterval', () => {
  it('agrees with a worked example', () => {
    // Mean 5, standard deviation sqrt(10 / 4), t of 4 degrees 2.776445.
    const { mean, low, high } = meanInterval([3, 4, 5, 6, 7]);
    expect(mean).toBe(5);
    expect(low).toBeCloseTo(5 - 2.776445 * Math.sqrt(2.5 / 5), 5);
    expect(high).toBeCloseTo(5 + 2.776445 * Math.sqrt(2.5 / 5), 5);
  });

  it('holds a fair coin’s share for every mixed sample of six tosses', () => {
    // All 2^6 samples are enumerated.
    let covered = 0;
    for (let bits = 0; bits < 64; bits++) {
      const { low, high } = meanInterval(Array.from({ length: 6 }, (_, i) => (bits >> i) & 1));
      if (low <= 0.5 && high >= 0.5) covered += 1;
    }
    // All but the samples with 0 or 6 ones.
    expect(covered).toBe(62);
  });

  it('has no width for equal values, and says nothing about one', () => {
    expect(meanInterval([0.1, 0.1, 0.1])).toEqual({ mean: 0.1, low: 0.1, high: 0.1 });
    expect(meanInterval([4])).toEqual({ mean: 4, low: -Infinity, high: Infinity });
    expect(meanInterval([]).mean).toBeNaN();
  });

  it('refuses a confidence that is none', () => {
    expect(() => meanInterval([1, 2], 1)).toThrow('confidence is 1; it must be above 0 and below 1.');
  });
});
