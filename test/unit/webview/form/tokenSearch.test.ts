import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Vocabulary } from '../../../../src/core/languageModel';
import { likeliestFirst, TokenSearch } from '../../../../webview/form/tokenSearch';

function vocabularyOf(tokens: readonly string[]): Vocabulary {
  const encoded = tokens.map((token) => new TextEncoder().encode(token));
  const offsets = Uint32Array.from({ length: tokens.length + 1 }, (_, id) =>
    encoded.slice(0, id).reduce((sum, { length }) => sum + length, 0),
  );
  return { bytes: Uint8Array.from(encoded.flatMap((bytes) => [...bytes])), offsets };
}

const TOKENS = ['a', ' ', 'king', ' king', 'King', ' King', 'kin', ' kin', 'é', ' été', 'zz', '\n'];
const search = new TokenSearch(vocabularyOf(TOKENS));
const found = (typed: string): string[] => search.find(typed).ids.map((id) => TOKENS[id]!);

describe('looking for a token', () => {
  it('finds every way to write a word as one token', () => {
    expect(new Set(found('king'))).toEqual(new Set([' king', 'king', 'King', ' King']));
    expect(new Set(found('KING'))).toEqual(new Set([]));
    expect(found('Été')).toEqual([' été']);
  });

  it('knows a token in which a text is part of a longer word', () => {
    const longer = (text: string): string | undefined => TOKENS[search.longerWord(text) ?? -1];
    expect(['kin', ' kin', 'ing', ' ét', 'e', 'king', ' King', ' '].map(longer)).toEqual([
      ...['king', ' king', 'king', ' été', undefined, undefined, undefined, ' king'],
    ]);
  });

  it('takes white space that was typed as it is first', () => {
    expect(found(' king')[0]).toBe(' king');
    expect(found('king')[0]).toBe('king');
    expect(found('\n')).toEqual(['\n']);
    expect(found('')).toEqual([]);
  });

  it('puts the writing that is meant here first, and keeps the order where nothing is known', () => {
    const known = new Map([
      [7, { raw: 0.01 }],
      [9, { raw: 0.2 }],
    ]);
    expect(likeliestFirst([7, 8, 9], known)).toEqual([9, 7, 8]);
    expect(likeliestFirst([7, 8, 9], new Map())).toEqual([7, 8, 9]);
  });

  it('gives the longest tokens that a word begins with where it is none itself', () => {
    expect(search.find('kings').pieces).toBe(true);
    expect(new Set(found('kings'))).toEqual(new Set(['king', ' king', 'King', ' King']));
    expect(found('xyz')).toEqual([]);
  });

  it('finds each token of any vocabulary by its text', () => {
    const texts = fc.uniqueArray(
      fc.string({ unit: fc.constantFrom('a', 'B', ' ', 'é', '日'), minLength: 1 }),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(texts, (tokens) => {
        const own = new TokenSearch(vocabularyOf(tokens));
        tokens.forEach((token, id) => {
          const { ids, pieces } = own.find(token);
          expect(ids[0]).toBe(id);
          expect(pieces).toBe(false);
        });
      }),
    );
  });
});
