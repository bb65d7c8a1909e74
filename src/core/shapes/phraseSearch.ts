/** Where a phrase has just ended in a text of tokens, whatever tokens it is made of. */
import type { Vocabulary } from '../languageModel';
import { DEAD, type ByteAutomaton } from './byteAutomaton';

/**
 * Reads bytes and tells of every place at which a match ends: all beginnings are followed at once, those that have
 * come to the same state as the earliest of them.
 */
class Reader {
  #active = new Map<number, number>();
  #length = 0;

  constructor(readonly automaton: ByteAutomaton) {}

  /** @returns where the match begins that ends with this byte, the earliest if there are several; -1 without one. */
  read(byte: number): number {
    const { automaton } = this;
    const after = new Map<number, number>();
    let begin = -1;
    const follow = (state: number, from: number): void => {
      const next = automaton.next(state, byte);
      if (next === DEAD || after.has(next)) return;
      after.set(next, from);
      if (automaton.accepts(next) && (begin === -1 || from < begin)) begin = from;
    };
    // In the order in which they began, so that the earliest has each state.
    for (const [state, from] of this.#active) follow(state, from);
    follow(automaton.start, this.#length++);
    this.#active = after;
    return begin;
  }
}

/** A phrase in a text. */
export interface FoundPhrase {
  /** The token in which it begins: an index into the text. */
  readonly token: number;
  /** Its bytes: from `begin` to before `end`, in the text's. */
  readonly begin: number;
  readonly end: number;
}

/**
 * The first phrase that ends in a text of tokens; the earliest beginning where several end there.
 * @param tokens ids of `vocabulary`.
 */
export function findPhrase(
  automaton: ByteAutomaton,
  vocabulary: Vocabulary,
  tokens: ArrayLike<number>,
): FoundPhrase | undefined {
  const { bytes, offsets } = vocabulary;
  const reader = new Reader(automaton);
  /** The byte at which each token begins. */
  const begins: number[] = [];
  let length = 0;
  for (let place = 0; place < tokens.length; place++) {
    const id = tokens[place]!;
    begins.push(length);
    for (let at = offsets[id]!; at < offsets[id + 1]!; at++) {
      length++;
      const begin = reader.read(bytes[at]!);
      if (begin === -1) continue;
      let token = place;
      while (begins[token]! > begin) token--;
      return { token, begin, end: length };
    }
  }
  return undefined;
}
