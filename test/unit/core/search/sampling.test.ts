import { describe, expect, it } from 'vitest';
import type { SamplerSpec } from '../../../../src/core/samplers/chain';
import { generateSimple, greedySearch } from '../../../../src/core/search/greedy';
import { sampleSequences } from '../../../../src/core/search/multinomial';
import { chiSquareTest } from '../../../../src/core/statistics/chiSquare';
import { TOY_DEFAULT, ToyModel } from '../../../../src/core/toyModel';
import { FunctionModel, hashLogits, LETTERS, listAll } from './models';

const model = new FunctionModel(LETTERS, hashLogits(11, 8));

describe('greedySearch', () => {
  it('takes the largest logit, the lowest id among equals', async () => {
    const ties = new FunctionModel(['a', 'b', 'c'], (context) =>
      context.length % 2 ? [0, 1, 1] : [2, 0, 2],
    );
    const { tokens, text, end } = await greedySearch(ties, [0], { maxNewTokens: 4 });
    expect(tokens).toEqual([1, 0, 1, 0]);
    expect(text).toBe('baba');
    expect(end).toBe('length');
  });

  it('ends at the end of text, which is no part of the text', async () => {
    const ends = new FunctionModel(
      ['a', 'b', '<end>'],
      (context) => (context.length < 3 ? [1, 0, 0] : [0, 0, 1]),
      {
        endOfText: 2,
      },
    );
    const found = await greedySearch(ends, [0], { maxNewTokens: 10 });
    expect(found).toMatchObject({ tokens: [0, 0, 2], text: 'aa', end: 'end of text' });
    const ignored = await greedySearch(ends, [0], { maxNewTokens: 5, endOfText: [] });
    expect(ignored).toMatchObject({ tokens: [0, 0, 2, 2, 2], end: 'length' });
  });

  it('ends at the first stop string, also one across tokens', async () => {
    const cycle = new FunctionModel(['ab', 'ca', 'bc'], (context) =>
      [0, 1, 2].map((id) => (id === context.length % 3 ? 1 : 0)),
    );
    // cabcabcabc ...
    const found = await greedySearch(cycle, [0], { maxNewTokens: 9, stopStrings: ['xyz', 'cabca'] });
    expect(found).toMatchObject({ text: '', end: 'stop string' });
    expect(found.tokens).toHaveLength(3);
  });

  it('applies a chain before it looks', async () => {
    const chain: SamplerSpec[] = [{ sampler: 'no-repeat-ngram', n: 1 }];
    const { tokens } = await greedySearch(model, [0], { maxNewTokens: 7, chain });
    expect([...tokens].sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('reports the model’s own log-probabilities', async () => {
    const { tokens, logProbabilities } = await greedySearch(model, [0], { maxNewTokens: 3 });
    const listed = listAll(model, [0], 3, null).find((c) => c.tokens.join() === tokens.join())!;
    expect(logProbabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(listed.logProbability, 10);
  });
});

describe('generateSimple', () => {
  it('appends to the prompt, and goes on when the context is full', async () => {
    const short = new FunctionModel(LETTERS, hashLogits(4, 8), { contextLength: 4 });
    const tokens = await generateSimple(short, [1, 2], 6);
    const expected = [1, 2];
    for (let i = 0; i < 6; i++) {
      const logits = short.logits(expected.slice(-4));
      expected.push(logits.indexOf(Math.max(...logits)));
    }
    expect(tokens).toEqual(expected);
    await expect(generateSimple(short, [1], -1)).rejects.toThrow(/maxNewTokens is -1/);
  });
});

describe('sampleSequences', () => {
  const options = { maxNewTokens: 5, seed: 42 };

  it('gives sample 7 the same tokens whether 8 or 100 are drawn, together or alone', async () => {
    const many = await sampleSequences(model, [0], { ...options, samples: 100 });
    const few = await sampleSequences(model, [0], { ...options, samples: 8 });
    const alone = await sampleSequences(model, [0], { ...options, samples: 8, together: 1 });
    expect(many[7]).toEqual(few[7]);
    expect(alone).toEqual(few);
    expect(many.slice(0, 8)).toEqual(few);
  });

  it('does so with samplers that remember and draw', async () => {
    const chain: SamplerSpec[] = [
      { sampler: 'presence-penalty', penalty: 0.5 },
      { sampler: 'xtc', probability: 0.5, threshold: 0.1 },
      { sampler: 'mirostat-2', tau: 2, eta: 0.5 },
    ];
    const many = await sampleSequences(model, [0], { ...options, chain, samples: 20 });
    const alone = await sampleSequences(model, [0], { ...options, chain, samples: 8, together: 1 });
    expect(many.slice(0, 8)).toEqual(alone);
  });

  it('draws sequences as often as they are probable', async () => {
    const small = new FunctionModel(['a', 'b', 'c'], hashLogits(9, 3));
    const samples = await sampleSequences(small, [0], { maxNewTokens: 2, seed: 1, samples: 4000 });
    const listed = listAll(small, [0], 2, null);
    const counts = listed.map(
      ({ tokens }) => samples.filter((s) => s.tokens.join() === tokens.join()).length,
    );
    const probabilities = listed.map(({ logProbability }) => Math.exp(logProbability));
    expect(chiSquareTest(counts, probabilities).pValue).toBeGreaterThan(0.001);
    // Held to the wrong distribution the same counts fail.
    expect(chiSquareTest(counts, [...probabilities].reverse()).pValue).toBeLessThan(1e-6);
  });

  it('ends samples one by one, and reads only those that go on', async () => {
    const ends = new FunctionModel(['a', 'b', '<end>'], () => [0, 0, 0], { endOfText: 2 });
    const samples = await sampleSequences(ends, [0], { maxNewTokens: 20, seed: 3, samples: 50 });
    for (const { tokens, end, text } of samples) {
      expect(tokens.slice(0, -1)).not.toContain(2);
      expect(end).toBe(tokens.at(-1) === 2 ? 'end of text' : 'length');
      expect(text).not.toContain('<end>');
    }
    // The prompt once, then every token but the last of each.
    expect(ends.read).toBe(1 + samples.reduce((sum, { tokens }) => sum + tokens.length - 1, 0));
  });

  it('works with the toy model and an empty prompt', async () => {
    const toy = new ToyModel(TOY_DEFAULT);
    const [sample] = await sampleSequences(toy, [], { maxNewTokens: 3, seed: 0, samples: 1 });
    expect(sample!.text).toMatch(/^( \w+){3}$/);
  });

  it('stops between tokens and keeps what it has', async () => {
    const controller = new AbortController();
    const samples = await sampleSequences(model, [0], {
      ...options,
      maxNewTokens: 30,
      samples: 6,
      together: 2,
      signal: controller.signal,
      onStep: ({ step }) => {
        if (step === 3) controller.abort();
      },
    });
    expect(samples.map(({ tokens, end }) => [tokens.length, end])).toEqual([
      [3, 'stopped'],
      [3, 'stopped'],
    ]);
  });

  it.each([
    [{ samples: 0 }, /samples is 0/],
    [{ samples: 2, together: 0 }, /together is 0/],
    [{ samples: 1, seed: -1 }, /The seed is -1/],
    [{ samples: 1, chain: [{ sampler: 'top-k', k: 0 } as const] }, /top-k: k is 0/],
  ])('%j is refused', async (wrong, message) => {
    await expect(sampleSequences(model, [0], { ...options, ...wrong })).rejects.toThrow(message);
  });
});
