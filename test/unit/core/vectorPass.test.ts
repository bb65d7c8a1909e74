import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtKernel } from '../../../scripts/kernel';
import { LOWEST } from '../../../src/core/exponential';
import { kernelPass } from '../../../src/core/vectorKernel';
import { BLOCK, blocksOf, PlainPass, type VectorPass } from '../../../src/core/vectorPass';
import { depth } from '../depth';
import { logitVectors, PROPERTY, wideLogits } from './generators';
import { naiveEntropy, naiveSoftmax } from './naive';

/** What a pass says of a vector. */
function through(pass: VectorPass, logits: ArrayLike<number>) {
  const count = logits.length;
  // Which of two zeros is the larger one does not matter.
  const least = pass.load(logits, true) + 0;
  const maxima = pass.maxima.slice(0, blocksOf(count)).map((largest) => largest + 0);
  const max = Math.max(...maxima);
  const weights = new Float64Array(count);
  pass.weigh(max, weights);
  const { sum, weighted } = pass;
  return { least, maxima, max, weights, sum, weighted };
}

/** The same without the weights, of numbers as they are. */
function summed(pass: VectorPass, logits: ArrayLike<number>) {
  const least = pass.load(logits, false) + 0;
  const maxima = pass.maxima.slice(0, blocksOf(logits.length)).map((largest) => largest + 0);
  const max = Math.max(...maxima);
  pass.sums(max);
  const { sum, weighted } = pass;
  return { least, maxima, max, sum, weighted };
}

const passes = [
  ['in TypeScript', new PlainPass()],
  ['in WebAssembly', kernelPass()],
] as const;

/** Usual ones, and some so far apart that weights underflow. */
const vectors = fc.oneof(
  { weight: 3, arbitrary: logitVectors(300) },
  {
    weight: 1,
    arbitrary: fc.array(fc.double({ min: -1500, max: 0, noNaN: true }), { minLength: 1, maxLength: 300 }),
  },
);

describe.each(passes)('the passes over all logits, %s', (_, pass) => {
  it('find the largest of every block and the least, and weigh as the definition says', () => {
    fc.assert(
      fc.property(vectors, (logits) => {
        const { least, maxima, max, weights, sum, weighted } = through(pass, logits);
        expect(least).toBe(Math.min(...logits) + 0);
        maxima.forEach((largest, block) => {
          const numbers = logits.slice(block * BLOCK, (block + 1) * BLOCK);
          expect(largest).toBe(Math.max(...numbers) + 0);
        });
        const probabilities = naiveSoftmax(logits);
        weights.forEach((weight, id) => {
          const exponent = Math.max(logits[id]! - max, LOWEST);
          const expected = Math.exp(exponent);
          expect(Math.abs(weight - expected)).toBeLessThanOrEqual(
            (1e-14 + Math.abs(exponent) * 2 ** -52) * expected,
          );
          expect(Math.abs(weight / sum - probabilities[id]!)).toBeLessThanOrEqual(
            1e-12 * probabilities[id]! + 1e-307,
          );
        });
        expect(Math.log(sum) - weighted / sum).toBeCloseTo(naiveEntropy(probabilities), 11);
      }),
      { ...PROPERTY, numRuns: depth(300, 5000) },
    );
  });

  it('say NaN of a vector that has one', () => {
    fc.assert(
      fc.property(logitVectors(300), fc.nat(), (logits, place) => {
        fc.pre(logits.length > 1);
        const broken = logits.map((logit, id) => (id === place % logits.length ? NaN : logit));
        fc.pre(broken.some((logit) => logit > -Infinity));
        expect(through(pass, broken).sum).toBeNaN();
      }),
      PROPERTY,
    );
  });
});

describe('the kernel', () => {
  it('gives the bits that TypeScript gives', () => {
    const [[, plain], [, kernel]] = passes;
    fc.assert(
      fc.property(vectors, (logits) => {
        expect(through(kernel, logits)).toEqual(through(plain, logits));
        for (const numbers of [logits, Float32Array.from(logits)]) {
          const { weights: _, ...expected } = through(plain, numbers);
          expect(summed(kernel, numbers)).toEqual(expected);
          expect(summed(plain, numbers)).toEqual(expected);
        }
      }),
      { ...PROPERTY, numRuns: depth(500, 20_000) },
    );
  });

  it.each([50_257, 151_936, 262_144])('gives them for %i tokens', (size) => {
    const [[, plain], [, kernel]] = passes;
    const parts = [1, 2, 3, 4, 5, 6].flatMap((seed) => Array.from(wideLogits(seed)));
    const logits = Float32Array.from(parts.slice(0, size));
    const [own, expected] = [through(kernel, logits), through(plain, logits)];
    // As bytes: comparing hundreds of thousands of numbers one by one would take longer than all else.
    expect(Buffer.from(own.weights.buffer).equals(Buffer.from(expected.weights.buffer))).toBe(true);
    const { weights: _, ...figures } = expected;
    expect({ ...own, weights: null }).toEqual({ ...figures, weights: null });
    expect(summed(kernel, logits)).toEqual(figures);
  });

  it('is what its source is built to', async () => {
    const bytes = readFileSync(join(__dirname, '../../../src/core/kernelBytes.ts'), 'utf8');
    expect(bytes).toBe(await builtKernel());
  });
});
