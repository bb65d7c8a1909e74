import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nthLargest, nthLargestOfFew } from '../../../../src/core/samplers/selection';
import '../../fixedSeed';

/** Many equal values among others, and the smallest there is. */
const values = fc.array(
  fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true }), fc.constant(-Infinity)),
  {
    minLength: 1,
    maxLength: 600,
  },
);

describe('the n-th largest value', () => {
  it('is where a full sort has it', () => {
    fc.assert(
      fc.property(values, fc.nat(), (list, seed) => {
        const n = 1 + (seed % list.length);
        // 0 and -0 are equal: either may stand where a sort has the other. Adding 0 makes them one.
        const expected = [...list].sort((a, b) => b - a)[n - 1]! + 0;
        expect(nthLargest(Float64Array.from(list), list.length, n) + 0).toBe(expected);
        const ids = Int32Array.from(list, (_, i) => list.length - 1 - i);
        const heap = new Float64Array(list.length);
        expect(nthLargestOfFew(Float64Array.from(list), ids, list.length, n, heap) + 0).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});
