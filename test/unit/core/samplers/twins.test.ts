import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../../../src/core/samplers/catalog';
import { SamplerChain, type SamplerName, type SamplerSpec } from '../../../../src/core/samplers/chain';
import { histories, logitVectors, PROPERTY, wideLogits } from '../generators';
import { Fragile, naiveEntropy, naiveSoftmax, ranking, twin } from '../twins';
import { depth } from '../../depth';

const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
const minKeep = fc.constantFrom(1, 1, 2, 5);
const penalty = fc.double({ min: -3, max: 3, noNaN: true });
const window = fc.constantFrom(0, 1, 4, 100);
const ids = (size: number): fc.Arbitrary<number[]> =>
  fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { maxLength: 8 });

/** For a vocabulary of a size, specs of every sampler. */
const SPECS: Record<SamplerName, (size: number) => fc.Arbitrary<SamplerSpec>> = {
  temperature: () =>
    fc.record({
      sampler: fc.constant('temperature'),
      temperature: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 10, noNaN: true })),
    }),
  'dynamic-temperature': () =>
    fc.record({
      sampler: fc.constant('dynamic-temperature'),
      min: fc.double({ min: 0.1, max: 2, noNaN: true }),
      max: fc.double({ min: 0.1, max: 2, noNaN: true }),
      exponent: fc.double({ min: 0.1, max: 3, noNaN: true }),
    }),
  'top-k': () =>
    fc.record({
      sampler: fc.constant('top-k'),
      k: fc.integer({ min: 1, max: 150 }),
      ties: fc.constantFrom('all', 'exact'),
      minKeep,
    }),
  'top-p': () =>
    fc.record({
      sampler: fc.constant('top-p'),
      p: fc.oneof(share, fc.constantFrom(1, Number.MIN_VALUE)),
      minKeep,
    }),
  'min-p': () =>
    fc.record({ sampler: fc.constant('min-p'), p: fc.oneof(share, fc.constantFrom(0, 1)), minKeep }),
  typical: () => fc.record({ sampler: fc.constant('typical'), p: share, minKeep }),
  epsilon: () => fc.record({ sampler: fc.constant('epsilon'), epsilon: share, minKeep }),
  eta: () => fc.record({ sampler: fc.constant('eta'), eta: share, minKeep }),
  'top-h': () => fc.record({ sampler: fc.constant('top-h'), h: fc.oneof(share, fc.constant(1)) }),
  'top-n-sigma': () =>
    fc.record({ sampler: fc.constant('top-n-sigma'), n: fc.double({ min: 0.01, max: 5, noNaN: true }) }),
  'tail-free': () =>
    fc.record({ sampler: fc.constant('tail-free'), z: fc.oneof(share, fc.constant(1)), minKeep }),
  xtc: () =>
    fc.record({
      sampler: fc.constant('xtc'),
      probability: fc.constantFrom(0, 0.5, 1),
      threshold: share,
      minKeep,
    }),
  'mirostat-1': () =>
    fc.record({
      sampler: fc.constant('mirostat-1'),
      tau: fc.double({ min: 0.1, max: 10, noNaN: true }),
      eta: fc.constant(0.1),
    }),
  'mirostat-2': () =>
    fc.record({
      sampler: fc.constant('mirostat-2'),
      tau: fc.double({ min: 0.1, max: 10, noNaN: true }),
      eta: fc.constant(0.1),
    }),
  'repetition-penalty': () =>
    fc.record({
      sampler: fc.constant('repetition-penalty'),
      penalty: fc.double({ min: 0.5, max: 2, noNaN: true }),
      window,
    }),
  'presence-penalty': () => fc.record({ sampler: fc.constant('presence-penalty'), penalty, window }),
  'frequency-penalty': () => fc.record({ sampler: fc.constant('frequency-penalty'), penalty, window }),
  dry: () =>
    fc.record({
      sampler: fc.constant('dry'),
      multiplier: fc.constantFrom(0, 0.8, 2),
      base: fc.constantFrom(1, 1.1, 1.75),
      allowedLength: fc.integer({ min: 1, max: 3 }),
      window,
      breakers: fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 2 }), {
        maxLength: 2,
      }),
    }),
  'no-repeat-ngram': () =>
    fc.record({ sampler: fc.constant('no-repeat-ngram'), n: fc.integer({ min: 1, max: 4 }) }),
  'logit-bias': (size) =>
    fc.record({
      sampler: fc.constant('logit-bias'),
      bias: fc.array(fc.tuple(fc.integer({ min: 0, max: size - 1 }), penalty), { maxLength: 5 }),
    }),
  'banned-tokens': (size) => fc.record({ sampler: fc.constant('banned-tokens'), ids: ids(size) }),
  'allowed-tokens': (size) => fc.record({ sampler: fc.constant('allowed-tokens'), ids: ids(size) }),
  'min-length': (size) =>
    fc.record({
      sampler: fc.constant('min-length'),
      length: fc.integer({ min: 1, max: 20 }),
      endOfText: fc.integer({ min: 0, max: size - 1 }),
    }),
};

