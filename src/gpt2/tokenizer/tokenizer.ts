import r50kBase from 'gpt-tokenizer/bpeRanks/r50k_base';
import type { Vocabulary } from '../../core/languageModel';
import { mergeBytePairs } from './bytePairs';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';

/** Id of `<|endoftext|>`, which no text is ever encoded to. */
export const END_OF_TEXT = 50256;

/** Number of GPT-2's token ids, the end of text included. */
export const GPT2_VOCABULARY_SIZE = 50257;

/** Tokens of a single byte; they have the first ids. */
const BYTES = 256;

/**
 * How GPT-2 cuts text into pieces before merging: contractions, letters, numbers, other marks, white space.
 * White space is Unicode's property and not JavaScript's `\s`, which counts U+FEFF and leaves out U+0085.
 */
const PIECES =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** Pieces longer than this are not remembered; words are shorter. */
const MEMORY_PIECE_LENGTH = 64;
const MEMORY_PIECES = 50_000;

/**
 * GPT-2's byte-level byte-pair encoding (Radford et al., "Language Models are Unsupervised Multitask Learners",
 * 2019). Special tokens are ordinary text: `<|endoftext|>` typed by a user becomes seven tokens.
 */
export class Gpt2Tokenizer {
  /** The exact bytes of every token; the end of text has those of `<|endoftext|>`. */
  readonly vocabulary: Vocabulary;
  private readonly ranks: ReadonlyMap<string, number>;
  private readonly longest: number;
  private readonly memory = new Map<string, readonly number[]>();

  constructor() {
    const ranks = new Map<string, number>();
    // Texts of single bytes are their own bytes, and most are: a buffer for each of 50,000 tokens takes five times as long.
    const pieces = (r50kBase as readonly (string | readonly number[])[]).map((token, id) => {
      const piece = typeof token === 'string' && isAscii(token) ? token : latin1(token);
      ranks.set(piece, id);
      return piece;
    });
    this.ranks = ranks;
    this.longest = pieces.reduce((longest, { length }) => Math.max(longest, length), 0);

    pieces.push('<|endoftext|>');
    const offsets = new Uint32Array(pieces.length + 1);
    pieces.forEach(({ length }, id) => (offsets[id + 1] = offsets[id]! + length));
    this.vocabulary = { bytes: new Uint8Array(Buffer.from(pieces.join(''), 'latin1')), offsets };
  }

  /** Ids of a text; lone surrogates are read as U+FFFD. O(n log n), whatever the text. */
  encode(text: string): number[] {
    const ids: number[] = [];
    for (const [piece] of text.replace(/\p{Surrogate}/gu, '\uFFFD').matchAll(PIECES)) {
      for (const id of this.encodePiece(piece)) ids.push(id);
    }
    return ids;
  }

  /**
   * Text of ids; bytes that are not whole UTF-8 characters become U+FFFD.
   * @throws RangeError for an id that is not a token.
   */
  decode(ids: readonly number[]): string {
    // ignoreBOM keeps U+FEFF, which a decoder would otherwise take for a mark and drop.
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.bytesOf(ids));
  }

  /** The bytes of ids, one after the other. */
  private bytesOf(ids: readonly number[]): Uint8Array {
    const { bytes, offsets } = this.vocabulary;
    let length = 0;
    for (const id of ids) {
      const start = offsets[id];
      const end = offsets[id + 1];
      if (start === undefined || end === undefined) {
        throw new RangeError(
          t("Token id {0} is not one of GPT-2's ids 0 to {1}.", written(id), written(END_OF_TEXT)),
        );
      }
      length += end - start;
    }
    const out = new Uint8Array(length);
    let at = 0;
    for (const id of ids) {
      const token = bytes.subarray(offsets[id], offsets[id + 1]);
      out.set(token, at);
      at += token.length;
    }
    return out;
  }

  /**
   * Every merge in the order in which GPT-2 learnt them, as the bytes of both parts: merge n makes token 256 + n.
   * A token's parts are what the earlier merges leave of it.
   */
  merges(): [Uint8Array, Uint8Array][] {
    const { bytes, offsets } = this.vocabulary;
    const of = (id: number): Uint8Array => bytes.subarray(offsets[id], offsets[id + 1]);
    return Array.from({ length: END_OF_TEXT - BYTES }, (_, n) => {
      const id = BYTES + n;
      const earlier = (piece: string): number | undefined => {
        const rank = this.ranks.get(piece);
        return rank !== undefined && rank < id ? rank : undefined;
      };
      const text = Buffer.from(of(id)).toString('latin1');
      const [left, right] = mergeBytePairs(text, { get: earlier }, this.longest);
      return [of(left!), of(right!)];
    });
  }

  private encodePiece(piece: string): readonly number[] {
    const known = this.memory.get(piece);
    if (known) return known;
    const bytes = Buffer.from(piece, 'utf8').toString('latin1');
    const whole = this.ranks.get(bytes);
    const ids = whole === undefined ? mergeBytePairs(bytes, this.ranks, this.longest) : [whole];
    if (piece.length <= MEMORY_PIECE_LENGTH) {
      if (this.memory.size >= MEMORY_PIECES) this.memory.clear();
      this.memory.set(piece, ids);
    }
    return ids;
  }
}

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

/** The bytes of a text, or of a list of them, as code units 0 to 255. */
function latin1(token: string | readonly number[]): string {
  return (typeof token === 'string' ? Buffer.from(token, 'utf8') : Buffer.from(token)).toString('latin1');
}
