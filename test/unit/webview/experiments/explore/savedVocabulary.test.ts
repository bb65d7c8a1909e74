import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ToyModel } from '../../../../../src/core/toyModel';
import { explore } from '../../../../../src/experiments/explore';
import { exploreResultSchema } from '../../../../../src/experiments/explore/result';
import { savedVocabulary } from '../../../../../webview/experiments/explore/savedVocabulary';
import { tokenBytes } from '../../../../../webview/format/tokenText';
import '../../../fixedSeed';

describe('The vocabulary of a saved result', () => {
  it('has the bytes of every token that the result names, and none of others', async () => {
    const model = new ToyModel({ words: ['pizza', 'né', '食'], logits: [3, 2, 1] });
    const chain = [] as const;
    const asked = { prompt: '', chain, greedy: true, seed: 1, samples: 1, maxNewTokens: 2, listed: 2 };
    const result = await explore.run(model, asked, {
      ...{ emit: () => undefined, pause: () => Promise.resolve() },
      signal: new AbortController().signal,
    });
    expect(v.is(exploreResultSchema, result)).toBe(true);
    const saved = savedVocabulary({ ...result, tokens: result.tokens.filter(({ id }) => id !== 1) });
    expect(saved.offsets).toHaveLength(4);
    for (const id of [0, 2]) expect(tokenBytes(saved, id)).toEqual(tokenBytes(model.vocabulary, id));
    expect(tokenBytes(saved, 1)).toHaveLength(0);
  });

  it.each([1e12, 0.5, -1])('is not made for tokens that no vocabulary has: %d', async (id) => {
    const model = new ToyModel({ words: ['pizza'], logits: [0] });
    const asked = { prompt: '', chain: [], greedy: true, seed: 1, samples: 1, maxNewTokens: 1, listed: 1 };
    const result = await explore.run(model, asked, {
      ...{ emit: () => undefined, pause: () => Promise.resolve() },
      signal: new AbortController().signal,
    });
    expect(v.is(exploreResultSchema, { ...result, tokens: [{ id, text: 'a' }] })).toBe(false);
    const next = { ...result.next, vocabularySize: id };
    expect(v.is(exploreResultSchema, { ...result, next })).toBe(false);
  });

  it('reads bytes that are no whole characters', () => {
    const named = fc.uniqueArray(
      fc.record({
        id: fc.integer({ min: 0, max: 99 }),
        bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
      }),
      { selector: ({ id }) => id },
    );
    fc.assert(
      fc.property(named, (tokens) => {
        const hex = (bytes: Uint8Array): string =>
          Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
        const texts = tokens.map(({ id, bytes }) => ({ id, text: `‹${hex(bytes)}›` }));
        const saved = savedVocabulary({ next: null, tokens: texts } as never);
        for (const { id, bytes } of tokens) expect(tokenBytes(saved, id)).toEqual(bytes);
      }),
    );
  });
});
