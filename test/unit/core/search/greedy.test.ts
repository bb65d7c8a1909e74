import { describe, expect, it } from 'vitest';
import type { SamplerSpec } from '../../../../src/core/samplers/chain';
import { generateSimple, greedySearch } from '../../../../src/core/search/greedy';
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
