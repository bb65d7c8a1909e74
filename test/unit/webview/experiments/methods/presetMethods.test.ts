import { describe, expect, it } from 'vitest';
import { offeredMethods, presetMethod } from '../../../../../webview/experiments/methods/presetMethods';

const preset = (temperature: number): Parameters<typeof presetMethod>[0] => ({
  id: 'mine',
  name: 'Mine',
  description: '',
  greedy: false,
  chain: [{ sampler: 'temperature', temperature }],
  off: [],
});

describe('Presets as methods', () => {
  it('are chosen as they are now: a preset that was edited is another than the one that was chosen', () => {
    const chosen = [presetMethod(preset(1))];
    const brief = (temperature: number): unknown =>
      offeredMethods([preset(temperature)], chosen).map(({ method, chosen: taken }) => [method.chain, taken]);
    expect(brief(1)).toEqual([[preset(1).chain, true]]);
    expect(brief(2)).toEqual([
      [preset(2).chain, false],
      [preset(1).chain, true],
    ]);
  });
});
