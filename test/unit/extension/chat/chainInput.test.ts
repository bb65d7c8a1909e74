import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parseChain } from '../../../../src/core/samplers/chain';
import { builtInPresets } from '../../../../src/core/samplers/presets';
import { chainInput, chainOf, shapeInput } from '../../../../src/extension/chat/chainInput';

const schema = v.object({ ...chainInput, ...shapeInput });
const chain = (input: object): unknown => chainOf(v.parse(schema, input), builtInPresets, 50_256);

describe('The chain that an agent asks for', () => {
  it('is the model’s own distribution where nothing is asked', () => {
    expect(chain({})).toEqual([]);
  });

  it('has what is banned and the shape before the samplers', () => {
    const samplers = [{ sampler: 'top-k', k: 5 }];
    const asked = chain({ samplers, banned: [' bad', 'worse'], expression: '[a-z]+' });
    expect(asked).toEqual([
      { sampler: 'banned-phrases', phrases: [' bad', 'worse'] },
      { sampler: 'regex', expression: '[a-z]+', endOfText: 50_256 },
      ...samplers,
    ]);
    expect(parseChain(asked)).toEqual(asked);
  });

  it('knows a preset by its id or its name; a greedy one stays greedy under a shape', () => {
    expect(chain({ preset: 'precise' })).toEqual(builtInPresets.precise.chain);
    expect(chain({ preset: builtInPresets.precise.name.toUpperCase() })).toEqual(
      builtInPresets.precise.chain,
    );
    const given = { type: 'boolean' };
    expect(chain({ preset: 'greedy', schema: given })).toEqual([
      { sampler: 'json-schema', schema: '{"type":"boolean"}', endOfText: 50_256 },
      { sampler: 'temperature', temperature: 0 },
    ]);
    expect(chain({ schema: JSON.stringify(given) })).toMatchObject([{ schema: '{"type":"boolean"}' }]);
  });

  it.each([
    [{ preset: 'nobody' }, /There is no preset "nobody"; the presets are start, .*precise, /],
    [{ preset: 'precise', samplers: [] }, /both a preset and a list of samplers/],
    [{ expression: 'a', schema: {} }, /both an expression and a schema/],
  ])('is refused in a sentence: %j', (input, sentence) => {
    expect(chain(input)).toMatch(sentence);
  });

  it.each([
    [{ samplers: [{ sampler: 'top-k', k: 0 }] }, /top-k: k is 0; it must be/],
    [{ banned: [''] }, /A text is empty/],
    [{ banned: ['a'.repeat(201)] }, /longer than 200 characters/],
    [{ banned: new Array<string>(101).fill('a') }, /more than 100 banned texts/],
  ])('is refused before it is read: %#', (input, sentence) => {
    expect(() => chain(input)).toThrow(sentence);
  });
});
