import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawToken } from '../../../../src/core/draw';
import { rankOf, topIndices } from '../../../../src/core/logits';
import { SamplerChain, type ChainSpec } from '../../../../src/core/samplers/chain';
import { kernelPass } from '../../../../src/core/vectorKernel';
import { PlainPass, vectorPass } from '../../../../src/core/vectorPass';
import { depth } from '../../depth';
import { logitVectors, PROPERTY, wideLogits } from '../generators';
import { naiveEntropy, naiveSoftmax, ranking } from '../naive';

const steps = fc.constantFrom<ChainSpec[number]>(
  { sampler: 'temperature', temperature: 1 },
  { sampler: 'temperature', temperature: 0.7 },
  { sampler: 'top-k', k: 3 },
  { sampler: 'top-k', k: 5, ties: 'exact' },
  { sampler: 'top-p', p: 0.9 },
  { sampler: 'top-p', p: 0.5, minKeep: 3 },
  { sampler: 'min-p', p: 0.1 },
  { sampler: 'top-n-sigma', n: 1 },
  { sampler: 'typical', p: 0.8 },
  { sampler: 'tail-free', z: 0.9 },
  { sampler: 'banned-tokens', ids: [0] },
  { sampler: 'logit-bias', bias: [[0, 3]] },
  { sampler: 'repetition-penalty', penalty: 1.3 },
);
const chains = fc.array(steps, { maxLength: 4 });
const uniform = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** With the passes in TypeScript, and in WebAssembly. */
function withBoth(work: () => void): void {
  const { current } = vectorPass;
  for (const pass of [new PlainPass(), kernelPass()]) {
    vectorPass.current = pass;
    try {
      work();
    } finally {
      vectorPass.current = current;
    }
  }
}

/** Longer than the blocks that the passes work by, with few distinct values, so that many tie. */
const long = fc
  .array(fc.integer({ min: -20, max: 20 }), { minLength: 200, maxLength: 700 })
  .map((logits) => logits.map((logit) => logit / 4));

describe('what a result says of single tokens', () => {
  it('is what its vectors say, in whichever order it is asked', () => {
    fc.assert(
      fc.property(fc.oneof(logitVectors(), long), chains, uniform, fc.nat(), (logits, spec, u, place) => {
        withBoth(() => {
          const history = { tokens: [1, 2, 1], promptLength: 3 };
          const [one, other] = [new SamplerChain(spec, logits.length), new SamplerChain(spec, logits.length)];
          const single = one.apply(logits, history);
          // Another chain uses the shared pass in between.
          const whole = other.apply(logits, history);
          const id = place % logits.length;
          const said = {
            raw: single.rawOf(id),
            processed: single.processedOf(id),
            drawn: single.draw(u),
            kept: single.kept,
            keptMass: single.keptMass,
            entropy: single.entropy,
          };
          const { raw, logits: left, probabilities, removedBy, kept, keptMass, entropy } = whole;
          expect(said).toEqual({
            raw: raw[id],
            processed: probabilities[id],
            drawn: drawToken(probabilities, u),
            ...{ kept, keptMass, entropy },
          });
          expect([...single.removedBy]).toEqual([...removedBy]);
          expect([...single.logits]).toEqual([...left]);
          expect([...single.probabilities]).toEqual([...probabilities]);
          expect([...single.raw]).toEqual([...raw]);
          single.steps.forEach(({ removed, mass }, step) => {
            const ids = [...removedBy.keys()].filter((each) => removedBy[each] === step);
            expect(removed).toBe(ids.length);
            expect(mass).toBe(ids.reduce((sum, each) => sum + raw[each]!, 0));
          });
          expect(one.best(8)).toEqual(topIndices(logits, 8));
          expect(one.rankOf(id)).toBe(rankOf(logits, id));
        });
      }),
      { ...PROPERTY, numRuns: depth(200, 5000) },
    );
  });

  it('begins anew with other logits, and with the same ones', () => {
    fc.assert(
      fc.property(long, chains, fc.array(fc.boolean(), { maxLength: 4 }), (logits, spec, again) => {
        const chain = new SamplerChain(spec, logits.length);
        chain.apply([...logits].reverse());
        let result = chain.apply(logits);
        for (const wholly of again) {
          // What was made of the vectors before must not stay.
          if (wholly) expect(result.logits).toHaveLength(result.removedBy.length);
          result = chain.applyAgain(logits);
        }
        const fresh = new SamplerChain(spec, logits.length).apply(logits);
        expect([...result.removedBy]).toEqual([...fresh.removedBy]);
        expect([...result.probabilities]).toEqual([...fresh.probabilities]);
        expect([...result.logits]).toEqual([...fresh.logits]);
        expect([...result.raw]).toEqual([...fresh.raw]);
      }),
      { ...PROPERTY, numRuns: depth(100, 2000) },
    );
  });

  it('at the width of GPT-2 is what definitions give, to 1e-12', () => {
    withBoth(() => {
      const chain = new SamplerChain(
        [
          { sampler: 'temperature', temperature: 1 },
          { sampler: 'top-k', k: 40 },
        ],
        50_257,
      );
      for (const seed of [3, 4]) {
        const logits = wideLogits(seed);
        const result = chain.apply(logits);
        const plain = Array.from(logits);
        const raw = naiveSoftmax(plain);
        const order = ranking(plain);
        expect(chain.best(8)).toEqual(order.slice(0, 8));
        const last = plain[order[39]!]!;
        const kept = order.filter((id) => plain[id]! >= last);
        expect(result.kept).toBe(kept.length);
        const mass = kept.reduce((sum, id) => sum + raw[id]!, 0);
        for (const place of [0, 1, 7, 39, 40, 1000, 50_256]) {
          const id = order[place]!;
          expect(chain.rankOf(id)).toBe(place);
          expect(Math.abs(result.rawOf(id) / raw[id]! - 1)).toBeLessThan(1e-12);
          const processed = plain[id]! >= last ? raw[id]! / mass : 0;
          expect(Math.abs(result.processedOf(id) - processed)).toBeLessThanOrEqual(1e-12 * processed);
        }
        expect(result.rawEntropy).toBeCloseTo(naiveEntropy(raw), 11);
        expect(result.entropy).toBeCloseTo(naiveEntropy(kept.map((id) => raw[id]! / mass)), 11);
      }
    });
  });
});
