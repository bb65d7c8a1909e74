import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../../src/core/random';
import {
  arrangeBatches,
  countCharacters,
  splitOffset,
  tokensFor,
  windowStarts,
} from '../../../../src/experiments/kit/textBatches';
import '../../fixedSeed';

describe('the split of a text', () => {
  it('counts characters as Python does, pairs and lone surrogates included', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'é', '😀', '\ud83d', '\ude00', '\n')),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (parts, ratio) => {
          const text = parts.join('');
          const characters = Array.from(text);
          expect(countCharacters(text)).toBe(characters.length);
          const cut = Math.floor(ratio * characters.length);
          expect(text.slice(0, splitOffset(text, ratio))).toBe(characters.slice(0, cut).join(''));
        },
      ),
    );
  });
});

describe('windows', () => {
  it('are those of range(0, tokens - context, stride)', () => {
    fc.assert(
      fc.property(
        fc.nat(300),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (n, c, s) => {
          const expected: number[] = [];
          for (let i = 0; i < n - c; i += s) expected.push(i);
          expect(windowStarts(n, { context: c, stride: s })).toEqual(expected);
        },
      ),
    );
  });

  it('need the tokens that are said to be needed, and not one less', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (windows, context, stride) => {
          const settings = { context, stride, batchSize: 2 };
          const needed = tokensFor(windows, settings);
          expect(windowStarts(needed, settings)).toHaveLength(windows);
          expect(windowStarts(needed - 1, settings)).toHaveLength(windows - 1);
        },
      ),
    );
  });
});

describe('batches', () => {
  it('hold every window once, in order, the last one shorter', () => {
    expect(arrangeBatches(5, 2, { dropLast: false })).toEqual([[0, 1], [2, 3], [4]]);
    expect(arrangeBatches(5, 2, { dropLast: true })).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(arrangeBatches(4, 2, { dropLast: true })).toHaveLength(2);
    expect(arrangeBatches(1, 2, { dropLast: true })).toEqual([]);
    expect(arrangeBatches(0, 2, { dropLast: false })).toEqual([]);
  });

  it('are shuffled by their stream alone, and lose no window', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 5 }), fc.nat(1000), (count, size, seed) => {
        const shuffled = (): number[][] =>
          arrangeBatches(count, size, { shuffle: randomStream(seed, 'x'), dropLast: false });
        expect(shuffled()).toEqual(shuffled());
        expect(
          shuffled()
            .flat()
            .sort((a, b) => a - b),
        ).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
    );
  });

  it('come in every order equally often', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const order = arrangeBatches(3, 3, { shuffle: randomStream(seed, 'x'), dropLast: false }).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    // Of 6000, each of 6 orders comes 1000 +- 29 times; the limits are 6 standard deviations away.
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(174);
  });
});
