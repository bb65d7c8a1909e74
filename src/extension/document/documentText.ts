/**
 * The one border between documents and what is made of their texts. Everything behind it counts in UTF-16 units of
 * the text with LF: those offsets stay true when a document's line ends change, and each has a position.
 */
import * as vscode from 'vscode';
import { documentOffset, lineAt, textOffset, withLf, withLineEnds } from '../../core/lineEnds';
import type { Edit, Span } from './spans';

const lineEnd = ({ eol }: vscode.TextDocument): '\n' | '\r\n' =>
  eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';

/** A document's text, or a part of it, with LF. */
export function textOf(document: vscode.TextDocument, range?: vscode.Range): string {
  return withLf(document.getText(range));
}

/** A text as it is put into a document: with the document's line ends. */
export function textFor(document: vscode.TextDocument, text: string): string {
  return withLineEnds(text, lineEnd(document));
}

/** The offset of a position in the text with LF. */
export function offsetOf(document: vscode.TextDocument, position: vscode.Position): number {
  const valid = document.validatePosition(position);
  return textOffset(document.offsetAt(valid), valid.line, lineEnd(document).length);
}

/** The position of an offset into the text with LF. */
export function positionOf(document: vscode.TextDocument, offset: number): vscode.Position {
  return document.positionAt(
    documentOffset(Math.max(0, offset), {
      count: document.lineCount,
      endLength: lineEnd(document).length,
      startOf: (line) => document.offsetAt(new vscode.Position(line, 0)),
    }),
  );
}

/** The positions of many offsets into the text with LF of a document as it is now. */
export function positionsIn(document: vscode.TextDocument): (offset: number) => vscode.Position {
  const starts = new Int32Array(document.lineCount);
  for (let line = 1; line < starts.length; line++) {
    starts[line] = starts[line - 1]! + document.lineAt(line - 1).text.length + 1;
  }
  return (offset) => {
    const line = lineAt(offset, starts.length, (at) => starts[at]!);
    return new vscode.Position(line, offset - starts[line]!);
  };
}

/** The range of a part of the text with LF. */
export function rangeOf(document: vscode.TextDocument, { start, end }: Span): vscode.Range {
  return new vscode.Range(positionOf(document, start), positionOf(document, end));
}

/** Reads a document's changes as edits of its text with LF. */
export class TextEdits {
  #document: vscode.TextDocument;
  /** Units of a line end before the next change: the offsets of a change count in the document as it was. */
  #endLength: number;

  constructor(document: vscode.TextDocument) {
    this.#document = document;
    this.#endLength = lineEnd(document).length;
  }

  /**
   * The edits of an event, to be followed one after the other; none where only the line ends have changed. Every
   * event of the document must be read.
   */
  read({ document, contentChanges }: vscode.TextDocumentChangeEvent): Edit[] {
    const now = lineEnd(document).length;
    const before = document === this.#document ? this.#endLength : now;
    this.#document = document;
    this.#endLength = now;
    // Changes of one event are given in the old document's offsets; from the end, each leaves the others' true.
    const edits = [...contentChanges]
      .sort((a, b) => b.rangeOffset - a.rangeOffset)
      .map(({ range: { start, end }, rangeOffset, rangeLength, text }) => ({
        offset: textOffset(rangeOffset, start.line, before),
        length: textOffset(rangeLength, end.line - start.line, before),
        inserted: withLf(text).length,
      }));
    // VS Code tells other line ends as a change of the whole text.
    const [only] = edits;
    const lines = contentChanges[0]?.range.end.line;
    const isWhole = edits.length === 1 && only?.offset === 0 && lines === document.lineCount - 1;
    return before !== now && isWhole && only.length === only.inserted ? [] : edits;
  }
}
