import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../../../../src/core/languageModel';
import type { SamplerSpec } from '../../../../src/core/samplers/catalog';
import { sayChain } from '../../../../src/remote/vllm/saying';
import { GPT2 } from './served';

const INFO: ModelInfo = {
  ...{ id: 'm', name: 'm', kind: 'remote', vocabularySize: 50_257, contextLength: 255, parameters: 0 },
  ...{ endOfText: [50_256], startOfText: 50_256, fingerprint: '', precision: 'as served' },
};

const say = (chain: readonly SamplerSpec[], more: { greedy?: boolean; maxNewTokens?: number } = {}) =>
  sayChain(
    { chain, greedy: false, seed: 1, first: 0, samples: 2, maxNewTokens: 8, stop: [], ...more },
    INFO,
    GPT2.vocabulary,
  );

const temperature = (t: number): SamplerSpec => ({ sampler: 'temperature', temperature: t });
const topK: SamplerSpec = { sampler: 'top-k', k: 40 };
const topP: SamplerSpec = { sampler: 'top-p', p: 0.9 };
const minP: SamplerSpec = { sampler: 'min-p', p: 0.05 };

describe('a chain said to vLLM', () => {
  it.each<[string, readonly SamplerSpec[], object]>([
    ['nothing', [], { temperature: 1, top_k: -1, top_p: 1, min_p: 0, repetition_penalty: 1 }],
    [
      'its own order',
      [temperature(0.7), minP, topK, topP],
      { temperature: 0.7, min_p: 0.05, top_k: 40, top_p: 0.9 },
    ],
    ['top-k before min-p, which is the same', [temperature(0.7), topK, minP], { top_k: 40, min_p: 0.05 }],
    ['top-k, which does not mind the temperature', [topK, temperature(0.7)], { temperature: 0.7, top_k: 40 }],
    [
      'an order that is the same at temperature 1',
      [topK, topP, temperature(1)],
      { temperature: 1, top_k: 40 },
    ],
    ['a bias', [{ sampler: 'logit-bias', bias: [[5, 1.5]] }], { logit_bias: { 5: 1.5 } }],
    [
      'banned tokens by text, beside a bias',
      [
        { sampler: 'logit-bias', bias: [[5, 1.5]] },
        { sampler: 'banned-tokens', ids: [7], texts: [' the'] },
      ],
      { logit_bias: { 5: 1.5, 7: -100, 262: -100 } },
    ],
    [
      'allowed tokens of which one is banned',
      [
        { sampler: 'allowed-tokens', ids: [1, 2, 3] },
        { sampler: 'banned-tokens', ids: [2] },
      ],
      { allowed_token_ids: [1, 3] },
    ],
    ['a repetition penalty', [{ sampler: 'repetition-penalty', penalty: 1.2 }], { repetition_penalty: 1.2 }],
    ['a least length', [{ sampler: 'min-length', length: 50, endOfText: 50_256 }], { min_tokens: 8 }],
  ])('has %s', (_, chain, settings) => {
    expect(say(chain)).toMatchObject({ settings, greedy: false });
  });

  it('is greedy where it takes the best token, and then without any sampler where it is told so', () => {
    expect(say([temperature(0)])).toMatchObject({ settings: { temperature: 0 }, greedy: true });
    expect(say([{ sampler: 'typical', p: 0.5 }], { greedy: true })).toEqual({
      settings: { temperature: 0 },
      greedy: true,
    });
  });

  it.each<[string, readonly SamplerSpec[]]>([
    ['vLLM has no sampler like typical.', [{ sampler: 'typical', p: 0.5 }]],
    ['Order: here top-p, temperature; vLLM applies temperature, top-p.', [topP, temperature(0.7)]],
    ['vLLM raises 0.005 to 0.01', [temperature(0.005)]],
    ['vLLM takes temperatures up to 2, not 2.5', [temperature(2.5)]],
    ['The second temperature', [temperature(0.7), temperature(0.8)]],
    ['not told to keep at least 3 tokens', [{ sampler: 'top-p', p: 0.9, minKeep: 3 }]],
    ['This matters only at a tie.', [{ sampler: 'top-k', k: 5, ties: 'exact' }]],
    ['only generated tokens count', [{ sampler: 'presence-penalty', penalty: 0.5 }]],
    ['only generated tokens count', [{ sampler: 'frequency-penalty', penalty: 0.5 }]],
    ['not at the last 64 tokens', [{ sampler: 'repetition-penalty', penalty: 1.2, window: 64 }]],
    ['biases from -100 to 100', [{ sampler: 'logit-bias', bias: [[5, 200]] }]],
    ['end of text, 50256, not token 13', [{ sampler: 'min-length', length: 5, endOfText: 13 }]],
    [
      'banned-tokens: vLLM removes tokens that are named before all others',
      [topK, { sampler: 'banned-tokens', ids: [5] }],
    ],
    ['allows no token', [{ sampler: 'allowed-tokens', ids: [] }]],
    ['told of at most 1000', [{ sampler: 'allowed-tokens', pattern: 'a' }]],
    ['does not go back to its first', [{ sampler: 'banned-phrases', phrases: ['once'] }]],
    ['the syntax of expressions in vLLM', [{ sampler: 'regex', expression: '[a-z]+' }]],
    ['its own rules for white space', [{ sampler: 'json-schema', schema: '{}' }]],
  ])('is refused where something else would be drawn: %s', (sentence, chain) => {
    expect(say(chain)).toContain(sentence);
  });

  it('is refused a least length where several tokens end a text', () => {
    const chain: SamplerSpec[] = [{ sampler: 'min-length', length: 5, endOfText: 50_256 }];
    const drawing = { chain, greedy: false, seed: 1, first: 0, samples: 1, maxNewTokens: 8, stop: [] };
    expect(sayChain(drawing, { ...INFO, endOfText: [50_256, 13] }, GPT2.vocabulary)).toContain(
      'every token that ends a text, 50256, 13',
    );
  });
});
