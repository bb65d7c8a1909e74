import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excess, growthOf, type Reading } from '../../../../scripts/soak/growth';

const line = (life: number, from: number, perStep: number, noise: readonly number[] = []): Reading[] =>
  Array.from({ length: 9 }, (_, i) => ({
    life,
    step: life * 1000 + 10 * i,
    value: from + 10 * i * perStep + (noise[i] ?? 0),
  }));

describe('the growth of a figure', () => {
  it('is that of a straight line, whichever reading of it is off', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.nat(8),
        fc.double({ min: -1e3, max: 1e3, noNaN: true }),
        (perStep, at, off) => {
          const noise = Array.from({ length: 9 }, (_, i) => (i === at ? off : 0));
          expect(growthOf(line(1, 50, perStep, noise)).slope).toBeCloseTo(100 * perStep, 6);
        },
      ),
    );
  });

  it('is not what another process begins with', () => {
    const { slope, before, after, peak } = growthOf([...line(1, 100, 0), ...line(2, 900, 0)]);
    expect(slope).toBe(0);
    expect([before, after, peak]).toEqual([100, 900, 900]);
  });

  it('is measured from the least of the first half, however high the first reading was', () => {
    const { before, after } = growthOf(line(1, 100, 0, [500, 400, 0, 0, 0, 0, -60, 30, 40]));
    expect([before, after]).toEqual([100, 140]);
  });

  it('is that of the process that grows most', () => {
    expect(growthOf([...line(1, 100, 0), ...line(2, 100, 0.5), ...line(3, 100, 0)]).slope).toBeCloseTo(50, 9);
  });

  it('is not known of few readings', () => {
    expect(growthOf(line(1, 100, 3).slice(0, 3)).slope).toBeUndefined();
    expect(() => growthOf([])).toThrow(RangeError);
  });

  it('is too much above either limit, and not for a figure that falls', () => {
    const limit = { slope: 10, more: 20 };
    expect(excess({ before: 5, after: 26, peak: 26, slope: 0 }, limit)).toMatch(/^21 more than before/);
    expect(excess({ before: 5, after: 6, peak: 6, slope: 11 }, limit)).toMatch(/^grows by 11 in 100/);
    expect(excess({ before: 50, after: 6, peak: 50, slope: -11 }, limit)).toBeUndefined();
    expect(excess({ before: 5, after: 25, peak: 90, slope: undefined }, limit)).toBeUndefined();
  });
});
