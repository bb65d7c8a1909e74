import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../../src/extension/panel/decodeText';
import '../../fixedSeed';

describe('A file', () => {
  it('is read back as the text that was written, whatever it says, with LF at its line ends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        fc.pre(!text.includes('\0') && !text.startsWith('\ufeff'));
        expect(decodeText(new TextEncoder().encode(text))).toBe(
          text.split('\r\n').join('\n').split('\r').join('\n'),
        );
      }),
    );
  });

  it('loses its byte order mark', () => {
    expect(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('a');
  });

  it.each([
    ['a NUL byte', [0x61, 0, 0x62]],
    ['a byte that is none of UTF-8', [0x61, 0xff]],
    ['a character that is cut', [0xe2, 0x82]],
    ['UTF-16', [0xff, 0xfe, 0x61, 0]],
  ])('is no text with %s', (_, bytes) => {
    expect(decodeText(Uint8Array.from(bytes))).toBeNull();
  });
});
