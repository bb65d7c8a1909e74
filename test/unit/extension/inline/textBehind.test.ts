import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitSuggestion } from '../../../../src/extension/inline/textBehind';
import { depth } from '../../depth';
import '../../fixedSeed';

/** The document after the suggestion is taken; as it was where nothing is offered. */
function accepted(suggestion: string, before: string, after: string): string {
  const fits = fitSuggestion(suggestion, before, after);
  return fits ? before + fits.text + after.slice(fits.replaces) : before + after;
}

describe('a suggestion before text', () => {
  const king = 'Once upon a time there was a king who';
  const there = ' had been a little daughter, and lived in a castle.';

  it.each([
    ['is nothing where it stands there already', king, ' had been a little daughter,', there],
    ['is nothing where it stands there and ends within a word', king, ' had been a lit', there],
    ['is nothing where half of it stands there', king, ' had been a little son and', there],
    ['is nothing inside a word that it does not complete', 'a ki', '.', 'ng'],
    ['is nothing inside a word that it completes with what stands there', 'a ki', 'ng', 'ng was'],
    ['is nothing between a word and its apostrophe', 'I don', ' know', '’t'],
    ['is nothing of white space', king, ' ', ''],
  ])('%s', (_, before, suggestion, after) => {
    expect(fitSuggestion(suggestion, before, after)).toBeUndefined();
  });

  it.each([
    ['stays where nothing follows', king, ' lived', '', `${king} lived`],
    ['stays where another line follows', king, ' lived', '\nand died', `${king} lived\nand died`],
    [
      'loses the end that stands there',
      king,
      ' was old, and lived',
      ', and lived.',
      `${king} was old, and lived.`,
    ],
    ['loses a sign that stands there', 'f(', 'a, b)', ')', 'f(a, b)'],
    ['loses a line that stands there', 'a {', '\n  b\n}', '\n}\n', 'a {\n  b\n}\n'],
    ['goes on behind the rest of the line', king, ' had been there', ' had\nX', `${king} had been there\nX`],
    ['goes on behind a closing sign', 'f(a', '); g()', ')\nh()', 'f(a); g()\nh()'],
    ['completes a word', 'a ca', 'stle and more', 'le here', 'a castle here'],
    ['keeps a letter that is equal by chance', 'the ', 'castle', ' eel', 'the castle eel'],
    ['is set off from a word behind it', 'a ', 'good', 'king', 'a good king'],
  ])('%s', (_, before, suggestion, after, document) => {
    expect(accepted(suggestion, before, after)).toBe(document);
  });
});

describe('whatever is suggested', () => {
  const piece = fc.constantFrom('a', 'b', 'é', '😀', ' ', '\n', '.', ',', '’', 'ab', ' a', 'the ', '_');
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
  const word = /[\p{L}\p{N}\p{M}_]/u;
  const wordsOf = (whole: string): string[] => whole.match(/[\p{L}\p{N}\p{M}_]+/gu) ?? [];

  it('keeps every character before and behind the cursor, and puts something that is not white space between', () => {
    fc.assert(
      fc.property(text, text, text, (suggestion, before, after) => {
        const fits = fitSuggestion(suggestion, before, after);
        if (!fits) return;
        expect(fits.text.startsWith(after.slice(0, fits.replaces))).toBe(true);
        expect(after.slice(0, fits.replaces)).not.toContain('\n');
        expect(fits.text.slice(fits.replaces).trim()).not.toBe('');
        expect(
          `${suggestion} `.startsWith(fits.text) ||
            fits.text === `${suggestion.slice(0, fits.text.length - 1)} `,
        ).toBe(true);
        // Half a character would not come back from UTF-8.
        const document = accepted(suggestion, before, after);
        expect(Buffer.from(document).toString()).toBe(document);
      }),
      { numRuns: depth(500, 2000) },
    );
  });

  it('leaves the words behind the cursor whole, but for one that it completes', () => {
    fc.assert(
      fc.property(text, text, text, (suggestion, before, after) => {
        const inside = /[\p{L}\p{N}\p{M}_]['’]?$/u.test(before) && /^['’]?[\p{L}\p{N}\p{M}_]/u.test(after);
        const replaces = fitSuggestion(suggestion, before, after)?.replaces ?? 0;
        const behind = wordsOf(after.slice(replaces)).slice(inside ? 1 : 0);
        const now = wordsOf(accepted(suggestion, before, after));
        expect(now.slice(now.length - behind.length)).toEqual(behind);
      }),
      { numRuns: depth(500, 2000) },
    );
  });

  it('does not write twice what stands there', () => {
    fc.assert(
      fc.property(text, text, text, (suggestion, before, more) => {
        if (suggestion.trim() === '' || word.test(before.slice(-1))) return;
        expect(fitSuggestion(suggestion, before, suggestion + more)).toBeUndefined();
      }),
      { numRuns: depth(300, 1000) },
    );
  });
});
