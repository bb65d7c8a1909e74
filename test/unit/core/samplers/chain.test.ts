import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IMPOSSIBLE } from '../../../../src/core/samplers/candidates';
import { catalog } from '../../../../src/core/samplers/catalog';
import { KEPT, parseSampler, SamplerChain, type ChainSpec } from '../../../../src/core/samplers/chain';
import { logitVectors, PROPERTY } from '../generators';

const CHAPTER = [0.4, 0.3, 0.15, 0.1, 0.05].map(Math.log);

function apply(chain: ChainSpec, logits: readonly number[]) {
  return new SamplerChain(chain, logits.length).apply(logits);
}

const keptIds = (chain: ChainSpec, logits: readonly number[]): number[] => {
  const { removedBy } = apply(chain, logits);
  return [...removedBy.keys()].filter((id) => removedBy[id] === KEPT);
};

describe('the order of a chain matters', () => {
  it('nucleus then top-k keeps three of the chapter’s tokens, top-k then nucleus two', () => {
    expect(
      keptIds(
        [
          { sampler: 'top-p', p: 0.8 },
          { sampler: 'top-k', k: 3 },
        ],
        CHAPTER,
      ),
    ).toEqual([0, 1, 2]);
    expect(
      keptIds(
        [
          { sampler: 'top-k', k: 3 },
          { sampler: 'top-p', p: 0.8 },
        ],
        CHAPTER,
      ),
    ).toEqual([0, 1]);
  });

  it('logits 3 2 1 at p .8 and T .5 keep one token with temperature first and two with it last', () => {
    const t = { sampler: 'temperature', temperature: 0.5 } as const;
    const p = { sampler: 'top-p', p: 0.8 } as const;
    expect(apply([t, p], [3, 2, 1]).kept).toBe(1);
    expect(apply([p, t], [3, 2, 1]).kept).toBe(2);
  });
});

describe('temperature', () => {
  it('0 is greedy: one token, the lowest id among equals, and it says so', () => {
    const { kept, probabilities, warnings } = apply(
      [{ sampler: 'temperature', temperature: 0 }],
      [1, 3, 3, 0],
    );
    expect(kept).toBe(1);
    expect([...probabilities]).toEqual([0, 1, 0, 0]);
    expect(warnings).toEqual([
      'Temperature 0 is greedy decoding: only the most probable token stays, so every draw is the same.',
    ]);
  });

  it('so small that logits overflow still gives a distribution', () => {
    const { probabilities } = apply([{ sampler: 'temperature', temperature: 1e-308 }], [5, 5, 4]);
    expect([...probabilities]).toEqual([0.5, 0.5, 0]);
  });

  it('takes an impossible token for no logit that overflows', () => {
    const { logits } = apply([{ sampler: 'temperature', temperature: 0.5 }], [5, -Infinity, 3]);
    // Where logits overflow, they are taken relative to the largest.
    expect([...logits]).toEqual([10, -Infinity, 6]);
  });
});

describe('ties, extremes and masks', () => {
  it('top-k keeps all tokens equal to the k-th, or exactly k with the lowest ids', () => {
    expect(keptIds([{ sampler: 'top-k', k: 2 }], [2, 1, 1, 1, 0])).toEqual([0, 1, 2, 3]);
    expect(keptIds([{ sampler: 'top-k', k: 2, ties: 'exact' }], [2, 1, 1, 1, 0])).toEqual([0, 1]);
  });

  it('k larger than the vocabulary keeps everything', () => {
    expect(keptIds([{ sampler: 'top-k', k: 1000 }], [1, 2, 3])).toEqual([0, 1, 2]);
  });

  it('p = 1 keeps everything that has a probability at all', () => {
    expect(keptIds([{ sampler: 'top-p', p: 1 }], [0, -40, -700, -800])).toEqual([0, 1, 2]);
  });

  it('p close to 1 loses no token to rounding', () => {
    // The last has probability 1e-14: it goes at 1 - 2e-14 and stays at 1 - 5e-15.
    const logits = [0, Math.log(1e-14)];
    expect(keptIds([{ sampler: 'top-p', p: 1 - 2e-14 }], logits)).toEqual([0]);
    expect(keptIds([{ sampler: 'top-p', p: 1 - 5e-15 }], logits)).toEqual([0, 1]);
  });

  it('a tiny p keeps the best token, and of equal ones the lowest ids', () => {
    expect(keptIds([{ sampler: 'top-p', p: Number.MIN_VALUE }], [1, 2, 2])).toEqual([1]);
    expect(keptIds([{ sampler: 'top-p', p: 0.3 }], [1, 1, 1, 1])).toEqual([0, 1]);
  });

  it('a logit of -Infinity was impossible before the chain, and no sampler is blamed for it', () => {
    const { removedBy, kept, steps } = apply([{ sampler: 'top-k', k: 1 }], [-Infinity, 1, 0]);
    expect([...removedBy]).toEqual([IMPOSSIBLE, KEPT, 0]);
    expect(kept).toBe(1);
    expect(steps[0]!.removed).toBe(1);
  });

  it('steps that remove none of a few possible tokens leave them to the next, and the others impossible', () => {
    const logits = new Array<number>(64).fill(-Infinity);
    [logits[20], logits[40], logits[41]] = [2, 1, 0];
    const chain: ChainSpec = [
      { sampler: 'min-p', p: 0.01 },
      { sampler: 'min-p', p: 0 },
      { sampler: 'logit-bias', bias: [[40, 1]] },
    ];
    const result = apply(chain, logits);
    const { removedBy, probabilities } = result;
    expect([...removedBy.keys()].filter((id) => removedBy[id] !== IMPOSSIBLE)).toEqual([20, 40, 41]);
    const sum = 2 * Math.exp(2) + 1;
    expect(probabilities[20]).toBeCloseTo(Math.exp(2) / sum, 12);
    expect(probabilities[40]).toBe(probabilities[20]);
    expect(result.processedOf(0)).toBe(0);
  });

  it('top-n-sigma removes nothing where the spread is too large for a number', () => {
    const logits = Array.from({ length: 100 }, (_, id) => (id % 2 ? 1e308 : -1e308));
    expect(apply([{ sampler: 'top-n-sigma', n: 1 }], logits).kept).toBe(100);
  });

  it('the least number above 0 is a threshold like others', () => {
    // exp(-745) is rounded up to it; its logarithm is -744.4.
    const logits = new Array<number>(200).fill(-800);
    [logits[0], logits[100]] = [0, -745];
    expect(keptIds([{ sampler: 'min-p', p: Number.MIN_VALUE }], logits)).toEqual([0, 100]);
  });

  it.each(catalog.map(({ name, about }) => ({ name, about })))(
    '$name takes a single token',
    ({ name, about }) => {
      const spec = parseSampler({
        sampler: name,
        ...Object.fromEntries(about.parameters.map((p) => [p.name, p.name === 'endOfText' ? 0 : p.default])),
      });
      // Shapes read the bytes of tokens.
      const vocabulary = { bytes: Uint8Array.of(0x61), offsets: Uint32Array.of(0, 1) };
      expect(new SamplerChain([spec], 1, vocabulary).apply([0.3]).kept).toBe(1);
    },
  );
});

