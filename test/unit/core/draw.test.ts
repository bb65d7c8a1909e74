import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CumulativeTable, drawToken } from '../../../src/core/draw';
import { softmax } from '../../../src/core/logits';
import { randomStream } from '../../../src/core/random';
import { chiSquareTest } from '../../../src/core/statistics/chiSquare';
import { countDraws } from './countDraws';
import { logitVectors, PROPERTY } from './generators';

const uniforms = fc.oneof(
  fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  fc.constantFrom(0, 0.5, 1 - 2 ** -53),
);

describe('drawToken', () => {
  it('inverts the cumulative distribution in id order', () => {
    const probabilities = [0.25, 0, 0.5, 0.25, 0];
    expect([0, 0.2499, 0.25, 0.7499, 0.75, 0.9999].map((u) => drawToken(probabilities, u))).toEqual([
      0, 0, 2, 2, 3, 3,
    ]);
  });

  it('never draws what has probability 0, even where rounding leaves the sum below u', () => {
    expect(drawToken([0.3, 0.3, 0.3, 0], 1 - 2 ** -53)).toBe(2);
    fc.assert(
      fc.property(logitVectors(), uniforms, (logits, u) => {
        const probabilities = softmax(logits);
        expect(probabilities[drawToken(probabilities, u)]).toBeGreaterThan(0);
      }),
      PROPERTY,
    );
  });

  it.each([-0.1, 1, NaN, 2])('does not take u = %s', (u) => {
    expect(() => drawToken([1], u)).toThrow(new RegExp(`u is ${u};`));
    expect(() => new CumulativeTable([1]).draw(u)).toThrow(new RegExp(`u is ${u};`));
  });

  it('cannot draw from nothing', () => {
    expect(() => drawToken([0, 0], 0.5)).toThrow(/No probability is above 0/);
    expect(() => new CumulativeTable([])).toThrow(/No probability is above 0/);
  });
});

describe('CumulativeTable', () => {
  it('draws what drawToken draws', () => {
    fc.assert(
      fc.property(logitVectors(), fc.array(uniforms, { minLength: 1 }), (logits, us) => {
        const probabilities = softmax(logits);
        const table = new CumulativeTable(probabilities);
        for (const u of us) expect(table.draw(u)).toBe(drawToken(probabilities, u));
      }),
      PROPERTY,
    );
  });

  it('at fixed seeds passes a chi-square test, which a deliberately biased sampler fails', () => {
    const probabilities = softmax([2, 1.5, 0.5, 0.2, -0.1]);
    for (const seed of [1, 2, 3, 4, 5]) {
      const fair = countDraws(probabilities, 20_000, randomStream(seed, 'fair'));
      expect(chiSquareTest(fair, probabilities).pValue).toBeGreaterThan(0.001);
      // Biased: a twentieth of the numbers is pressed into the first token.
      const random = randomStream(seed, 'fair');
      const biased = new Int32Array(5);
      for (let i = 0; i < 20_000; i++) {
        const u = random.next();
        biased[drawToken(probabilities, u < 0.95 ? u : u - 0.95)]!++;
      }
      expect(chiSquareTest(biased, probabilities).pValue).toBeLessThan(1e-6);
    }
  });
});
