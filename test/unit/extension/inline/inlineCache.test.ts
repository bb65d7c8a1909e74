import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asSuggestions, typedAlong } from '../../../../src/extension/inline/inlineCache';
import '../../fixedSeed';

describe('typing along a suggestion', () => {
  const last = { key: 'doc fireside', prefix: 'Once', completions: [' upon a time', ' more', ' upon'] };

  it('offers the rest of every suggestion that still fits', () => {
    expect(typedAlong(last, 'doc fireside', 'Once u')).toEqual(['pon a time', 'pon']);
    expect(typedAlong(last, 'doc fireside', 'Once upo')).toEqual(['n a time', 'n']);
    expect(typedAlong(last, 'doc fireside', 'Once')).toEqual(last.completions);
  });

  it('offers nothing when one types something else, deletes, finishes, or changes the model', () => {
    for (const prefix of ['Once x', 'Onc', 'Twice', 'Once more']) {
      expect(typedAlong(last, 'doc fireside', prefix), prefix).toBeUndefined();
    }
    expect(typedAlong(last, 'doc toy', 'Once upo')).toBeUndefined();
    expect(typedAlong(undefined, 'doc fireside', 'Once')).toBeUndefined();
  });

  it('always leads to the same text', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (prefix, completions, n) => {
          const first = completions[0]!;
          const typed = first.slice(0, n % first.length);
          const rest = typedAlong({ key: 'k', prefix, completions }, 'k', prefix + typed);
          expect(rest).toContain(first.slice(typed.length));
          for (const r of rest!) expect(completions).toContain(typed + r);
        },
      ),
    );
  });
});

describe('suggestions', () => {
  it('are distinct, cut at the line end, and never empty', () => {
    const texts = [' a day\nthen', ' a day', '\nnext', '  ', ' b\uFFFD'];
    expect(asSuggestions(texts, { multiline: false })).toEqual([' a day', ' b']);
    expect(asSuggestions(texts, { multiline: true })).toEqual([' a day\nthen', ' a day', '\nnext', ' b']);
  });
});
