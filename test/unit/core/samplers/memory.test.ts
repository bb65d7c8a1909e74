import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../../src/core/random';
import { SamplerChain, type ChainSpec } from '../../../../src/core/samplers/chain';

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

  it('adaptive-p averages what was drawn and aims at the other side of its target, as its merge says', () => {
    const chain = new SamplerChain([{ sampler: 'adaptive-p', target: 0.25, decay: 0.5 }], 3);
    const logits = [0.5, 0.25, 0.25].map(Math.log);
    const memory = chain.newMemory();
    expect([...memory]).toEqual([0.25]);
    const history = { tokens: [], memory };
    // δ = 0.25 / 0.3 for the first token, 0 for the others: 5 - 10 (25/36) / (11/6) = 5 - 125/33.
    const first = chain.apply(logits, history).logits;
    [5 - 125 / 33, 5, 5].forEach((logit, id) => {
      expect(first[id]).toBeCloseTo(logit, 12);
    });
    // llama.cpp keeps two sums that begin at target / (1 - decay) and 1 / (1 - decay).
    let [weighted, weight] = [0.25 / 0.5, 1 / 0.5];
    for (const drawn of [0, 2, 0, 0]) {
      chain.apply(logits, history);
      chain.accept(drawn, memory);
      weighted = [0.5, 0.25, 0.25][drawn]! + 0.5 * weighted;
      weight = 1 + 0.5 * weight;
      expect(memory[0]).toBeCloseTo(weighted / weight, 12);
    }
    // Averages 0.25, 0.375, 0.3125, 0.40625, 0.453125: aimed at 0.5 - 0.453125, δ = 0.203125 / 0.3 for the others.
    expect(memory[0]).toBeCloseTo(0.453125, 12);
    const last = chain.apply(logits, history).logits;
    const delta = 0.203125 / 0.3;
    expect(last[1]).toBeCloseTo(5 - (10 * delta ** 2) / (1 + delta), 12);
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
    const { kept, warnings } = new SamplerChain(
      [{ sampler: 'xtc', probability: 0.3, threshold: 0.15 }],
      4,
    ).apply(logits);
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
