/** Inputs for property tests: vectors of logits of every awkward kind. */
import fc from 'fast-check';

/** Every property is run with the same seed, so that a failure is seen by everyone or by no one. */
export const PROPERTY = { seed: 20_260_101 } as const;

const TINY = fc.constantFrom(5e-324, -5e-324, 2.2250738585072014e-308, -1e-310, 0, -0);

/** A finite logit: usual sizes, few distinct values (ties), and denormals. */
const usual = fc.double({ min: -30, max: 30, noNaN: true });
const tied = fc.integer({ min: -3, max: 3 });
const float32 = usual.map(Math.fround);

const vectorOf = (value: fc.Arbitrary<number>, maxLength: number): fc.Arbitrary<number[]> =>
  fc.array(value, { minLength: 1, maxLength });

/** Vectors with at least one finite logit. */
export function logitVectors(maxLength = 120): fc.Arbitrary<number[]> {
  const masked = fc.oneof(
    { weight: 4, arbitrary: usual },
    { weight: 2, arbitrary: tied },
    { weight: 1, arbitrary: fc.constant(-Infinity) },
  );
  return fc
    .oneof(
      vectorOf(usual, maxLength),
      vectorOf(float32, maxLength),
      vectorOf(tied, maxLength),
      vectorOf(TINY, maxLength),
      vectorOf(masked, maxLength),
      fc
        .tuple(usual, fc.integer({ min: 1, max: maxLength }))
        .map(([value, length]) => new Array<number>(length).fill(value)),
    )
    .filter((logits) => logits.some((logit) => logit > -Infinity));
}

/** A pseudo-random vector of GPT-2's width, with a few exact ties: too long for fast-check to build and shrink. */
export function wideLogits(seed: number, scale = 4): Float32Array {
  // Park and Miller's minimal standard generator: good enough to have something to compare.
  let state = seed;
  const uniform = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return Float32Array.from({ length: 50_257 }, () =>
    Math.fround(scale * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())),
  );
}

/** Tokens so far, with much repetition: ids below `size`, a few of them outside the vocabulary. */
export const histories = (size: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 0, max: Math.max(3, Math.min(size, 6)) }), { maxLength: 40 });
