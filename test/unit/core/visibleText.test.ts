import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownText, visibleLines, visibleText, visibleToken } from '../../../src/core/visibleText';
import '../fixedSeed';

describe('Text of a foreign hand', () => {
  it.each([
    ['a\u202Egnp.exe', 'a‹U+202E›gnp.exe'],
    ['\u2066x\u2069', '‹U+2066›x‹U+2069›'],
    ['fire\u200Bside', 'fire‹U+200B›side'],
    ['\uFEFFfireside', '‹U+FEFF›fireside'],
    ['fire\u00ADside', 'fire‹U+00AD›side'],
    ['a\0b\x1B[31m\x7F', 'a␀b␛[31m␡'],
    ['\x85', '‹U+0085›'],
    ['line\r\nline\ttab', 'line␍⏎line⇥tab'],
    ['a\u2028b', 'a‹U+2028›b'],
    ['half \uD800', 'half ‹U+D800›'],
    // Fillers, and letters by which a hidden message is written into a name.
    ['\u3164\u115F\u2800', '‹U+3164›‹U+115F›‹U+2800›'],
    ['a\u{E0041}\u{E0101}', 'a‹U+E0041›‹U+E0101›'],
    ['葛\u{E0100}\u{E0101}', '葛\u{E0100}‹U+E0101›'],
    ['\u{1F3F4}\u{E0067}\u{E007F}', '\u{1F3F4}‹U+E0067›‹U+E007F›'],
    ['a\uFE0F', 'a‹U+FE0F›'],
    ['ab\u200Dc', 'ab‹U+200D›c'],
  ])('%j shows what hides in it', (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it.each([
    'an ordinary name, 90\u00A0% and 1\u202F000 with «\u00A0quotation marks\u00A0»',
    'naïve שלום مرحبا 中文',
    // Joiners that do a text's work: a family, a flag, a heart, a keycap, Persian, Devanagari.
    '👨\u200D👩\u200D👧 🏳\uFE0F\u200D🌈 ❤\uFE0F 1\uFE0F\u20E3 👩🏽\u200D🚀',
    'می\u200Cخواهم क्\u200Dष',
    // The form of a character in a Japanese name, and the flag of Scotland.
    '葛\u{E0100}城 \u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}',
  ])('%j stays as it is', (text) => {
    expect(visibleText(text)).toBe(text);
  });

  it('has nothing hidden in it afterwards, and is shown once', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.nat(0x10ffff).map((code) => String.fromCodePoint(code)),
        fc.constantFrom(...'ab\u200D\u200C\uFE0F\u202E😀❤ی\n\t '.split('')),
      ),
    });
    fc.assert(
      fc.property(text, (given) => {
        const shown = visibleText(given);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u00AD\u200B\u2060\uFEFF]/u);
        expect(visibleText(shown)).toBe(shown);
        expect(visibleToken(given)).not.toMatch(/[\p{Cc}\p{Cf}\p{Z}\p{Cs}\p{Default_Ignorable_Code_Point}]/u);
        expect(visibleLines(given).split('\n')).toHaveLength(given.split('\n').length);
      }),
    );
  });

  it('keeps its lines where it may', () => {
    expect(visibleLines('a\u202E\n\tb\r\n')).toBe('a‹U+202E›\n\tb␍\n');
  });

  it('means nothing to Markdown, and stays readable', () => {
    expect(markdownText('![x](https://a.b/c) <b> `c` &amp; $x$ $(bug) | _d_ a@b.c www.a.b')).toBe(
      '\\!\\[x\\](https\\://a.b/c) \\<b\\> \\`c\\` \\&amp; \\$x\\$ \\$(bug) \\| \\_d\\_ a\\@b.c www\\.a.b',
    );
    expect(markdownText('a\n# b')).toBe('a⏎\\# b');
    expect(['- a', '+ a', '===', '---', '1. a', '2) a'].map(markdownText)).toEqual([
      '\\- a',
      '\\+ a',
      '\\===',
      '\\---',
      '1\\. a',
      '2\\) a',
    ]);
    for (const text of ['4-bit', '-2.1', '90.4 %', 'fireside, read (twice)'])
      expect(markdownText(text)).toBe(text);
  });
});