describe('the report', () => {
  const chains = fc.array(
    fc.constantFrom<ChainSpec[number]>(
      { sampler: 'temperature', temperature: 0.7 },
      { sampler: 'top-k', k: 5 },
      { sampler: 'top-p', p: 0.9 },
      { sampler: 'min-p', p: 0.1 },
      { sampler: 'typical', p: 0.8 },
      { sampler: 'tail-free', z: 0.9 },
    ),
    { maxLength: 5 },
  );

  it('says of every token who removed it, and its sums add up', () => {
    fc.assert(
      fc.property(logitVectors(), chains, (logits, chain) => {
        const { removedBy, steps, raw, kept, keptMass, logits: processed } = apply(chain, logits);
        steps.forEach((step, index) => {
          const ids = [...removedBy.keys()].filter((id) => removedBy[id] === index);
          expect(step.sampler).toBe(chain[index]!.sampler);
          expect(step.removed).toBe(ids.length);
          expect(step.mass).toBeCloseTo(
            ids.reduce((sum, id) => sum + raw[id]!, 0),
            12,
          );
        });
        expect([...removedBy].filter((by) => by === KEPT)).toHaveLength(kept);
        expect(keptMass + steps.reduce((sum, { mass }) => sum + mass, 0)).toBeCloseTo(1, 12);
        processed.forEach((logit, id) => {
          expect(logit > -Infinity).toBe(removedBy[id] === KEPT);
        });
      }),
      PROPERTY,
    );
  });

  it('warns when one token is left though sampling is on, naming the sampler', () => {
    const { warnings } = apply([{ sampler: 'min-p', p: 0.9 }], [3, 0]);
    expect(warnings).toEqual([
      'After min-p a single token is left: every draw gives that token although sampling is on.',
    ]);
    expect(apply([{ sampler: 'min-p', p: 0.9 }], [3]).warnings).toEqual([]);
  });

  it('keeps the best token of a step that would remove everything, and says so', () => {
    const result = apply(
      [
        { sampler: 'top-k', k: 2 },
        { sampler: 'banned-tokens', ids: [0, 1, 3] },
      ],
      [2, 3, 1, 0],
    );
    expect([...result.probabilities]).toEqual([0, 1, 0, 0]);
    expect([...result.removedBy]).toEqual([1, KEPT, 0, 0]);
    expect(result.warnings).toEqual([
      'banned-tokens would have removed every token that was left; the most probable one is kept.',
    ]);
  });

  it('of one apply says nothing about the one before', () => {
    const chain = new SamplerChain([{ sampler: 'top-p', p: 0.5 }], 3);
    expect(chain.apply([9, 0, 0]).warnings).toHaveLength(1);
    const second = chain.apply([1, 1, 1]);
    expect(second.warnings).toEqual([]);
    expect([...second.removedBy]).toEqual([KEPT, KEPT, 0]);
  });

  it('reuses its vectors, so that a step allocates none', () => {
    const chain = new SamplerChain([{ sampler: 'top-k', k: 2 }], 3);
    const first = chain.apply([1, 2, 3]);
    const { raw, logits, probabilities, removedBy, steps } = first;
    const second = chain.apply([3, 2, 1]);
    expect(second).toBe(first);
    expect(second.raw).toBe(raw);
    expect(second.logits).toBe(logits);
    expect(second.probabilities).toBe(probabilities);
    expect(second.removedBy).toBe(removedBy);
    expect(second.steps).toBe(steps);
  });
});
