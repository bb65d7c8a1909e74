import { describe, expect, it } from 'vitest';
import { parseChain } from '../../../../src/core/samplers/chain';
import { builtInPresets } from '../../../../src/core/samplers/presets';
import { allPresets, presetChain, presetId, readPresets } from '../../../../src/extension/presets/presets';

const own = { name: 'Mine', chain: [{ sampler: 'temperature', temperature: 2 }] };

describe('presets', () => {
  it('that are built in are all chains the core accepts', () => {
    for (const { chain } of Object.values(builtInPresets)) expect(() => parseChain(chain)).not.toThrow();
  });

  it('survive the way through a file', () => {
    const presets = readPresets({ mine: own });
    expect(readPresets(JSON.parse(JSON.stringify(presets)))).toEqual(presets);
    expect(presets['mine']).toEqual({ ...own, description: '', greedy: false, off: [] });
  });

  it.each([
    [null, 'are an object'],
    [[], 'are an object'],
    [{ mine: { ...own, name: '' } }, 'needs a name'],
    [{ mine: { ...own, chain: [{ sampler: 'temperature', temperature: -1 }] } }, '"mine".*-1'],
    [{ mine: { name: 'x' } }, '"mine"'],
    [{ mine: { ...own, off: [{ sampler: 'temperature', at: 0 }] } }, '"mine".*top-k'],
    [{ mine: 7 }, '"mine"'],
  ])('like %j are refused with the reason', (value, message) => {
    expect(() => readPresets(value)).toThrow(new RegExp(message, 's'));
  });

  it.each([
    ['Très créatif!', 'tres-creatif'],
    ['Precise', 'precise-2'],
    ['précise', 'precise-2'],
    ['日本', 'preset'],
  ])('called %s get the id %s', (name, id) => {
    expect(presetId(name, builtInPresets)).toBe(id);
  });

  it('of a user stand beside the built-in ones; the bad ones are left out', () => {
    const presets = allPresets({ mine: own, bad: { name: 'bad', chain: 3 } });
    expect(Object.keys(presets)).toEqual([...Object.keys(builtInPresets), 'mine']);
    expect(allPresets('nonsense')).toEqual(builtInPresets);
  });

  it('are found by id, and an unknown one is taken as precise', () => {
    expect(presetChain(allPresets({ mine: own }), 'mine')).toEqual({ greedy: false, chain: own.chain });
    for (const id of ['', 'no such', '__proto__', 'toString']) {
      expect(presetChain(allPresets({}), id).chain).toEqual(builtInPresets.precise.chain);
    }
  });
});
