import { describe, expect, it } from 'vitest';
import { catalog } from '../../../../src/core/samplers/catalog';
import { KEPT, parseChain, SamplerChain, type ChainSpec } from '../../../../src/core/samplers/chain';
import {
  HUGGING_FACE_ORDER,
  inHuggingFaceOrder,
  inLlamaCppOrder,
  LLAMA_CPP_ORDER,
  nucleusThenTopK,
  PRESETS,
  topKThenNucleus,
} from '../../../../src/core/samplers/presets';

const kept = (chain: ChainSpec, logits: readonly number[]): number[] => {
  const { removedBy } = new SamplerChain(chain, logits.length).apply(logits);
  return [...removedBy.keys()].filter((id) => removedBy[id] === KEPT);
};

describe('the two default orders', () => {
  it('name every sampler once', () => {
    const names = catalog.map(({ name }) => name).sort();
    expect([...HUGGING_FACE_ORDER].sort()).toEqual(names);
    expect([...LLAMA_CPP_ORDER].sort()).toEqual(names);
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
  expect(new Set(PRESETS.map(({ name }) => name)).size).toBe(PRESETS.length);
  for (const { chain } of PRESETS) {
    expect(parseChain(JSON.parse(JSON.stringify(chain)))).toEqual(chain);
    expect(new SamplerChain(chain, 3).apply([1, 2, 3]).kept).toBeGreaterThan(0);
  }
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
