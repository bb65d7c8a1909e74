import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../../src/core/random';
import { catalog } from '../../../../src/core/samplers/catalog';
import {
  IMPOSSIBLE,
  KEPT,
  parseChain,
  parseSampler,
  SamplerChain,
  type ChainSpec,
} from '../../../../src/core/samplers/chain';
import { rangeInWords, type NumberParameter } from '../../../../src/core/samplers/parameters';
import { ToyModel } from '../../../../src/core/toyModel';
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

  it.each(catalog.map(({ name, about }) => ({ name, about })))(
    '$name takes a single token',
    ({ name, about }) => {
      const spec = parseSampler({
        sampler: name,
        ...Object.fromEntries(about.parameters.map((p) => [p.name, p.name === 'endOfText' ? 0 : p.default])),
      });
      expect(apply([spec], [0.3]).kept).toBe(1);
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

describe('bad logits', () => {
  const chain = new SamplerChain([], 2);
  it.each([
    [[1, NaN], /token 1 is NaN/],
    [[Infinity, 1], /token 0 is Infinity/],
    [[-Infinity, -Infinity], /All 2 logits are -Infinity/],
    [[1, 2, 3], /3 logits; the vocabulary has 2 tokens/],
  ])('%j', (logits, message) => {
    expect(() => chain.apply(logits)).toThrow(RangeError);
    expect(() => chain.apply(logits)).toThrow(message);
  });

  it.each([0, -1, 1.5, NaN])('a vocabulary of %s tokens', (size) => {
    expect(() => new SamplerChain([], size)).toThrow(new RegExp(`${size} tokens; it must have at least 1`));
  });
});

describe('bad chains', () => {
  it.each([
    ['top-k', /must be a list of samplers/],
    [{}, /must be a list of samplers/],
    [['top-k'], /A sampler is "top-k"; it must be an object/],
    [[null], /A sampler is null/],
    [[{ sampler: 'top-q' }], /sampler is "top-q"; it must be one of temperature, /],
    [[{ sampler: 'top-k' }], /top-k: k is missing; it must be a whole number of at least 1/],
    [[{ sampler: 'top-k', k: '3' }], /top-k: k is "3"/],
    [[{ sampler: 'top-k', k: 3, p: 1 }], /top-k: p is no parameter of it; it has k, ties, minKeep/],
    [[{ sampler: 'top-k', k: 3, ties: 'some' }], /ties is "some"; it must be 'all' or 'exact'/],
    [[{ sampler: 'banned-tokens', pattern: '(' }], /pattern is "\("; it must be a regular expression/],
    [[{ sampler: 'banned-tokens', ids: [1, -1] }], /ids is \[1,-1\]; it must be a list of token ids/],
    [[{ sampler: 'logit-bias', bias: [[0, NaN]] }], /bias is \[\[0,null\]\]; it must be a list of pairs/],
    [[{ sampler: 'dry', multiplier: 1, base: 1, allowedLength: 1, breakers: [[]] }], /none of them empty/],
    [new Array(101).fill({ sampler: 'top-k', k: 1 }), /101 steps; it must have at most 100/],
  ])('%j', (chain, message) => {
    expect(() => parseChain(chain)).toThrow(RangeError);
    expect(() => parseChain(chain)).toThrow(message);
  });

  const numbers = catalog.flatMap(({ name, about }) =>
    about.parameters
      .filter((p): p is NumberParameter => p.kind === 'number' || p.kind === 'integer')
      .map((parameter) => ({ name, parameter, defaults: about.parameters })),
  );

  it.each(numbers)('$name $parameter.name out of range', ({ name, parameter, defaults }) => {
    const spec = (value: unknown) => ({
      sampler: name,
      ...Object.fromEntries(defaults.map((p) => [p.name, p.default])),
      [parameter.name]: value,
    });
    const { min, max, minExcluded, maxExcluded, kind } = parameter;
    const wrong: unknown[] = [NaN, Infinity, -Infinity, '1', true];
    if (!parameter.optional) wrong.push(undefined);
    if (Number.isFinite(min)) wrong.push(min - 1, ...(minExcluded ? [min] : []));
    if (max < Number.MAX_SAFE_INTEGER) wrong.push(max + 1, ...(maxExcluded ? [max] : []));
    if (kind === 'integer') wrong.push(min + 0.5);
    for (const value of wrong) {
      const shown = typeof value === 'number' ? `${value}` : (JSON.stringify(value) ?? 'missing');
      expect(() => parseSampler(spec(value))).toThrow(
        new RangeError(`${name}: ${parameter.name} is ${shown}; it must be ${rangeInWords(parameter)}.`),
      );
    }
    expect(parseSampler(spec(parameter.default))).toEqual(spec(parameter.default));
  });
});

describe('tokens named by text and pattern', () => {
  const words = ['pizza', 'burger', 'pasta', 'salad', 'sushi'];
  const { vocabulary } = new ToyModel({ words, logits: [2, 1.5, 0.5, 0.2, -0.1] });
  const kept = (chain: ChainSpec): string[] => {
    const { removedBy } = new SamplerChain(chain, 5, vocabulary).apply([2, 1.5, 0.5, 0.2, -0.1]);
    return words.filter((_, id) => removedBy[id] === KEPT);
  };

  it('a text names the token of exactly its bytes', () => {
    expect(kept([{ sampler: 'banned-tokens', texts: [' pizza', ' sushi'] }])).toEqual([
      'burger',
      'pasta',
      'salad',
    ]);
  });

  it('a pattern names every token it matches, together with ids and texts', () => {
    expect(kept([{ sampler: 'allowed-tokens', pattern: '^ [ps].*a$' }])).toEqual(['pizza', 'pasta']);
    expect(kept([{ sampler: 'allowed-tokens', pattern: 'pasta', ids: [4], texts: [' burger'] }])).toEqual([
      'burger',
      'pasta',
      'sushi',
    ]);
  });

  it.each([
    [{ sampler: 'banned-tokens', texts: ['pizza'] }, /"pizza", which is not one token/],
    [{ sampler: 'banned-tokens', ids: [5] }, /ids names token 5; ids go from 0 to 4/],
    [{ sampler: 'logit-bias', bias: [[7, 1]] }, /bias names token 7/],
    [{ sampler: 'min-length', length: 1, endOfText: 50256 }, /endOfText is 50256; ids go from 0 to 4/],
  ])('%j does not fit the vocabulary', (spec, message) => {
    const chain = parseChain([spec]);
    expect(() => new SamplerChain(chain, 5, vocabulary)).toThrow(message);
  });

  it('texts need a vocabulary', () => {
    expect(() => new SamplerChain([{ sampler: 'banned-tokens', pattern: 'a' }], 5)).toThrow(
      /need the vocabulary/,
    );
  });

  it('a pattern that would run for hours is given up, with a sentence', () => {
    const dashes = new ToyModel({ words: ['a', '-'.repeat(90)], logits: [0, 0] });
    const chain = parseChain([{ sampler: 'banned-tokens', pattern: '^ (-+)+x' }]);
    expect(() => new SamplerChain(chain, 2, dashes.vocabulary)).toThrow(/takes more than 2 s/);
  });
});

describe('samplers with a memory', () => {
  it('mirostat 2 moves its limit by the surprise of what was drawn, as its paper says', () => {
    const chain = new SamplerChain([{ sampler: 'mirostat-2', tau: 1.5, eta: 0.5 }], 4);
    const logits = [0.5, 0.25, 0.125, 0.125].map(Math.log);
    const memory = chain.newMemory();
    expect([...memory]).toEqual([3]);
    const history = { tokens: [], memory };
    expect(chain.apply(logits, history).kept).toBe(4);
    // Token 2 has a surprise of 3 bits: mu = 3 - 0.5 (3 - 1.5).
    chain.accept(2, memory);
    expect(memory[0]).toBeCloseTo(2.25, 12);
    expect(chain.apply(logits, history).kept).toBe(2);
    // Token 0: 1 bit, measured before the cut: mu = 2.25 - 0.5 (1 - 1.5).
    chain.accept(0, memory);
    expect(memory[0]).toBeCloseTo(2.5, 12);
  });

  it('mirostat 1 on an exact Zipf curve finds the k whose cross-entropy the paper gives', () => {
    // p_i ~ i^-1.5 over 1000 tokens: the estimate of s is exact.
    const n = 1000;
    const s = 1.5;
    const logits = Array.from({ length: n }, (_, i) => -s * Math.log(i + 1));
    const mu = 6;
    const k = Math.round((((s - 1) * 2 ** mu) / (1 - n ** (1 - s))) ** (1 / s));
    const chain = new SamplerChain([{ sampler: 'mirostat-1', tau: mu / 2, eta: 1 }], n);
    expect(chain.apply(logits).kept).toBe(k);
  });

  it('sequences with their own memories do not disturb each other', () => {
    const chain = new SamplerChain([{ sampler: 'mirostat-2', tau: 2, eta: 1 }], 3);
    const [a, b] = [chain.newMemory(), chain.newMemory()];
    chain.apply([0, 0, 0], { tokens: [], memory: a });
    chain.accept(1, a);
    expect(b[0]).toBe(4);
    expect(a[0]).not.toBe(4);
  });

  it('keeps the surprise per token near its target in the long run', () => {
    const chain = new SamplerChain([{ sampler: 'mirostat-2', tau: 3, eta: 0.1 }], 64);
    const memory = chain.newMemory();
    const random = randomStream(5, 'mirostat');
    const logits = Array.from({ length: 64 }, (_, i) => -Math.log(i + 1));
    let bits = 0;
    const steps = 2000;
    for (let step = 0; step < steps; step++) {
      const { probabilities, raw } = chain.apply(logits, { tokens: [], memory });
      let u = random.next();
      let id = 0;
      while ((u -= probabilities[id]!) > 0) id++;
      bits -= Math.log2(raw[id]!);
      chain.accept(id, memory);
    }
    expect(bits / steps).toBeGreaterThan(2.9);
    expect(bits / steps).toBeLessThan(3.1);
  });
});

describe('XTC', () => {
  const logits = [0.4, 0.3, 0.2, 0.1].map(Math.log);

  it('acts as often as its chance says, with one number per step', () => {
    const chain = new SamplerChain([{ sampler: 'xtc', probability: 0.3, threshold: 0.15 }], 4);
    const random = randomStream(1, 'xtc');
    const twin = randomStream(1, 'xtc');
    for (let step = 0; step < 200; step++) {
      const acts = twin.next() < 0.3;
      expect(chain.apply(logits, { tokens: [], random }).kept).toBe(acts ? 2 : 4);
    }
  });

  it('without numbers shows a step at which it acts, and says so', () => {
    const { kept, warnings } = apply([{ sampler: 'xtc', probability: 0.3, threshold: 0.15 }], logits);
    expect(kept).toBe(2);
    expect(warnings).toEqual(['XTC acts with chance 0.3 at each step; this shows a step at which it does.']);
  });
});

it('says whether the result depends on the history', () => {
  const uses = (chain: ChainSpec): boolean => new SamplerChain(chain, 3).usesHistory;
  expect(
    uses([
      { sampler: 'temperature', temperature: 1 },
      { sampler: 'top-p', p: 0.9 },
    ]),
  ).toBe(false);
  expect(
    uses([
      { sampler: 'top-k', k: 1 },
      { sampler: 'presence-penalty', penalty: 1 },
    ]),
  ).toBe(true);
  expect(uses([{ sampler: 'mirostat-2', tau: 1, eta: 1 }])).toBe(true);
});
