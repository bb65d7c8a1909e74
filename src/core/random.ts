/**
 * Seeded randomness that does not depend on the platform, on the order of the work, or on how much of it there
 * is: every use has its own named stream.
 *
 * - The generator is xoroshiro128+ (Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, 2018).
 * - A stream's name is hashed by FNV-1a, 64 bits (Fowler, Noll and Vo).
 * - The hash is spread over the generator's 128 bits of state by SplitMix64 (Steele, Lea and Flood, Fast
 *   Splittable Pseudorandom Number Generators, 2014), as the generator's authors recommend.
 */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { t } from '../l10n/language';
import { asGiven } from '../l10n/numbers';

const MASK_64 = (1n << 64n) - 1n;

/** FNV-1a, 64 bits, of bytes (Fowler, Noll and Vo). */
export function fnv1a64(bytes: Iterable<number>): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & MASK_64;
  return hash;
}

/** The first `count` 64-bit outputs of SplitMix64 for a 64-bit seed. */
export function splitMix64(seed: bigint, count: number): bigint[] {
  return Array.from({ length: count }, (_, i) => {
    let z = (seed + BigInt(i + 1) * 0x9e3779b97f4a7c15n) & MASK_64;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
    return z ^ (z >> 31n);
  });
}

/** A sequence of independent uniform numbers, the same on every platform. */
export class RandomStream {
  readonly #generator: ReturnType<typeof xoroshiro128plusFromState>;

  /** @param key 64 bits that select the stream. */
  constructor(key: bigint) {
    const words = splitMix64(key, 2).flatMap((word) => [
      Number(BigInt.asIntN(32, word >> 32n)),
      Number(BigInt.asIntN(32, word)),
    ]);
    // SplitMix64 is a bijection of its counter: two outputs are never both 0, the one state that must not be.
    this.#generator = xoroshiro128plusFromState(words);
  }

  /** The next number, uniform over the multiples of 2^-53 in [0, 1). */
  next(): number {
    return uniformFloat64(this.#generator);
  }
}

/**
 * The stream of a seed and a name. Streams with different seeds or names are independent for all purposes; 1 and
 * '1' are different names, and so are ('a', 'b') and ('a b').
 * @param seed a whole number from 0 to 2^53 - 1.
 * @throws RangeError when the seed is none, or a number in the name is not finite.
 */
export function randomStream(seed: number, ...names: (string | number)[]): RandomStream {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(
      t(
        'The seed is {0}; it must be a whole number from 0 to {1}.',
        asGiven(seed),
        asGiven(Number.MAX_SAFE_INTEGER),
      ),
    );
  }
  for (const name of names) {
    if (typeof name === 'number' && !Number.isFinite(name)) {
      throw new RangeError(
        t('The name of a random stream holds {0}; its numbers must be finite.', asGiven(name)),
      );
    }
  }
  // JSON is injective here: different seeds and names give different bytes.
  return new RandomStream(fnv1a64(new TextEncoder().encode(JSON.stringify([seed, ...names]))));
}
