import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScoredDocument, type ScoredToken } from '../../../../src/extension/surprisal/scoredDocument';
import '../../fixedSeed';

/** Tokens of one to three characters that cover a text; the id stands for the characters. */
const tokensOf = (lengths: readonly number[], start = 0): ScoredToken[] => {
  let at = start;
  return lengths.map((length, i) => {
    const token = {
      id: i,
      start: at,
      end: at + length,
      logProbability: -1,
      rank: 0,
      entropy: 1,
      alternatives: [],
    };
    at += length;
    return token;
  });
};

const lengths = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 30 });

describe('scores of a document', () => {
  it('are found by offset', () => {
    fc.assert(
      fc.property(lengths, (sizes) => {
        const scored = new ScoredDocument();
        const tokens = tokensOf(sizes, 5);
        scored.put(tokens);
        for (let offset = 0; offset < 100; offset++) {
          expect(scored.at(offset)).toEqual(tokens.find((t) => t.start <= offset && offset < t.end));
        }
      }),
    );
  });

  it('keep exactly the tokens whose characters an edit left alone, wherever they moved', () => {
    fc.assert(
      fc.property(lengths, fc.nat(), fc.nat(), fc.nat(8), (sizes, a, b, inserted) => {
        const size = sizes.reduce((x, y) => x + y);
        const offset = a % (size + 1);
        const length = b % (size - offset + 1);
        const scored = new ScoredDocument();
        const tokens = tokensOf(sizes);
        scored.put(tokens);
        // Brute force: every character carries its token's id through the edit.
        const characters: number[] = tokens.flatMap((t) =>
          Array.from({ length: t.end - t.start }, () => t.id),
        );
        characters.splice(offset, length, ...Array.from({ length: inserted }, () => -1));
        scored.edit({ offset, length, inserted });
        for (const token of scored.tokens) {
          expect(characters.slice(token.start, token.end)).toEqual(
            sizes[token.id] === undefined ? [] : Array.from({ length: sizes[token.id]! }, () => token.id),
          );
        }
        const inside = tokens.filter((t) => t.start < offset + length && t.end > offset);
        for (const token of inside) expect(scored.tokens.map((t) => t.id)).not.toContain(token.id);
        const apart = tokens.filter(
          (t) => t.end < offset || (t.start >= offset + length && t.start > offset),
        );
        for (const token of apart) expect(scored.tokens.map((t) => t.id)).toContain(token.id);
      }),
    );
  });

  it('replace what was known of the same part and nothing else', () => {
    const scored = new ScoredDocument();
    scored.put(tokensOf([3, 3, 3, 3]));
    scored.put(tokensOf([2, 2], 4).map((t) => ({ ...t, id: t.id + 100 })));
    expect(scored.tokens.map(({ id, start, end }) => [id, start, end])).toEqual([
      [0, 0, 3],
      [100, 4, 6],
      [101, 6, 8],
      [3, 9, 12],
    ]);
    scored.put([]);
    expect(scored.tokens).toHaveLength(4);
  });
});
