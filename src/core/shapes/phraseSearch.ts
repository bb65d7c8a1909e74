/** Where a phrase has just ended in a text of tokens, whatever tokens it is made of. */
import type { Vocabulary } from '../languageModel';
import { DEAD, type ByteAutomaton } from './byteAutomaton';

/** A phrase in a text. */
export interface FoundPhrase {
  /** The token in which it begins: an index into the tokens that were searched. */
  readonly token: number;
  readonly text: string;
}

/** What is searched: tokens of a list. */
export interface SearchedTokens {
  /** Ids of the vocabulary. The list may grow and shrink between two searches. */
  readonly tokens: ArrayLike<number>;
  /** The first token of the text, and how many of its bytes come before the text. */
  readonly from: number;
  readonly skipped: number;
}

/** How far a text has been read. */
interface Read {
  /** States in which matches stand that have begun, each with the byte at which the earliest of them began. */
  readonly active: ReadonlyMap<number, number>;
  /** Bytes of the text. */
  readonly length: number;
  /** The first phrase that has ended in it. */
  readonly found: FoundPhrase | undefined;
}

/** A text that was searched before, token by token. */
interface Known {
  readonly from: number;
  readonly skipped: number;
  readonly ids: number[];
  /** The byte at which each token begins. */
  readonly begins: number[];
  /** After each token. */
  readonly reads: Read[];
}

const NOTHING: Read = { active: new Map(), length: 0, found: undefined };

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Searches texts that grow token by token: what has been read of a list is not read again. All beginnings of a match
 * are followed at once, those that have come to the same state as the earliest of them.
 */
export class PhraseSearch {
  readonly #known = new WeakMap<ArrayLike<number>, Known>();

  /** @param silent a token that stands for no text, whatever its bytes */
  constructor(
    readonly automaton: ByteAutomaton,
    readonly vocabulary: Vocabulary,
    readonly silent: number,
  ) {}

  /** The first phrase that ends in a text; the one that begins earliest where several end there. */
  find({ tokens, from, skipped }: SearchedTokens): FoundPhrase | undefined {
    let known = this.#known.get(tokens);
    if (known?.from !== from || known.skipped !== skipped) {
      known = { from, skipped, ids: [], begins: [], reads: [] };
      this.#known.set(tokens, known);
    }
    const { ids, begins, reads } = known;
    let same = 0;
    while (same < ids.length && ids[same] === tokens[from + same]) same++;
    ids.length = begins.length = reads.length = same;
    for (let place = same; from + place < tokens.length; place++) {
      ids.push(tokens[from + place]!);
      begins.push(reads.at(-1)?.length ?? 0);
      reads.push(this.#read(known, place));
    }
    const found = reads.at(-1)?.found;
    return found && { ...found, token: from + found.token };
  }

  /** Whether a token holds a phrase by itself. @param skipped bytes of it that are left out */
  isIn(id: number, skipped = 0): boolean {
    const alone: Known = { from: 0, skipped, ids: [id], begins: [0], reads: [] };
    return this.#read(alone, 0).found !== undefined;
  }

  #read(known: Known, place: number): Read {
    const before = known.reads[place - 1] ?? NOTHING;
    if (before.found) return before;
    let { active, length } = before;
    for (const byte of this.#bytesOf(known, place)) {
      const after = new Map<number, number>();
      const begin = this.#follow(active, length++, byte, after);
      active = after;
      if (begin === -1) continue;
      let token = place;
      while (known.begins[token]! > begin) token--;
      const bytes = known.ids.slice(token, place + 1).flatMap((_, i) => [...this.#bytesOf(known, token + i)]);
      const start = known.begins[token]!;
      const text = decoder.decode(Uint8Array.from(bytes.slice(begin - start, length - start)));
      return { active, length, found: { token, text } };
    }
    return { active, length, found: undefined };
  }

  /** @returns where the match begins that ends with this byte, the earliest if there are several; -1 without one. */
  #follow(
    active: ReadonlyMap<number, number>,
    place: number,
    byte: number,
    after: Map<number, number>,
  ): number {
    const { automaton } = this;
    let begin = -1;
    const follow = (state: number, from: number): void => {
      const next = automaton.next(state, byte);
      if (next === DEAD || after.has(next)) return;
      after.set(next, from);
      if (automaton.accepts(next) && (begin === -1 || from < begin)) begin = from;
    };
    // In the order in which they began, so that the earliest has each state.
    for (const [state, from] of active) follow(state, from);
    follow(automaton.start, place);
    return begin;
  }

  #bytesOf({ ids, skipped }: Known, place: number): Uint8Array {
    const { bytes, offsets } = this.vocabulary;
    const id = ids[place]!;
    if (id === this.silent) return new Uint8Array();
    return bytes.subarray(
      Math.min(offsets[id]! + (place === 0 ? skipped : 0), offsets[id + 1]!),
      offsets[id + 1],
    );
  }
}
