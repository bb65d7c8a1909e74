/** Which tokens can come next, where the bytes of what comes must follow an automaton. */
import type { Vocabulary } from '../languageModel';
import { DEAD, type ByteAutomaton } from './byteAutomaton';

/** Masks that are kept: one byte per token each. */
const KEPT = 128;

/** The tokens of a vocabulary in the order of their bytes, so that neighbours share beginnings. */
interface Sorted {
  readonly ids: Uint32Array;
  /** How many bytes a token shares with the one before it. */
  readonly shared: Uint32Array;
}

const sorted = new WeakMap<Vocabulary, Sorted>();

/** Tokens that an automaton allows in its states. */
export class TokenMasks {
  readonly #order: Sorted;
  readonly #masks = new Map<number, Uint8Array>();

  constructor(
    readonly automaton: ByteAutomaton,
    readonly vocabulary: Vocabulary,
  ) {
    const known = sorted.get(vocabulary);
    this.#order = known ?? sort(vocabulary);
    if (!known) sorted.set(vocabulary, this.#order);
  }

  /** The state after a token's bytes from `skipped` on; `DEAD` where it cannot come. */
  after(state: number, id: number, skipped = 0): number {
    const { bytes, offsets } = this.vocabulary;
    let reached = state;
    for (let at = offsets[id]! + skipped; at < offsets[id + 1]! && reached !== DEAD; at++) {
      reached = this.automaton.next(reached, bytes[at]!);
    }
    return reached;
  }

  /**
   * @returns one entry per token id, 1 where a match can still follow the token; not to be changed. A token
   * without bytes leads nowhere and is left out.
   */
  of(state: number): Uint8Array {
    const known = this.#masks.get(state);
    if (known) return known;
    const mask = this.#find(state);
    if (this.#masks.size >= KEPT) this.#masks.delete(this.#masks.keys().next().value!);
    this.#masks.set(state, mask);
    return mask;
  }

  /** The same for tokens of which some bytes come before the text: those that are not longer bring nothing of it. */
  behind(state: number, skipped: number): Uint8Array {
    const { offsets } = this.vocabulary;
    return Uint8Array.from({ length: offsets.length - 1 }, (_, id) => {
      const length = offsets[id + 1]! - offsets[id]!;
      return length >= skipped && length > 0 && this.after(state, id, skipped) !== DEAD ? 1 : 0;
    });
  }

  #find(state: number): Uint8Array {
    const { automaton, vocabulary } = this;
    const { bytes, offsets } = vocabulary;
    const { ids, shared } = this.#order;
    const mask = new Uint8Array(ids.length);
    // The states after each byte of the token at hand, as far as it has been read.
    const states: number[] = [state];
    let read = 0;
    // The number of bytes that led nowhere: all tokens that begin with them are out.
    let dead = Infinity;
    for (let place = 0; place < ids.length; place++) {
      const common = shared[place]!;
      if (common >= dead) continue;
      dead = Infinity;
      const start = offsets[ids[place]!]!;
      const length = offsets[ids[place]! + 1]! - start;
      for (read = Math.min(read, common); read < length; read++) {
        const next = automaton.next(states[read]!, bytes[start + read]!);
        if (next === DEAD) {
          dead = read + 1;
          break;
        }
        states[read + 1] = next;
      }
      if (dead === Infinity && length > 0) mask[ids[place]!] = 1;
    }
    return mask;
  }
}

function sort({ bytes, offsets }: Vocabulary): Sorted {
  const token = (id: number): Uint8Array => bytes.subarray(offsets[id], offsets[id + 1]);
  const ids = Uint32Array.from({ length: offsets.length - 1 }, (_, id) => id);
  ids.sort((a, b) => compareBytes(token(a), token(b)));
  const shared = new Uint32Array(ids.length);
  for (let place = 1; place < ids.length; place++) {
    const one = token(ids[place - 1]!);
    const other = token(ids[place]!);
    let same = 0;
    while (same < one.length && same < other.length && one[same] === other[same]) same++;
    shared[place] = same;
  }
  return { ids, shared };
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
