/** Which tokens can come next, where the bytes of what comes must follow an automaton. */
import type { Vocabulary } from '../languageModel';
import { DEAD, type ByteAutomaton } from './byteAutomaton';
import { byteTree, type ByteTree } from './byteTree';

/** Masks that are kept: one byte per token each. */
const KEPT = 128;

/** Tokens that an automaton allows in its states. */
export class TokenMasks {
  readonly #tree: ByteTree;
  readonly #masks = new Map<string, Uint8Array>();

  constructor(
    readonly automaton: ByteAutomaton,
    readonly vocabulary: Vocabulary,
  ) {
    this.#tree = byteTree(vocabulary);
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
    return this.#kept(String(state), () => this.#find(state));
  }

  /** The same for tokens of which some bytes come before the text: those that are not longer bring nothing of it. */
  behind(state: number, skipped: number): Uint8Array {
    return this.#kept(`${state} ${skipped}`, () => {
      const { offsets } = this.vocabulary;
      const mask = new Uint8Array(offsets.length - 1);
      for (let id = 0; id < mask.length; id++) {
        const length = offsets[id + 1]! - offsets[id]!;
        if (length >= skipped && length > 0 && this.after(state, id, skipped) !== DEAD) mask[id] = 1;
      }
      return mask;
    });
  }

  #kept(key: string, find: () => Uint8Array): Uint8Array {
    const known = this.#masks.get(key);
    if (known) return known;
    const mask = find();
    if (this.#masks.size >= KEPT) this.#masks.delete(this.#masks.keys().next().value!);
    this.#masks.set(key, mask);
    return mask;
  }

  /** The states that some token leads to. */
  successors(state: number): Set<number> {
    const reached = new Set<number>();
    this.#walk(state, (_, next) => reached.add(next));
    return reached;
  }

  #find(state: number): Uint8Array {
    const mask = new Uint8Array(this.vocabulary.offsets.length - 1);
    this.#walk(state, (id) => (mask[id] = 1));
    return mask;
  }

  /** @param found is told of every token that can come, and of the state after it */
  #walk(state: number, found: (id: number, next: number) => void): void {
    const { automaton } = this;
    const { bytes, depths, ends, ids, tokens, deepest } = this.#tree;
    // The states on the way to the node at hand: after so many bytes.
    const states = new Int32Array(deepest + 1);
    states[0] = state;
    for (let node = 0; node < bytes.length;) {
      const depth = depths[node]!;
      const reached = automaton.next(states[depth]!, bytes[node]!);
      if (reached === DEAD) {
        node = ends[node]!;
        continue;
      }
      states[depth + 1] = reached;
      for (let at = tokens[node]!; at < tokens[node + 1]!; at++) found(ids[at]!, reached);
      node++;
    }
  }
}
