/**
 * Tokens as people can read them. A token is a run of bytes, not always a whole number of characters: a chip
 * shows the bytes of half a character, while a completion joins the halves that its tokens make together.
 */
import type { Vocabulary } from '../../src/core/languageModel';
import { visibleMark, hexBytes } from '../../src/core/visibleText';

/** A part of a token's text; a mark stands for something that would be invisible or is not a character. */
export interface Piece {
  readonly text: string;
  readonly mark: boolean;
}

/** A token within a completion. */
export interface TokenText {
  readonly pieces: readonly Piece[];
  /** True when all its bytes belong to a character that an earlier token began and shows. */
  readonly continues: boolean;
}

/** The bytes of a token, none for an id outside the vocabulary. */
export function tokenBytes({ bytes, offsets }: Vocabulary, id: number): Uint8Array {
  return bytes.subarray(offsets[id] ?? 0, offsets[id + 1] ?? 0);
}

/** A token on its own: white space visible, bytes that are no whole character as `‹E2 82›`. */
export function tokenPieces(bytes: Uint8Array): Piece[] {
  const pieces: Piece[] = [];
  for (const { start, length, character } of scan(bytes)) {
    if (character === null) add(pieces, hex(bytes.subarray(start, start + length)), true);
    else {
      const mark = visibleMark(character);
      add(pieces, mark ?? character, mark !== null);
    }
  }
  return pieces;
}

/** The same as one string, for labels. */
export function tokenLabel(bytes: Uint8Array): string {
  return tokenPieces(bytes)
    .map(({ text }) => text)
    .join('');
}

/** The text of tokens in a row; bytes that are no whole character become U+FFFD. */
export function completionText(vocabulary: Vocabulary, ids: readonly number[]): string {
  const pieces = ids.map((id) => tokenBytes(vocabulary, id));
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return decoder.decode(bytes);
}

/** A completion's tokens as running text, grown token by token. */
export class JoinedText {
  readonly #settled: Piece[][] = [];
  /** The last whole character; the beginning is that of a line. */
  #last = '\n';
  #tokens: TokenText[] = [];
  /** Bytes at the end that may become a character with what follows, and the token of each. */
  #tail: { byte: number; owner: number }[] = [];

  get tokens(): readonly TokenText[] {
    return this.#tokens;
  }

  append(bytes: Uint8Array): void {
    const token = this.#settled.length;
    this.#settled.push([]);
    const waiting = [...this.#tail, ...Array.from(bytes, (byte) => ({ byte, owner: token }))];
    const buffer = Uint8Array.from(waiting, ({ byte }) => byte);
    const touched = new Set(waiting.map(({ owner }) => owner)).add(token);
    this.#tail = [];
    for (const { start, length, character, unfinished } of scan(buffer)) {
      const part = waiting.slice(start, start + length);
      if (unfinished) this.#tail = part;
      else if (character === null) this.#addBytes(this.#settled, part);
      else {
        addRunning(this.#settled[part[0]!.owner]!, character, this.#last);
        this.#last = character;
      }
    }
    const shown = new Map([...touched].map((owner) => [owner, [...this.#settled[owner]!]]));
    this.#addBytes(shown, this.#tail);
    for (const [owner, pieces] of shown) {
      this.#tokens[owner] = { pieces, continues: pieces.length === 0 };
    }
  }

  #addBytes(
    target: Piece[][] | Map<number, Piece[]>,
    part: readonly { byte: number; owner: number }[],
  ): void {
    for (const owner of new Set(part.map((entry) => entry.owner))) {
      const bytes = Uint8Array.from(part.filter((entry) => entry.owner === owner).map(({ byte }) => byte));
      add((target instanceof Map ? target.get(owner) : target[owner])!, hex(bytes), true);
    }
  }
}

/** Belong to the character before them in running text: joiners and variation selectors, as emoji use them. */
const JOINING = /^[\u200C\u200D\p{Variation_Selector}]$/u;

/**
 * White space stays white space in running text; what would be invisible gets its mark. Of line ends in a row each has
 * its mark, and the first alone ends the line: empty lines would be voids.
 * @param last the character before it
 */
function addRunning(pieces: Piece[], character: string, last: string): void {
  const plain = character === ' ' || JOINING.test(character);
  const mark = plain ? null : visibleMark(character);
  if (mark !== null) add(pieces, mark, true);
  if (mark === null || (character === '\n' && last !== '\n')) add(pieces, character, false);
}

function add(pieces: Piece[], text: string, mark: boolean): void {
  const last = pieces.at(-1);
  // Runs of bytes keep their own brackets; everything else of one kind is one piece.
  if (last?.mark === mark && !text.startsWith('‹')) {
    pieces[pieces.length - 1] = { text: last.text + text, mark };
  } else pieces.push({ text, mark });
}

function hex(bytes: Uint8Array): string {
  return `‹${hexBytes(bytes)}›`;
}

interface Segment {
  readonly start: number;
  readonly length: number;
  /** One character, or null for bytes that are none. */
  readonly character: string | null;
  /** The bytes begin a character and stop before it is whole. */
  readonly unfinished: boolean;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Splits bytes into characters, runs of bytes that are none, and at the end the beginning of one. */
function scan(bytes: Uint8Array): Segment[] {
  const segments: Segment[] = [];
  let wrong = 0;
  let at = 0;
  const flush = (): void => {
    if (at > wrong) segments.push({ start: wrong, length: at - wrong, character: null, unfinished: false });
  };
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    if (length === 0) {
      at += 1;
      continue;
    }
    flush();
    const unfinished = at + length > bytes.length;
    const end = Math.min(at + length, bytes.length);
    const character = unfinished ? null : decoder.decode(bytes.subarray(at, end));
    segments.push({ start: at, length: end - at, character, unfinished });
    at = end;
    wrong = end;
  }
  flush();
  return segments;
}

/** Bytes of the UTF-8 character that begins at `at` (more than are left if the end comes first), 0 if none does. */
function characterLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  const length =
    lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
  for (let i = 1; i < length && at + i < bytes.length; i++) {
    const byte = bytes[at + i]!;
    // The second byte's range excludes overlong forms, surrogates and what lies beyond U+10FFFF (RFC 3629).
    const least = i > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const most = i > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (byte < least || byte > most) return 0;
  }
  return length;
}
