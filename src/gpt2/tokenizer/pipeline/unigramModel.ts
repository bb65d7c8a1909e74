import { byteLevelText, byteToken } from '../tokenBytes';
import { noToken, type PieceToken } from './pieceMemory';
import { PieceTable } from './pieceTable';
import { StepError, type Json } from './step';
import { t } from '../../../l10n/language';
import { written } from '../../../l10n/numbers';

/** By how much an unknown character's score is below that of the worst piece, as SentencePiece has it. */
const UNKNOWN_PENALTY = 10;

/** In UTF-16 units. SentencePiece makes pieces of up to 16; the time that a text takes grows with the longest. */
const MOST_PIECE_LENGTH = 256;

/** Stands for an unknown character until it is known what becomes of it. */
const UNKNOWN = -1;

/**
 * A unigram language model over pieces (Kudo, "Subword Regularization", 2018): of all ways to write a text as
 * pieces, the one with the greatest sum of scores, found by Viterbi's algorithm. Of equal sums the one counts
 * whose last piece begins first, as in Hugging Face's tokenizers. Unknown characters in a row are one token, or
 * the tokens of their bytes.
 */
export class UnigramModel {
  readonly #table: PieceTable;
  readonly #unknownScore: number;
  /** The unknown token's id; undefined where there is none. */
  readonly #unknown: number | undefined;
  /** Ids of the tokens that stand for bytes, by byte; undefined where unknown characters are not written so. */
  readonly #bytes: readonly (number | undefined)[] | undefined;

  /**
   * @param byteLevel whether pieces are written as bytes, and not as characters.
   * @param special texts that are never tokens: what a user writes does not become the end of a text. As in
   * SentencePiece neither do the unknown token and those of bytes, which stand for something else.
   * @throws StepError where it is not such a model.
   */
  constructor(
    model: Json,
    private readonly byteLevel: boolean,
    special: ReadonlySet<string>,
  ) {
    const entries = readEntries(model['vocab']);
    const unknown = model['unk_id'] ?? undefined;
    if (unknown !== undefined && !(Number.isInteger(unknown) && entries[unknown as number] !== undefined)) {
      throw new StepError(
        t(
          'its unk_id {0} is none of the ids 0 to {1} of its vocabulary',
          JSON.stringify(unknown),
          written(entries.length - 1),
        ),
      );
    }
    this.#unknown = unknown as number | undefined;
    const ids = new Map(entries.map(([piece], id) => [piece, id]));
    const bytes = Array.from({ length: 256 }, (_, byte) => byteToken(byte));
    const ofBytes = new Set(model['byte_fallback'] === true ? bytes : []);
    if (ofBytes.size > 0) this.#bytes = bytes.map((token) => ids.get(token));
    this.#table = new PieceTable(
      [...ids]
        .filter(([piece, id]) => id !== unknown && !special.has(piece) && !ofBytes.has(piece))
        .map(([piece, id]) => ({ piece, id, score: entries[id]![1] })),
    );
    this.#unknownScore =
      entries.reduce((least, [, score]) => Math.min(least, score), Infinity) - UNKNOWN_PENALTY;
  }

  /** The tokens of a piece. @throws RangeError for a character that has no token. */
  encode(text: string): readonly PieceToken[] {
    if (!this.byteLevel) return this.#encode(text);
    const firsts: number[] = [];
    const lasts: number[] = [];
    let written = '';
    let unit = 0;
    for (const character of text) {
      const bytes = byteLevelText(Buffer.from(character, 'utf8'));
      for (let i = 0; i < bytes.length; i++) {
        firsts.push(unit);
        lasts.push(unit + character.length - 1);
      }
      written += bytes;
      unit += character.length;
    }
    return this.#encode(written).map(({ id, first, last }) => ({
      id,
      first: firsts[first]!,
      last: lasts[last]!,
    }));
  }

  #encode(text: string): PieceToken[] {
    const { ids, starts } = this.#bestPaths(text);
    const tokens: PieceToken[] = [];
    for (let end = text.length; end > 0;) {
      let start = starts[end]!;
      if (ids[end] !== UNKNOWN) tokens.push({ id: ids[end]!, first: start, last: end - 1 });
      else {
        while (start > 0 && ids[start] === UNKNOWN) start = starts[start]!;
        // One by one: a text may have a million of them, and a call cannot.
        for (const token of this.#unknownTokens(text.slice(start, end), start).reverse()) tokens.push(token);
      }
      end = start;
    }
    return tokens.reverse();
  }

  /** For each end of a piece in a text, where the last piece of the best way to there starts, and its id. */
  #bestPaths(text: string): { ids: Int32Array; starts: Int32Array } {
    const ids = new Int32Array(text.length + 1);
    const starts = new Int32Array(text.length + 1).fill(-1);
    const scores = new Float64Array(text.length + 1);
    let start = 0;
    const reach = (end: number, id: number, score: number): void => {
      const sum = scores[start]! + score;
      if (starts[end]! >= 0 && sum <= scores[end]!) return;
      scores[end] = sum;
      starts[end] = start;
      ids[end] = id;
    };
    while (start < text.length) {
      const next = start + (text.codePointAt(start)! > 0xffff ? 2 : 1);
      const shortest = this.#table.eachPrefix(text, start, reach);
      if (shortest !== next) reach(next, UNKNOWN, this.#unknownScore);
      start = next;
    }
    return { ids, starts };
  }

  /** The tokens of unknown characters in a row, the first of which is at a unit. */
  #unknownTokens(characters: string, at: number): PieceToken[] {
    const tokens: PieceToken[] = [];
    let unit = at;
    for (const character of this.#bytes ? characters : '') {
      const last = unit + character.length - 1;
      for (const byte of Buffer.from(character, 'utf8')) {
        tokens.push({ id: this.#bytes![byte] ?? UNKNOWN, first: unit, last });
      }
      unit = last + 1;
    }
    if (tokens.length > 0 && tokens.every(({ id }) => id !== UNKNOWN)) return tokens;
    if (this.#unknown === undefined) throw noToken(String.fromCodePoint(characters.codePointAt(0)!));
    return [{ id: this.#unknown, first: at, last: at + characters.length - 1 }];
  }
}

type Entry = readonly [piece: string, score: number];

function readEntries(vocab: unknown): readonly Entry[] {
  if (!Array.isArray(vocab) || vocab.length === 0)
    throw new StepError(t('its vocabulary is not a list of pieces'));
  vocab.forEach((entry: unknown, id) => {
    const [piece, score] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof piece !== 'string' || typeof score !== 'number' || !Number.isFinite(score)) {
      throw new StepError(
        t(
          'its piece {0} is {1}, expected a text and its score',
          written(id),
          JSON.stringify(entry).slice(0, 80),
        ),
      );
    }
    if (piece.length > MOST_PIECE_LENGTH) {
      throw new StepError(
        t(
          'its piece {0} has {1} characters, expected at most {2}',
          written(id),
          written(piece.length),
          written(MOST_PIECE_LENGTH),
        ),
      );
    }
  });
  return vocab as Entry[];
}
