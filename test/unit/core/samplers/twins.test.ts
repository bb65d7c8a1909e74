import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEPT, SamplerChain, type SamplerSpec } from '../../../../src/core/samplers/chain';
import { histories, logitVectors, PROPERTY, wideLogits } from '../generators';
import { Fragile, naiveEntropy, naiveSoftmax, ranking } from '../naive';
import { specsOf, twin, TWINNED } from '../twins';
import { depth } from '../../depth';

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

const inputsOf = (name: (typeof TWINNED)[number]['name']): fc.Arbitrary<Input> =>
  inputs((size) => specsOf(name, size).map((spec) => [spec]));

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
  expect([...own.removedBy.keys()].filter((id) => own.removedBy[id] === KEPT).sort()).toEqual(
    [...kept].sort(),
  );
  expect(own.kept).toBe(kept.length);
  expectClose(own.logits, wanted, 1e-11);
  const probabilities = naiveSoftmax(wanted);
  expectClose(own.probabilities, probabilities, 1e-10);
  expect(own.entropy).toBeCloseTo(naiveEntropy(probabilities), 9);
  expectClose(own.raw, naiveSoftmax(logits), 1e-12);
}

describe('each sampler does what a slow, obvious implementation does', () => {
  it.each(TWINNED)('$name', ({ name }) => {
    fc.assert(fc.property(inputsOf(name), compare), { ...PROPERTY, numRuns: depth(15, 200) });
  });

  it.each(TWINNED)('$name changes logits of tokens that stay only where it says so', (sampler) => {
    const changes = ({ logits, tokens, promptLength, chain }: Input): boolean => {
      const own = new SamplerChain(chain, logits.length).apply(logits, { tokens, promptLength });
      return logits.some((logit, id) => own.removedBy[id] === KEPT && own.logits[id] !== logit);
    };
    expect(fc.sample(inputsOf(sampler.name), { ...PROPERTY, numRuns: 100 }).some(changes)).toBe(
      'effect' in sampler,
    );
  });

  it('a chain of any of them, in any order', () => {
    const anySampler = (size: number): fc.Arbitrary<SamplerSpec> =>
      fc.oneof(...TWINNED.map(({ name }) => specsOf(name, size)));
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
