import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  documentOffset,
  textOffset,
  withLf,
  withLineEnds,
  type DocumentLines,
} from '../../../src/core/lineEnds';
import '../fixedSeed';

const lines = fc.array(fc.string({ unit: fc.constantFrom('a', ' ', 'é', '🐟'), maxLength: 5 }), {
  minLength: 1,
  maxLength: 12,
});

/** The lines of a document, found by going through its text. */
const linesOf = (text: string, lineEnd: string): DocumentLines => {
  const starts = [0];
  for (let i = text.indexOf(lineEnd); i >= 0; i = text.indexOf(lineEnd, i + 1))
    starts.push(i + lineEnd.length);
  return { count: starts.length, endLength: lineEnd.length, startOf: (line) => starts[line]! };
};

describe('line ends', () => {
  it('become LF, whatever they are, and those of a document again', () => {
    expect(withLf('a\r\nb\rc\nd\r\r\n\n')).toBe('a\nb\nc\nd\n\n\n');
    expect(withLineEnds('a\r\nb\rc\n', '\r\n')).toBe('a\r\nb\r\nc\r\n');
    expect(withLineEnds('a\r\nb\rc\n', '\n')).toBe('a\nb\nc\n');
  });

  it.each(['\n', '\r\n'] as const)(
    'map every offset of a text into a document with %j and back',
    (lineEnd) => {
      fc.assert(
        fc.property(lines, (parts) => {
          const text = parts.join('\n');
          const document = parts.join(lineEnd);
          const found = linesOf(document, lineEnd);
          for (let offset = 0; offset <= text.length; offset++) {
            // Brute force: what stands before the offset, written with the document's line ends.
            const before = withLineEnds(text.slice(0, offset), lineEnd);
            expect(documentOffset(offset, found)).toBe(before.length);
            const line = text.slice(0, offset).split('\n').length - 1;
            expect(textOffset(before.length, line, lineEnd.length)).toBe(offset);
          }
        }),
      );
    },
  );
});
