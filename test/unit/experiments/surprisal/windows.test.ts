import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoringWindows, windowKey } from '../../../../src/experiments/surprisal/windows';
import '../../fixedSeed';

const tokens = fc.array(fc.nat({ max: 30 }), { maxLength: 200 });
const context = fc.integer({ min: 1, max: 40 });

describe('the windows of a text', () => {
  it('score every token but the first once, in order, and fit into the context', () => {
    fc.assert(
      fc.property(tokens, context, (text, length) => {
        const windows = scoringWindows(text, length);
        const scored = windows.flatMap(({ from, end }) =>
          Array.from({ length: end - from }, (_, i) => from + i),
        );
        expect(scored).toEqual(text.map((_, i) => i).slice(1));
        for (const { start, from, end } of windows) {
          expect(start).toBeLessThan(from);
          // The last one is only predicted, not read.
          expect(end - start - 1).toBeLessThanOrEqual(length);
        }
      }),
    );
  });

  it('are one where the text fits, and give every token a quarter of the context before it where it does not', () => {
    fc.assert(
      fc.property(tokens, fc.integer({ min: 8, max: 40 }), (text, length) => {
        const windows = scoringWindows(text, length);
        if (text.length > 1 && text.length <= length + 1) expect(windows).toHaveLength(1);
        for (const { start, from } of windows.slice(1)) {
          expect(from - start).toBeGreaterThanOrEqual(length >> 2);
        }
      }),
    );
  });

  it('are the same behind an insertion, a few windows further', () => {
    // A long text of many different tokens, as texts are; one token more near its beginning.
    const text = Array.from({ length: 40_000 }, (_, i) => (i * 7919) % 50_021);
    const edited = [...text.slice(0, 3000), 7, ...text.slice(3000)];
    const keys = (ids: readonly number[]): string[] =>
      scoringWindows(ids, 1024).map((window) => windowKey(ids, window));
    const before = new Set(keys(text));
    const changed = keys(edited).filter((key) => !before.has(key));
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.length).toBeLessThan(before.size / 4);
  });

  it('have a name that says which tokens are read and which of them are scored', () => {
    const name = (ids: readonly number[], start: number, from: number, end: number): string =>
      windowKey(ids, { start, from, end });
    expect(name([1, 2, 3, 4], 0, 1, 4)).toBe(name([9, 1, 2, 3, 4, 5], 1, 2, 5));
    const others = [name([1, 2, 3, 5], 0, 1, 4), name([1, 2, 3, 4], 0, 2, 4), name([1, 2, 3, 4], 0, 1, 3)];
    expect(new Set([name([1, 2, 3, 4], 0, 1, 4), ...others]).size).toBe(4);
  });
});