interface Input {
  readonly logits: number[];
  readonly tokens: number[];
  readonly promptLength: number;
  readonly chain: SamplerSpec[];
}

const inputs = (chain: (size: number) => fc.Arbitrary<SamplerSpec[]>): fc.Arbitrary<Input> =>
  logitVectors().chain((logits) =>
    fc.record({
      logits: fc.constant(logits),
      tokens: histories(logits.length),
      promptLength: fc.integer({ min: 0, max: 20 }),
      chain: chain(logits.length),
    }),
  );

/** What the twins make of an input, or null where that hangs on the last digits. */
function expected({ logits, tokens, promptLength, chain }: Input): number[] | null {
  try {
    return chain.reduce((current, spec) => twin(spec, current, { tokens, promptLength }), logits);
  } catch (error) {
    if (error instanceof Fragile) return null;
    throw error;
  }
}

/** Equal but for the rounding of sums and products. */
function expectClose(own: ArrayLike<number>, wanted: readonly number[], relative: number): void {
  wanted.forEach((value, i) => {
    if (!Number.isFinite(value)) expect(own[i]).toBe(value);
    else expect(Math.abs(own[i]! - value)).toBeLessThanOrEqual(relative * Math.max(1, Math.abs(value)));
  });
}

function compare(input: Input): void {
  const wanted = expected(input);
  fc.pre(wanted !== null);
  const { logits, tokens, promptLength, chain } = input;
  const own = new SamplerChain(chain, logits.length).apply(logits, { tokens, promptLength });
  const kept = ranking(wanted);
  expect([...own.removedBy.keys()].filter((id) => own.removedBy[id] === -1).sort()).toEqual([...kept].sort());
  expect(own.kept).toBe(kept.length);
  expectClose(own.logits, wanted, 1e-11);
  const probabilities = naiveSoftmax(wanted);
  expectClose(own.probabilities, probabilities, 1e-10);
  expect(own.entropy).toBeCloseTo(naiveEntropy(probabilities), 9);
  expectClose(own.raw, naiveSoftmax(logits), 1e-12);
}

describe('each sampler does what a slow, obvious implementation does', () => {
  it('and the table of specs misses none', () => {
    expect(Object.keys(SPECS).sort()).toEqual(catalog.map(({ name }) => name).sort());
  });

  it.each(Object.entries(SPECS))('%s', (_name, spec) => {
    fc.assert(
      fc.property(
        inputs((size) => spec(size).map((one) => [one])),
        compare,
      ),
      { ...PROPERTY, numRuns: depth(15, 200) },
    );
  });

  it('a chain of any of them, in any order', () => {
    const anySampler = (size: number): fc.Arbitrary<SamplerSpec> =>
      fc.oneof(...Object.values(SPECS).map((spec) => spec(size)));
    fc.assert(
      fc.property(
        inputs((size) => fc.array(anySampler(size), { maxLength: 5 })),
        compare,
      ),
      { ...PROPERTY, numRuns: depth(50, 1500) },
    );
  });
});

describe('at the width of GPT-2', () => {
  const cases: SamplerSpec[] = [
    { sampler: 'top-k', k: 40, ties: 'exact' },
    { sampler: 'top-k', k: 30_000 },
    { sampler: 'top-p', p: 0.9 },
    { sampler: 'top-p', p: 0.999 },
    { sampler: 'min-p', p: 0.05 },
    { sampler: 'typical', p: 0.9 },
    { sampler: 'epsilon', epsilon: 0.0003 },
    { sampler: 'eta', eta: 0.002 },
    { sampler: 'top-h', h: 0.4 },
    { sampler: 'top-n-sigma', n: 1.5 },
    { sampler: 'tail-free', z: 0.95 },
    { sampler: 'mirostat-1', tau: 3, eta: 0.1 },
    { sampler: 'mirostat-2', tau: 3, eta: 0.1 },
  ];

  it.each(cases)('$sampler %o', (spec) => {
    for (const seed of depth([1], [1, 2])) {
      const logits = wideLogits(seed);
      const wanted = twin(spec, [...logits], { tokens: [], promptLength: 0 });
      const own = new SamplerChain([spec], logits.length).apply(logits);
      // As text: comparing tens of thousands of numbers one by one would take longer than all else.
      const finite = (values: ArrayLike<number>): string =>
        Array.from(values)
          .flatMap((logit, id) => (logit > -Infinity ? [id] : []))
          .join();
      expect(finite(own.logits)).toBe(finite(wanted));
    }
  });
});
