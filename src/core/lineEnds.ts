/**
 * Line ends. Models are given texts whose lines end with LF, whatever ends them in a file or a document: otherwise
 * the same text would be other tokens on another machine. Offsets into such a text map to those into a document
 * whose lines end with CR LF, and never to the place between CR and LF, which no editor's position stands for.
 */

/** A text with LF for every CR LF and every CR alone. */
export function withLf(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** A text with `lineEnd` for every line end that it has. */
export function withLineEnds(text: string, lineEnd: '\n' | '\r\n'): string {
  const unix = withLf(text);
  return lineEnd === '\n' ? unix : unix.replaceAll('\n', lineEnd);
}

/** Where the lines of a document begin; it has one kind of line end. */
export interface DocumentLines {
  readonly count: number;
  /** UTF-16 units of a line end: 1, or 2 for CR LF. */
  readonly endLength: number;
  /** UTF-16 offset into the document at which a line begins. */
  readonly startOf: (line: number) => number;
}

/** The offset into the text with LF of an offset into the document, which stands in line `line`. */
export function textOffset(offset: number, line: number, endLength: number): number {
  return offset - line * (endLength - 1);
}

/** The offset into the document of an offset into its text with LF; before a line end it is before all of it. */
export function documentOffset(offset: number, { count, endLength, startOf }: DocumentLines): number {
  if (endLength === 1) return offset;
  const line = lineAt(offset, count, (at) => textOffset(startOf(at), at, endLength));
  return offset + line * (endLength - 1);
}

/** The last of `count` lines that begins at the offset or before it. */
export function lineAt(offset: number, count: number, startOf: (line: number) => number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (startOf(middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
