/** Presets that an earlier version has put into the settings. */
import { describe, expect, it } from 'vitest';
import { TOY, softmax } from './toy';
import { openPresets, probabilities, stored } from './openers';

const AFTER = 'pizza pizza pasta';

describe('presets of an earlier version', () => {
  const presets = openPresets(stored('presets.json'));
  const through = (id: string): number[] => probabilities(TOY, presets[id]!.chain, AFTER);

  it('have their names, and decode greedily where they did', () => {
    expect(Object.entries(presets).map(([id, { name, greedy }]) => [id, name, greedy])).toEqual([
      ['no-pizza-please', 'No pizza, please', false],
      ['only-s', 'Only s', false],
      ['cafe', 'Café', false],
      ['cafe-2', 'Café', true],
      ['everything', 'Everything', false],
    ]);
  });

  it('ban a token by its text', () => {
    const [, ...others] = TOY.logits;
    const expected = [0, ...softmax(others, 0.5)];
    through('no-pizza-please').forEach((p, id) => {
      expect(p).toBeCloseTo(expected[id]!, 12);
    });
  });

  it('allow tokens by a pattern, and bias them', () => {
    const [salad, sushi] = softmax([0.2, -0.1 + 1.3]);
    const [pizza, burger, pasta, ...kept] = through('only-s');
    expect([pizza, burger, pasta]).toEqual([0, 0, 0]);
    expect(kept[0]).toBeCloseTo(salad!, 12);
    expect(kept[1]).toBeCloseTo(sushi!, 12);
  });

  it('ban tokens by id and by pattern, look back, and keep exactly k', () => {
    // Pizza stands there twice and pasta once: 2 - 2 · 0.5 and 0.5 - 0.5 are left, and salad's 0.2 comes second.
    const [pizza, salad] = softmax([1, 0.2]);
    const all = through('cafe');
    expect(all[0]).toBeCloseTo(pizza!, 12);
    expect(all[3]).toBeCloseTo(salad!, 12);
    expect([all[1], all[2], all[4]]).toEqual([0, 0, 0]);
  });

  it('have every sampler with every parameter', () => {
    expect(presets['cafe-2']!.chain).toEqual([]);
    expect(presets['everything']!.chain).toEqual([
      { sampler: 'temperature', temperature: 1 },
      { sampler: 'dynamic-temperature', min: 0.5, max: 1.5, exponent: 1 },
      { sampler: 'top-k', k: 50, ties: 'all', minKeep: 1 },
      { sampler: 'top-p', p: 0.9, minKeep: 1 },
      { sampler: 'min-p', p: 0.1, minKeep: 1 },
      { sampler: 'typical', p: 0.9, minKeep: 1 },
      { sampler: 'epsilon', epsilon: 0.0003, minKeep: 1 },
      { sampler: 'eta', eta: 0.0009, minKeep: 1 },
      { sampler: 'top-h', h: 0.4 },
      { sampler: 'top-n-sigma', n: 1 },
      { sampler: 'tail-free', z: 0.95, minKeep: 1 },
      { sampler: 'xtc', probability: 0.5, threshold: 0.1, minKeep: 1 },
      { sampler: 'mirostat-1', tau: 5, eta: 0.1 },
      { sampler: 'mirostat-2', tau: 5, eta: 0.1 },
      { sampler: 'repetition-penalty', penalty: 1.1, window: 0 },
      { sampler: 'presence-penalty', penalty: 0.5, window: 0 },
      { sampler: 'frequency-penalty', penalty: 0.5, window: 0 },
      { sampler: 'dry', multiplier: 0.8, base: 1.75, allowedLength: 2, window: 0, breakers: [] },
      { sampler: 'no-repeat-ngram', n: 3 },
      { sampler: 'logit-bias', bias: [] },
      { sampler: 'banned-tokens', ids: [], texts: [], pattern: '' },
      { sampler: 'allowed-tokens', ids: [], texts: [], pattern: '' },
      { sampler: 'min-length', length: 10, endOfText: 50256 },
    ]);
  });
});
