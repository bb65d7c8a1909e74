/** As much of VS Code as places in a document need, with its behaviour at line ends. */

export const EndOfLine = { LF: 1, CRLF: 2 } as const;

export class Position {
  constructor(
    readonly line: number,
    readonly character: number,
  ) {}
}

export class Range {
  constructor(
    readonly start: Position,
    readonly end: Position,
  ) {}
}

/** A change of a document: its offsets are of the text with LF. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A document whose lines all end in the same way, as VS Code keeps it. */
export class StandInDocument {
  lines: string[];
  eol: 1 | 2;

  constructor(text: string, eol: 1 | 2) {
    this.lines = text.split('\n');
    this.eol = eol;
  }

  get text(): string {
    return this.lines.join('\n');
  }

  get lineCount(): number {
    return this.lines.length;
  }

  get #end(): string {
    return this.eol === EndOfLine.CRLF ? '\r\n' : '\n';
  }

  lineAt(line: number): { text: string } {
    return { text: this.lines[line]! };
  }

  validatePosition(position: Position): Position {
    return position;
  }

  offsetAt({ line, character }: Position): number {
    return (
      this.lines.slice(0, line).reduce((sum, { length }) => sum + length + this.#end.length, 0) + character
    );
  }

  /** Within a line end there is no position: the one before it is given. */
  positionAt(offset: number): Position {
    let left = offset;
    for (const [line, { length }] of this.lines.entries()) {
      if (left < length + this.#end.length || line === this.lineCount - 1) {
        return new Position(line, Math.min(left, length));
      }
      left -= length + this.#end.length;
    }
    throw new RangeError(`no line at ${offset}`);
  }

  getText(range?: Range): string {
    const whole = this.lines.join(this.#end);
    return range ? whole.slice(this.offsetAt(range.start), this.offsetAt(range.end)) : whole;
  }

  #positionIn(offset: number): Position {
    const before = this.text.slice(0, offset).split('\n');
    return new Position(before.length - 1, before.at(-1)!.length);
  }

  /** Makes changes that do not overlap, in one event. */
  change(changes: readonly Change[]): unknown {
    const contentChanges = changes.map(({ start, end, text }) => {
      const range = new Range(this.#positionIn(start), this.#positionIn(end));
      const rangeOffset = this.offsetAt(range.start);
      return {
        range,
        rangeOffset,
        rangeLength: this.offsetAt(range.end) - rangeOffset,
        text: text.replaceAll('\n', this.#end),
      };
    });
    let { text } = this;
    for (const change of [...changes].sort((a, b) => b.start - a.start)) {
      text = text.slice(0, change.start) + change.text + text.slice(change.end);
    }
    this.lines = text.split('\n');
    return { document: this, contentChanges };
  }

  /** Changes all line ends, which VS Code tells by an event without changes. */
  endLinesWith(eol: 1 | 2): unknown {
    this.eol = eol;
    return { document: this, contentChanges: [] };
  }
}
