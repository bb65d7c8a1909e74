/** A piece of a vocabulary. */
export interface ScoredPiece {
  readonly piece: string;
  readonly id: number;
  readonly score: number;
}

/**
 * Finds the pieces that a text begins with. They lie sorted, so that those with a common beginning lie next to each
 * other and each further unit of the text narrows them down by bisection: as fast as a trie here, and no larger
 * than the vocabulary, which may have 250,000 pieces.
 */
export class PieceTable {
  /** The UTF-16 units of all pieces, one after the other, and where those of each begin, and end last. */
  readonly #units: Uint16Array;
  readonly #begins: Uint32Array;
  readonly #ids: Uint32Array;
  readonly #scores: Float64Array;
  /** By unit, the first row whose piece begins with it or with a higher one. */
  readonly #rows: Uint32Array;

  /** @param pieces none of them twice, in any order; empty ones and halves of characters are never found. */
  constructor(pieces: readonly ScoredPiece[]) {
    const sorted = pieces
      .filter(({ piece }) => piece !== '' && !/\p{Surrogate}/u.test(piece))
      .sort((a, b) => (a.piece < b.piece ? -1 : 1));
    this.#ids = Uint32Array.from(sorted, ({ id }) => id);
    this.#scores = Float64Array.from(sorted, ({ score }) => score);
    this.#begins = new Uint32Array(sorted.length + 1);
    sorted.forEach(({ piece }, row) => (this.#begins[row + 1] = this.#begins[row]! + piece.length));
    this.#units = new Uint16Array(this.#begins.at(-1)!);
    this.#rows = new Uint32Array(0x10001);
    sorted.forEach(({ piece }, row) => {
      for (let i = 0; i < piece.length; i++) this.#units[this.#begins[row]! + i] = piece.charCodeAt(i);
      this.#rows[piece.charCodeAt(0) + 1] = row + 1;
    });
    for (let unit = 0; unit < 0x10000; unit++) {
      this.#rows[unit + 1] = Math.max(this.#rows[unit]!, this.#rows[unit + 1]!);
    }
  }

  /**
   * Visits the pieces that stand at a unit of a text, the shortest first, with the unit at which each ends.
   * @returns where the shortest ends; undefined where none stands there.
   */
  eachPrefix(
    text: string,
    at: number,
    visit: (end: number, id: number, score: number) => void,
  ): number | undefined {
    const first = text.charCodeAt(at);
    let from = this.#rows[first]!;
    let to = this.#rows[first + 1]!;
    let shortest: number | undefined;
    for (let length = 1; from < to; length++) {
      if (this.#begins[from + 1]! - this.#begins[from]! === length) {
        shortest ??= at + length;
        visit(at + length, this.#ids[from]!, this.#scores[from]!);
        from++;
      }
      if (at + length >= text.length) break;
      const unit = text.charCodeAt(at + length);
      // Where all that are left go on alike there is nothing to narrow down.
      if (from < to && this.#unit(from, length) === unit && this.#unit(to - 1, length) === unit) continue;
      from = this.#firstRow(from, to, length, unit);
      to = this.#firstRow(from, to, length, unit + 1);
    }
    return shortest;
  }

  /** The first of some rows whose piece has at a place a unit that is not below the given one. */
  #firstRow(from: number, to: number, place: number, unit: number): number {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#unit(middle, place) < unit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A unit of a piece that is longer than `place`, as all are that have been narrowed down to. */
  #unit(row: number, place: number): number {
    return this.#units[this.#begins[row]! + place]!;
  }
}
