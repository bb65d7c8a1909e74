/**
 * A text on its way through a tokenizer's steps, and where each of its characters came from: steps add, change and
 * remove characters, but tokens are shown in the text that a user wrote. Offsets are UTF-16 units.
 */
export class AlignedText {
  private constructor(
    readonly text: string,
    /** What is added to places; where there are no lists, the text is a part of the original that begins there. */
    private readonly offset: number,
    private readonly starts: readonly number[] | null,
    private readonly ends: readonly number[] | null,
    /** Where the text as a whole begins in the original. */
    readonly begin: number,
  ) {}

  static of(text: string): AlignedText {
    return new AlignedText(text, 0, null, null, 0);
  }

  get length(): number {
    return this.text.length;
  }

  /** Where the character of unit `i` begins in the original. */
  start(i: number): number {
    if (this.starts) return this.starts[i]!;
    return this.offset + (isLow(this.text, i) ? i - 1 : i);
  }

  /** Where the character of unit `i` ends in the original. */
  end(i: number): number {
    if (this.ends) return this.ends[i]!;
    return this.offset + (isLow(this.text, i + 1) ? i + 2 : i + 1);
  }

  slice(from: number, to: number): AlignedText {
    if (from === 0 && to === this.text.length) return this;
    const text = this.text.slice(from, to);
    const begin = from === 0 ? this.begin : this.start(from);
    if (!this.starts || !this.ends) return new AlignedText(text, this.offset + from, null, null, begin);
    return new AlignedText(text, 0, this.starts.slice(from, to), this.ends.slice(from, to), begin);
  }

  /**
   * Another text in its place.
   * @param write adds parts in order, each with the unit of this text whose place it takes.
   * @param keepsBegin whether the new text begins where this one does even when its first characters are gone.
   */
  rewrite(write: (add: (part: string, from: number) => void) => void, keepsBegin = false): AlignedText {
    let text = '';
    let begin = this.begin;
    const starts: number[] = [];
    const ends: number[] = [];
    write((part, from) => {
      if (text === '' && from > 0 && !keepsBegin) begin = this.start(from);
      text += part;
      const [start, end] = this.text === '' ? [0, 0] : [this.start(from), this.end(from)];
      for (let i = 0; i < part.length; i++) {
        starts.push(start);
        ends.push(end);
      }
    });
    return new AlignedText(text, 0, starts, ends, begin);
  }

  /** The text with something before it, which takes the place of its first character. */
  prepend(part: string): AlignedText {
    return this.rewrite((add) => {
      add(part, 0);
      this.eachCharacter(add);
    });
  }

  /** Every character with its unit. */
  eachCharacter(visit: (character: string, unit: number) => void): void {
    let unit = 0;
    for (const character of this.text) {
      visit(character, unit);
      unit += character.length;
    }
  }
}

/** Whether unit `i` is the second half of a character. */
function isLow(text: string, i: number): boolean {
  if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) return false;
  return (text.charCodeAt(i - 1) & 0xfc00) === 0xd800;
}

/** A step that changes a text before it is cut. */
export type Normalizer = (text: AlignedText) => AlignedText;
