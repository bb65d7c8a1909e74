import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  completionText,
  JoinedText,
  tokenBytes,
  tokenLabel,
  tokenPieces,
} from '../../../../webview/format/tokenText';
import '../../fixedSeed';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

describe('a token on its own', () => {
  it.each([
    [' upon', '·upon'],
    ['\n\n', '⏎⏎'],
    ['\t\r', '⇥␍'],
    ['\0', '␀'],
    ['naïve', 'naïve'],
    ['\u200B', '‹U+200B›'],
    ['\u00A0', '‹U+00A0›'],
    ['\u202E', '‹U+202E›'],
    ['<|endoftext|>', '<|endoftext|>'],
  ])('%j reads %s', (text, label) => {
    expect(tokenLabel(utf8(text))).toBe(label);
  });

  it.each([
    [[0xe2, 0x82], '‹E2 82›'],
    [[0xac], '‹AC›'],
    [[0x20, 0xf0, 0x9f], '·‹F0 9F›'],
    [[0xe2, 0x82, 0xac, 0xe2], '€‹E2›'],
    // Not UTF-8: overlong, a surrogate, beyond U+10FFFF.
    [[0xc0, 0xaf], '‹C0 AF›'],
    [[0xed, 0xa0, 0x80], '‹ED A0 80›'],
    [[0xf4, 0x90, 0x80, 0x80], '‹F4 90 80 80›'],
    [[0xff, 0x41], '‹FF›A'],
  ])('bytes %j read %s', (bytes, label) => {
    expect(tokenLabel(Uint8Array.from(bytes))).toBe(label);
  });

  it('sets apart what was made visible', () => {
    expect(tokenPieces(utf8(' a b'))).toEqual([
      { text: '·', mark: true },
      { text: 'a', mark: false },
      { text: '·', mark: true },
      { text: 'b', mark: false },
    ]);
  });

  it('is taken from the vocabulary by its offsets', () => {
    const vocabulary = { bytes: utf8('abc'), offsets: Uint32Array.of(0, 1, 3) };
    expect(tokenLabel(tokenBytes(vocabulary, 1))).toBe('bc');
    expect(tokenBytes(vocabulary, 7)).toHaveLength(0);
    expect(completionText(vocabulary, [1, 0])).toBe('bca');
  });
});

describe('tokens of a completion', () => {
  const join = (parts: readonly Uint8Array[]): JoinedText => {
    const joined = new JoinedText();
    for (const part of parts) joined.append(part);
    return joined;
  };
  const texts = ({ tokens }: JoinedText): string[] =>
    tokens.map(({ pieces }) => pieces.map(({ text }) => text).join(''));

  it('show a character that they make together at the token that begins it', () => {
    const joined = join([Uint8Array.of(0x20, 0xe2), Uint8Array.of(0x82), Uint8Array.of(0xac, 0x21)]);
    expect(texts(joined)).toEqual([' €', '', '!']);
    expect(joined.tokens.map(({ continues }) => continues)).toEqual([false, true, false]);
  });

  it('show bytes until the character is whole, and for ever if it never is', () => {
    const joined = join([Uint8Array.of(0xe2), Uint8Array.of(0x82)]);
    expect(texts(joined)).toEqual(['‹E2›', '‹82›']);
    joined.append(utf8('x'));
    expect(texts(joined)).toEqual(['‹E2›', '‹82›', 'x']);
  });

  it('make line ends visible, and leave no empty line between them or before the first word', () => {
    expect(texts(join([utf8('a'), utf8('\n\n'), utf8(' b')]))).toEqual(['a', '⏎\n⏎', ' b']);
    expect(texts(join([utf8('\n'), utf8('\n'), utf8('b\n'), utf8('c')]))).toEqual(['⏎', '⏎', 'b⏎\n', 'c']);
  });

  it('leave joiners inside emoji as they are', () => {
    expect(texts(join([utf8('👩\u200D👧')]))).toEqual(['👩\u200D👧']);
  });

  it('read as the text, wherever it is cut', () => {
    const printable = fc.string({ unit: fc.constantFrom('a', ' ', 'ß', '€', '日', '🐺', '\u0301') });
    fc.assert(
      fc.property(printable, fc.infiniteStream(fc.integer({ min: 1, max: 4 })), (text, lengths) => {
        const bytes = utf8(text);
        const parts: Uint8Array[] = [];
        for (let at = 0; at < bytes.length;) {
          const length = lengths.next().value as number;
          parts.push(bytes.subarray(at, at + length));
          at += length;
        }
        const joined = join(parts);
        expect(joined.tokens).toHaveLength(parts.length);
        expect(texts(joined).join('')).toBe(text);
      }),
    );
  });

  it('keep every byte that is no character', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 5 }), { maxLength: 8 }), (parts) => {
        const shown = texts(join(parts)).join('');
        const whole = Uint8Array.from(parts.flatMap((part) => [...part]));
        // The platform's decoder judges whether there is any.
        const valid = isUtf8(whole);
        const literal = new TextDecoder('utf-8', { ignoreBOM: true }).decode(whole).includes('‹');
        if (!literal) expect(/‹[0-9A-F]{2}( [0-9A-F]{2})*›/.test(shown)).toBe(!valid);
      }),
    );
  });
});
