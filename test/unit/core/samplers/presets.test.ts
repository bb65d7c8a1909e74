import { describe, expect, it } from 'vitest';
import { catalog } from '../../../../src/core/samplers/catalog';
import {
  KEPT,
  parseChain,
  parseSampler,
  SamplerChain,
  type ChainSpec,
} from '../../../../src/core/samplers/chain';
import {
  builtInPresets,
  chainOfPreset,
  inHuggingFaceOrder,
  inLlamaCppOrder,
  nucleusThenTopK,
  topKThenNucleus,
  type Preset,
} from '../../../../src/core/samplers/presets';

const kept = (chain: ChainSpec, logits: readonly number[]): number[] => {
  const { removedBy } = new SamplerChain(chain, logits.length).apply(logits);
  return [...removedBy.keys()].filter((id) => removedBy[id] === KEPT);
};

describe('the two default orders', () => {
  const defaults: ChainSpec = catalog.map(({ name, about }) =>
    parseSampler({
      sampler: name,
      ...Object.fromEntries(about.parameters.map((parameter) => [parameter.name, parameter.default])),
    }),
  );
  const sorted = (sort: typeof inHuggingFaceOrder, names: readonly string[]): readonly string[] =>
    sort(defaults)
      .map(({ sampler }) => sampler)
      .filter((name) => names.includes(name));

  it('give every sampler a place of its own', () => {
    for (const program of ['huggingFace', 'llamaCpp'] as const) {
      const at = (place: number) => catalog.filter(({ rank }) => rank[program] === place);
      const shared = catalog.filter(({ rank }) => at(rank[program]).length > 1);
      expect(shared.map(({ name }) => name)).toEqual([]);
    }
  });

  it('are those of the programs, for the samplers that they have', () => {
    // GenerationMixin._get_logits_processor of Transformers 5.
    const huggingFace = [
      ...['repetition-penalty', 'no-repeat-ngram', 'banned-tokens', 'min-length', 'temperature', 'top-h'],
      ...['top-k', 'top-p', 'min-p', 'typical', 'epsilon', 'eta'],
    ];
    expect(sorted(inHuggingFaceOrder, huggingFace)).toEqual(huggingFace);
    // common_params_sampling.samplers of llama.cpp, after the biases of the model's tokens.
    const llamaCpp = [
      ...['logit-bias', 'repetition-penalty', 'frequency-penalty', 'presence-penalty', 'dry', 'top-n-sigma'],
      ...['top-k', 'typical', 'top-p', 'min-p', 'xtc', 'temperature'],
    ];
    expect(sorted(inLlamaCppOrder, llamaCpp)).toEqual(llamaCpp);
  });

  it('put temperature first or last, and differ in their ties', () => {
    const chain: ChainSpec = [
      { sampler: 'top-p', p: 0.8 },
      { sampler: 'temperature', temperature: 0.5 },
      { sampler: 'top-k', k: 2 },
    ];
    expect(inHuggingFaceOrder(chain)).toEqual([
      { sampler: 'temperature', temperature: 0.5 },
      { sampler: 'top-k', k: 2, ties: 'all' },
      { sampler: 'top-p', p: 0.8 },
    ]);
    expect(inLlamaCppOrder(chain)).toEqual([
      { sampler: 'top-k', k: 2, ties: 'exact' },
      { sampler: 'top-p', p: 0.8 },
      { sampler: 'temperature', temperature: 0.5 },
    ]);
    expect(kept(inHuggingFaceOrder(chain.slice(2)), [1, 0, 0, 0])).toEqual([0, 1, 2, 3]);
    expect(kept(inLlamaCppOrder(chain.slice(2)), [1, 0, 0, 0])).toEqual([0, 1]);
  });
});

describe('the two hybrids', () => {
  const logits = [0.4, 0.3, 0.15, 0.1, 0.05].map(Math.log);
  const parameters = { temperature: 1, k: 3, p: 0.8 };

  it('intersect the nucleus of everything with the k best, or take the nucleus of the k best', () => {
    expect(kept(nucleusThenTopK(parameters), logits)).toEqual([0, 1, 2]);
    expect(kept(topKThenNucleus(parameters), logits)).toEqual([0, 1]);
  });
});

it('every preset is a chain that can be read and run', () => {
  const all: readonly Preset[] = Object.values(builtInPresets);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const { chain } of all) {
    expect(parseChain(JSON.parse(JSON.stringify(chain)))).toEqual(chain);
    expect(new SamplerChain(chain, 3).apply([1, 2, 3]).kept).toBeGreaterThan(0);
  }
});

it('a greedy preset leaves the best of what its chain keeps alone, and says so once', () => {
  const logits = [0.1, 2, 1];
  for (const chain of [[], [{ sampler: 'temperature', temperature: 0 }]] satisfies ChainSpec[]) {
    expect(chainOfPreset({ greedy: true, chain })).toEqual([{ sampler: 'temperature', temperature: 0 }]);
  }
  const banned = chainOfPreset({ greedy: true, chain: [{ sampler: 'banned-tokens', ids: [1] }] });
  expect(kept(banned, logits)).toEqual([2]);
  expect(kept(chainOfPreset({ greedy: false, chain: [] }), logits)).toEqual([0, 1, 2]);
});

describe('the catalog', () => {
  it.each(catalog)(
    '$name: its defaults are allowed, and its sliders lie in the allowed range',
    ({ name, about }) => {
      const defaults = Object.fromEntries(about.parameters.map((p) => [p.name, p.default]));
      expect(parseChain([{ sampler: name, ...defaults }])).toHaveLength(1);
      for (const p of about.parameters) {
        if (p.kind !== 'number' && p.kind !== 'integer') continue;
        for (const end of [p.slider.min, p.slider.max]) {
          expect(parseChain([{ sampler: name, ...defaults, [p.name]: end }])).toHaveLength(1);
        }
        expect(p.slider.step).toBeGreaterThan(0);
      }
    },
  );

  it.each(catalog)('$name: says what it is', ({ about }) => {
    expect(about.explanation).toMatch(/^[A-Z].*\.$/);
    expect(about.paper).toMatch(/\b(19|20)\d\d$/);
    expect(about.formula.length).toBeGreaterThan(5);
  });
});
