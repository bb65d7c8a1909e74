import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  argmax,
  entropy,
  logSoftmax,
  logSumExp,
  rankOf,
  softmax,
  topIndices,
} from '../../../src/core/logits';
import { logitVectors, PROPERTY } from './generators';
import { ranking } from './naive';

describe('softmax', () => {
  it('gives odds e^(difference), checked by hand', () => {
    // ln 1, ln 2, ln 5: eighths.
    const probabilities = softmax([0, Math.log(2), Math.log(5)]);
    expect(probabilities[0]).toBeCloseTo(1 / 8, 15);
    expect(probabilities[1]).toBeCloseTo(2 / 8, 15);
    expect(probabilities[2]).toBeCloseTo(5 / 8, 15);
  });

  it('neither overflows nor loses what lies far below the largest logit', () => {
    expect([...softmax([1e308, 1e308])]).toEqual([0.5, 0.5]);
    expect([...softmax([-1e308, 1e308])]).toEqual([0, 1]);
    expect(softmax([0, -700])[1]).toBeCloseTo(Math.exp(-700), 310);
  });

  it('gives 0 to -Infinity and shares the rest', () => {
    expect([...softmax([-Infinity, 3, 3])]).toEqual([0, 0.5, 0.5]);
  });

  it('sums to 1, keeps the order, and does not see a shift', () => {
    fc.assert(
      fc.property(logitVectors(), fc.integer({ min: -100, max: 100 }), (logits, shift) => {
        const probabilities = softmax(logits);
        expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        const shifted = softmax(logits.map((logit) => logit + shift));
        probabilities.forEach((p, id) => {
          expect(shifted[id]).toBeCloseTo(p, 12);
        });
        ranking(logits).forEach((id, rank, ids) => {
          if (rank > 0) expect(probabilities[ids[rank - 1]!]).toBeGreaterThanOrEqual(probabilities[id]!);
        });
      }),
      PROPERTY,
    );
  });

  it('writes into a given vector, which may be the input', () => {
    const logits = Float64Array.of(1, 1);
    expect(softmax(logits, logits)).toBe(logits);
    expect([...logits]).toEqual([0.5, 0.5]);
    expect(() => softmax([1, 2], new Float64Array(3))).toThrow(/out has length 3; .* 2/);
  });
});

describe('logSoftmax and logSumExp', () => {
  it('agree with softmax, and keep what it rounds to 0', () => {
    fc.assert(
      fc.property(logitVectors(), (logits) => {
        const logs = logSoftmax(logits);
        softmax(logits).forEach((p, id) => {
          expect(Math.exp(logs[id]!)).toBeCloseTo(p, 12);
        });
      }),
      PROPERTY,
    );
    expect(logSoftmax([0, -2000])[1]).toBe(-2000);
    expect(logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.LN2, 12);
    expect(logSumExp([-Infinity, 5])).toBe(5);
  });
});

describe('what no distribution can be made of', () => {
  it.each([
    ['nothing', [], /empty/],
    ['NaN', [1, NaN], /token 1 is NaN/],
    ['Infinity', [1, 2, Infinity], /token 2 is Infinity/],
    ['no finite logit', [-Infinity, -Infinity], /All 2 logits are -Infinity/],
  ])('%s', (_, logits, message) => {
    for (const read of [softmax, logSoftmax, logSumExp, argmax]) {
      expect(() => read(logits)).toThrow(RangeError);
      expect(() => read(logits)).toThrow(message);
    }
  });
});

describe('entropy', () => {
  it('is ln n for n equal probabilities and 0 for certainty', () => {
    expect(entropy([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(Math.log(4), 15);
    expect(entropy([0, 1, 0])).toBe(0);
  });

  it('of a biased coin is what the tables say', () => {
    // 0.4690 bits for 0.1 and 0.9 (Cover and Thomas, Elements of Information Theory, figure 2.1).
    expect(entropy([0.1, 0.9]) / Math.LN2).toBeCloseTo(0.4689955935892812, 14);
  });
});

describe('order', () => {
  it('is larger logit first, lower id first among equals, everywhere', () => {
    fc.assert(
      fc.property(logitVectors(), fc.integer({ min: 0, max: 150 }), (logits, n) => {
        const all = [...logits.keys()].sort((a, b) =>
          logits[a] === logits[b] ? a - b : logits[b]! - logits[a]!,
        );
        expect(topIndices(logits, n)).toEqual(all.slice(0, n));
        expect(argmax(logits)).toBe(all[0]);
        all.forEach((id, rank) => {
          expect(rankOf(logits, id)).toBe(rank);
        });
      }),
      PROPERTY,
    );
  });

  it.each([-1, 2, 0.5, NaN])('has no rank for id %s of two', (id) => {
    expect(() => rankOf([1, 2], id)).toThrow(new RegExp(`Token id is ${id}; .* 0 to 1`));
  });
});
