import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expNotPositive } from '../../../src/core/exponential';
import { depth } from '../depth';
import '../fixedSeed';

describe('expNotPositive', () => {
  it('agrees with Math.exp to 1e-14, and what rounding of x does', () => {
    const x = fc.oneof(
      fc.double({ min: -45, max: 0, noNaN: true }),
      fc.double({ min: -800, max: 0, noNaN: true }),
    );
    fc.assert(
      fc.property(x, (x) => {
        const expected = Math.exp(x);
        expect(Math.abs(expNotPositive(x) - expected)).toBeLessThanOrEqual(
          (1e-14 + Math.abs(x) * 2 ** -52) * expected,
        );
      }),
      { numRuns: depth(5000, 20_000) },
    );
  });

  it('is exact where softmax needs it', () => {
    expect(expNotPositive(0)).toBe(1);
    expect(expNotPositive(-0)).toBe(1);
    expect(expNotPositive(-Infinity)).toBe(0);
    expect(expNotPositive(-40)).toBeCloseTo(4.248354255291589e-18, 30);
    // The smallest numbers stay possible, and smaller ones do not.
    expect(expNotPositive(-744)).toBeGreaterThan(0);
    expect(expNotPositive(-746)).toBe(0);
  });
});
