/** Which tokens hold a phrase by themselves. */
import type { Vocabulary } from '../languageModel';
import { DEAD, type ByteAutomaton } from './byteAutomaton';
import { byteTree } from './byteTree';

/** In place of a set: a phrase has ended. */
const FOUND = -1;

/**
 * The sets of states in which matches stand that have begun anywhere, numbered as they are reached: a deterministic
 * automaton that is made while it runs.
 */
class BegunMatches {
  readonly #sets: number[][] = [[]];
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #successors = new Map<number, number>();

  constructor(readonly automaton: ByteAutomaton) {}

  /** The set after a byte, another match beginning with it; `FOUND` where one has ended. The empty set is 0. */
  after(set: number, byte: number): number {
    const key = set * 256 + byte;
    const known = this.#successors.get(key);
    if (known !== undefined) return known;
    const made = this.#successor(this.#sets[set]!, byte);
    this.#successors.set(key, made);
    return made;
  }

  #successor(states: readonly number[], byte: number): number {
    const reached = new Set<number>();
    for (const state of [...states, this.automaton.start]) {
      const next = this.automaton.next(state, byte);
      if (this.automaton.accepts(next)) return FOUND;
      if (next !== DEAD) reached.add(next);
    }
    const all = [...reached].sort((a, b) => a - b);
    const key = all.join();
    const number = this.#numbers.get(key) ?? this.#sets.push(all) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}

/** @returns one entry per token id, 1 where a match of the automaton lies within the token. */
export function tokensHolding(automaton: ByteAutomaton, vocabulary: Vocabulary): Uint8Array {
  const { bytes, depths, ends, ids, tokens, deepest } = byteTree(vocabulary);
  const holding = new Uint8Array(vocabulary.offsets.length - 1);
  const begun = new BegunMatches(automaton);
  const sets = new Int32Array(deepest + 1);
  for (let node = 0; node < bytes.length;) {
    const depth = depths[node]!;
    const set = begun.after(sets[depth]!, bytes[node]!);
    if (set !== FOUND) {
      sets[depth + 1] = set;
      node++;
      continue;
    }
    // All that begin so hold it.
    const end = ends[node]!;
    for (let at = tokens[node]!; at < tokens[end]!; at++) holding[ids[at]!] = 1;
    node = end;
  }
  return holding;
}
