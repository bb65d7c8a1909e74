import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fnv1a64, randomStream, RandomStream, splitMix64 } from '../../../src/core/random';
import { chiSquareTail } from '../../../src/core/statistics/specialFunctions';
import { PROPERTY } from './generators';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the published parts', () => {
  it.each([
    ['', 0xcbf29ce484222325n],
    ['a', 0xaf63dc4c8601ec8cn],
    ['foobar', 0x85944171f73967e8n],
  ])('FNV-1a of %j, from its authors', (text, hash) => {
    expect(fnv1a64(bytes(text))).toBe(hash);
  });

  it('SplitMix64 of 1234567, as published', () => {
    expect(splitMix64(1234567n, 5)).toEqual([
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
      4593380528125082431n,
      16408922859458223821n,
    ]);
  });

  it('xoroshiro128+ in 64-bit arithmetic, straight from its definition, gives the same numbers', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (key) => {
        const stream = new RandomStream(key);
        const reference = xoroshiro(key);
        for (let i = 0; i < 20; i++) {
          // 26 low bits of one output above 27 of the next.
          const high = Number(reference() & ((1n << 26n) - 1n));
          const low = Number(reference() & ((1n << 27n) - 1n));
          expect(stream.next()).toBe((high * 2 ** 27 + low) / 2 ** 53);
        }
      }),
      PROPERTY,
    );
  });
});

/** Blackman and Vigna's generator with the constants 24, 16, 37 of 2018, seeded by SplitMix64. */
function xoroshiro(seed: bigint): () => bigint {
  const mask = (1n << 64n) - 1n;
  const rotate = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (64n - k))) & mask;
  let [s0, s1] = splitMix64(seed, 2) as [bigint, bigint];
  return () => {
    const result = (s0 + s1) & mask;
    s1 ^= s0;
    s0 = rotate(s0, 24n) ^ s1 ^ ((s1 << 16n) & mask);
    s1 = rotate(s1, 37n);
    return result;
  };
}

describe('streams', () => {
  const take = (stream: RandomStream, count = 8): number[] =>
    Array.from({ length: count }, () => stream.next());

  it('are the same for the same seed and name, whatever else is drawn', () => {
    const alone = take(randomStream(42, 'sample', 7));
    for (let sample = 0; sample < 800; sample++) randomStream(42, 'sample', sample).next();
    expect(take(randomStream(42, 'sample', 7))).toEqual(alone);
  });

  it('differ by seed and by every part of the name, its type included', () => {
    const names: (string | number)[][] = [
      [],
      ['a'],
      ['b'],
      ['a', 'b'],
      ['a b'],
      ['a', 1],
      ['a', '1'],
      ['1'],
      [1],
    ];
    const firsts = [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER].flatMap((seed) =>
      names.map((name) => take(randomStream(seed, ...name)).join()),
    );
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('stay in [0, 1) and fill it evenly, within a stream and across streams', () => {
    const within = take(randomStream(1, 'within'), 100_000);
    const across = Array.from({ length: 100_000 }, (_, i) => randomStream(1, 'across', i).next());
    for (const numbers of [within, across]) {
      expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...numbers)).toBeLessThan(1);
      const cells = 1000;
      const counts = new Array<number>(cells).fill(0);
      for (const u of numbers) counts[Math.floor(u * cells)]!++;
      const expected = numbers.length / cells;
      const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      const p = chiSquareTail(statistic, cells - 1);
      expect(p).toBeGreaterThan(0.001);
      expect(p).toBeLessThan(0.999);
    }
  });

  it('of neighbouring names are not correlated', () => {
    const [a, b] = ['a', 'b'].map((name) => take(randomStream(3, name), 50_000));
    const mean = (values: readonly number[]): number => values.reduce((x, y) => x + y, 0) / values.length;
    const product = mean(a!.map((x, i) => (x - 0.5) * (b![i]! - 0.5)));
    // The correlation has a standard deviation of 1 / sqrt(n).
    expect(Math.abs(product * 12)).toBeLessThan(4 / Math.sqrt(50_000));
  });

  it.each([-1, 0.5, NaN, 2 ** 53, Infinity])('cannot have the seed %s', (seed) => {
    expect(() => randomStream(seed)).toThrow(
      new RegExp(`The seed is ${seed === 2 ** 53 ? '9007199254740992' : seed};`),
    );
  });

  it('cannot have a name that JSON would confuse with another', () => {
    expect(() => randomStream(1, NaN)).toThrow(/holds NaN/);
  });
});
