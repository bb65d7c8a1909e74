import { describe, expect, it } from 'vitest';
import { catalog } from '../../../../src/core/samplers/catalog';
import {
  KEPT,
  parseChain,
  parseSampler,
  SamplerChain,
  type ChainSpec,
} from '../../../../src/core/samplers/chain';
import { rangeInWords, type NumberParameter } from '../../../../src/core/samplers/parameters';
import { ToyModel } from '../../../../src/core/toyModel';

describe('bad logits', () => {
  const chain = new SamplerChain([], 2);
  it.each([
    [[1, NaN], /token 1 is NaN/],
    [[Infinity, 1], /token 0 is Infinity/],
    [[-Infinity, -Infinity], /All 2 logits are -Infinity/],
    [[1, 2, 3], /3 logits; the vocabulary has 2 tokens/],
  ])('%j', (logits, message) => {
    expect(() => chain.apply(logits)).toThrow(RangeError);
    expect(() => chain.apply(logits)).toThrow(message);
  });

  it.each([0, -1, 1.5, NaN])('a vocabulary of %s tokens', (size) => {
    expect(() => new SamplerChain([], size)).toThrow(new RegExp(`${size} tokens; it must have at least 1`));
  });
});

describe('bad chains', () => {
  it.each([
    ['top-k', /must be a list of samplers/],
    [{}, /must be a list of samplers/],
    [['top-k'], /A sampler is "top-k"; it must be an object/],
    [[null], /A sampler is null/],
    [[{ sampler: 'top-q' }], /sampler is "top-q"; it must be one of temperature, /],
    [[{ sampler: 'top-k' }], /top-k: k is missing; it must be a whole number of at least 1/],
    [[{ sampler: 'top-k', k: '3' }], /top-k: k is "3"/],
    [[{ sampler: 'top-k', k: 3, p: 1 }], /top-k has no parameter p; its parameters are k, ties, minKeep/],
    [[{ sampler: 'top-k', k: 3, ties: 'some' }], /ties is "some"; it must be 'all' or 'exact'/],
    [[{ sampler: 'banned-tokens', pattern: '(' }], /pattern is "\("; it must be a regular expression/],
    [[{ sampler: 'banned-tokens', ids: [1, -1] }], /ids is \[1,-1\]; it must be a list of token ids/],
    [[{ sampler: 'logit-bias', bias: [[0, NaN]] }], /bias is \[\[0,null\]\]; it must be a list of pairs/],
    [[{ sampler: 'dry', multiplier: 1, base: 1, allowedLength: 1, breakers: [[]] }], /none of them empty/],
    [new Array(101).fill({ sampler: 'top-k', k: 1 }), /101 steps; it must have at most 100/],
  ])('%j', (chain, message) => {
    expect(() => parseChain(chain)).toThrow(RangeError);
    expect(() => parseChain(chain)).toThrow(message);
  });

  const numbers = catalog.flatMap(({ name, about }) =>
    about.parameters
      .filter((p): p is NumberParameter => p.kind === 'number' || p.kind === 'integer')
      .map((parameter) => ({ name, parameter, defaults: about.parameters })),
  );

  it.each(numbers)('$name $parameter.name out of range', ({ name, parameter, defaults }) => {
    const spec = (value: unknown) => ({
      sampler: name,
      ...Object.fromEntries(defaults.map((p) => [p.name, p.default])),
      [parameter.name]: value,
    });
    const { min, max, minExcluded, maxExcluded, kind } = parameter;
    const wrong: unknown[] = [NaN, Infinity, -Infinity, '1', true];
    if (!parameter.optional) wrong.push(undefined);
    if (Number.isFinite(min)) wrong.push(min - 1, ...(minExcluded ? [min] : []));
    if (max < Number.MAX_SAFE_INTEGER) wrong.push(max + 1, ...(maxExcluded ? [max] : []));
    if (kind === 'integer') wrong.push(min + 0.5);
    for (const value of wrong) {
      const shown = typeof value === 'number' ? `${value}` : (JSON.stringify(value) ?? 'missing');
      expect(() => parseSampler(spec(value))).toThrow(
        new RangeError(`${name}: ${parameter.name} is ${shown}; it must be ${rangeInWords(parameter)}.`),
      );
    }
    expect(parseSampler(spec(parameter.default))).toEqual(spec(parameter.default));
  });
});

describe('tokens named by text and pattern', () => {
  const words = ['pizza', 'burger', 'pasta', 'salad', 'sushi'];
  const { vocabulary } = new ToyModel({ words, logits: [2, 1.5, 0.5, 0.2, -0.1] });
  const kept = (chain: ChainSpec): string[] => {
    const { removedBy } = new SamplerChain(chain, 5, vocabulary).apply([2, 1.5, 0.5, 0.2, -0.1]);
    return words.filter((_, id) => removedBy[id] === KEPT);
  };

  it('a text names the token of exactly its bytes', () => {
    expect(kept([{ sampler: 'banned-tokens', texts: [' pizza', ' sushi'] }])).toEqual([
      'burger',
      'pasta',
      'salad',
    ]);
  });

  it('a pattern names every token it matches, together with ids and texts', () => {
    expect(kept([{ sampler: 'allowed-tokens', pattern: '^ [ps].*a$' }])).toEqual(['pizza', 'pasta']);
    expect(kept([{ sampler: 'allowed-tokens', pattern: 'pasta', ids: [4], texts: [' burger'] }])).toEqual([
      'burger',
      'pasta',
      'sushi',
    ]);
  });

  it.each([
    [{ sampler: 'banned-tokens', texts: ['pizza'] }, /"pizza", which is not one token/],
    [{ sampler: 'banned-tokens', ids: [5] }, /ids names token 5; ids go from 0 to 4/],
    [{ sampler: 'logit-bias', bias: [[7, 1]] }, /bias names token 7/],
    [{ sampler: 'min-length', length: 1, endOfText: 50256 }, /endOfText is 50256; ids go from 0 to 4/],
  ])('%j does not fit the vocabulary', (spec, message) => {
    const chain = parseChain([spec]);
    expect(() => new SamplerChain(chain, 5, vocabulary)).toThrow(message);
  });

  it('texts need a vocabulary', () => {
    expect(() => new SamplerChain([{ sampler: 'banned-tokens', pattern: 'a' }], 5)).toThrow(
      /need the vocabulary/,
    );
  });
});
