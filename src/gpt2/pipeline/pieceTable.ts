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
  readonly #pieces: readonly ScoredPiece[];
  /** Rows of the pieces that begin with a unit. */
  readonly #rows = new Map<number, { from: number; to: number }>();

  /** @param pieces none of them twice, in any order; empty ones and halves of characters are never found. */
  constructor(pieces: readonly ScoredPiece[]) {
    this.#pieces = pieces
      .filter(({ piece }) => piece !== '' && !/\p{Surrogate}/u.test(piece))
      .sort((a, b) => (a.piece < b.piece ? -1 : 1));
    this.#pieces.forEach(({ piece }, row) => {
      const rows = this.#rows.get(piece.charCodeAt(0));
      if (rows) rows.to = row + 1;
      else this.#rows.set(piece.charCodeAt(0), { from: row, to: row + 1 });
    });
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
    const rows = this.#rows.get(text.charCodeAt(at));
    if (!rows) return undefined;
    let { from, to } = rows;
    let shortest: number | undefined;
    for (let length = 1; from < to; length++) {
      const { piece, id, score } = this.#pieces[from]!;
      if (piece.length === length) {
        shortest ??= at + length;
        visit(at + length, id, score);
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

  #unit(row: number, place: number): number {
    return this.#pieces[row]!.piece.charCodeAt(place);
  }
}
