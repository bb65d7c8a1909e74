/** Automata over the bytes of UTF-8, because tokens are bytes: one may end inside a character. */
import type { ReadonlyCharMap } from 'refa';

/** A state from which no text can match. */
export const DEAD = -1;

/** In the table of successors: not asked for yet. */
const UNKNOWN = -2;

/** A state of a deterministic automaton over code points. */
export interface CharacterState {
  readonly out: ReadonlyCharMap<CharacterState>;
}

/** A character of which some bytes have come. */
interface Place {
  readonly state: CharacterState;
  /** What has come of its code point. */
  readonly bits: number;
  /** How many bytes are to come, 0 between two characters, and how many there are in all. */
  readonly missing: number;
  readonly length: number;
}

const CONTINUATION_BITS = 6;

/**
 * A deterministic automaton over bytes, made of one over code points while it runs: its states are those of the
 * other together with the bytes of a character that has begun. Only states from which some text matches are live.
 *
 * UTF-8: Yergeau, RFC 3629, 2003; overlong forms and surrogates are no characters.
 */
export class ByteAutomaton {
  readonly #finals: ReadonlySet<CharacterState>;
  /** The states of the other automaton from which a final one is reached. */
  readonly #live: ReadonlySet<CharacterState>;
  readonly #places: Place[] = [];
  readonly #known = new Map<CharacterState, Map<number, number>>();
  readonly #ranges = new Map<CharacterState, Ranges>();
  /** Successors of every state, 256 each, found when they are asked for; with room for more states. */
  #next = new Int32Array(16 * 256).fill(UNKNOWN);
  readonly start: number;

  constructor(initial: CharacterState, finals: ReadonlySet<CharacterState>) {
    this.#finals = finals;
    this.#live = leadingTo(initial, finals);
    this.start = this.#live.has(initial) ? this.#between(initial) : DEAD;
  }

  /** How many states have been seen so far; they are numbered from 0. */
  get size(): number {
    return this.#places.length;
  }

  /** Whether a text may end here. */
  accepts(state: number): boolean {
    if (state === DEAD) return false;
    const place = this.#places[state]!;
    return place.missing === 0 && this.#finals.has(place.state);
  }

  /** The state after a byte; `DEAD` where nothing that begins so can match. */
  next(state: number, byte: number): number {
    if (state === DEAD) return DEAD;
    const entry = state * 256 + byte;
    const found = this.#next[entry]!;
    if (found !== UNKNOWN) return found;
    const made = this.#successor(this.#places[state]!, byte);
    this.#next[entry] = made;
    return made;
  }

  #successor({ state, bits, missing, length }: Place, byte: number): number {
    if (missing > 0) {
      if (byte >> CONTINUATION_BITS !== 0b10) return DEAD;
      return this.#after({
        state,
        bits: (bits << CONTINUATION_BITS) | (byte & 0x3f),
        missing: missing - 1,
        length,
      });
    }
    const of = byte < 0x80 ? 1 : byte < 0xc2 ? 0 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf5 ? 4 : 0;
    if (of === 0) return DEAD;
    return this.#after({
      state,
      bits: of === 1 ? byte : byte & (0x7f >> of),
      missing: of - 1,
      length: of,
    });
  }

  #after(place: Place): number {
    const { state, bits, missing } = place;
    if (missing === 0) {
      const target = isCharacter(bits) ? state.out.get(bits) : undefined;
      return target !== undefined && this.#live.has(target) ? this.#between(target) : DEAD;
    }
    return this.#leadsOn(place) ? this.#numberOf(place) : DEAD;
  }

  /** Whether some character that begins so leads on. */
  #leadsOn({ state, bits, missing, length }: Place): boolean {
    const shift = CONTINUATION_BITS * missing;
    const least = Math.max(bits << shift, SHORTEST[length]!);
    const most = Math.min(((bits + 1) << shift) - 1, 0x10ffff);
    const { mins, maxes } = this.#rangesOf(state);
    // The first range that ends no sooner than these characters begin.
    let low = 0;
    for (let high = mins.length; low < high;) {
      const middle = (low + high) >> 1;
      if (maxes[middle]! < least) low = middle + 1;
      else high = middle;
    }
    return least <= most && low < mins.length && mins[low]! <= most;
  }

  /** The ranges of characters that lead from a state to a live one, ascending. */
  #rangesOf(state: CharacterState): Ranges {
    const known = this.#ranges.get(state);
    if (known) return known;
    const made: Ranges = { mins: [], maxes: [] };
    for (const [{ min, max }, target] of state.out) {
      if (!this.#live.has(target)) continue;
      for (const [from, to] of [
        [min, Math.min(max, FIRST_SURROGATE - 1)],
        [Math.max(min, LAST_SURROGATE + 1), max],
      ] as const) {
        if (from > to) continue;
        made.mins.push(from);
        made.maxes.push(to);
      }
    }
    this.#ranges.set(state, made);
    return made;
  }

  #between(state: CharacterState): number {
    return this.#numberOf({ state, bits: 0, missing: 0, length: 0 });
  }

  #numberOf(place: Place): number {
    const { state, bits, missing, length } = place;
    const known = this.#known.get(state) ?? new Map<number, number>();
    this.#known.set(state, known);
    const key = bits * 16 + length * 4 + missing;
    const number = known.get(key);
    if (number !== undefined) return number;
    const made = this.#places.push(place) - 1;
    if (this.#places.length * 256 > this.#next.length) {
      const wider = new Int32Array(2 * this.#next.length).fill(UNKNOWN);
      wider.set(this.#next);
      this.#next = wider;
    }
    known.set(key, made);
    return made;
  }
}

/** The least code point that is written in so many bytes. */
const SHORTEST = [0, 0, 0x80, 0x800, 0x10000];

/** Surrogates are no characters of a text. */
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
const isCharacter = (point: number): boolean => point < FIRST_SURROGATE || point > LAST_SURROGATE;

interface Ranges {
  readonly mins: number[];
  readonly maxes: number[];
}

/** The states from which one of the finals is reached. */
function leadingTo(
  initial: CharacterState,
  finals: ReadonlySet<CharacterState>,
): ReadonlySet<CharacterState> {
  const before = new Map<CharacterState, CharacterState[]>();
  const seen = new Set([initial]);
  for (const state of seen) {
    for (const [, target] of state.out) {
      seen.add(target);
      const sources = before.get(target);
      if (sources) sources.push(state);
      else before.set(target, [state]);
    }
  }
  const leading = new Set([...finals].filter((state) => seen.has(state)));
  for (const state of leading) for (const source of before.get(state) ?? []) leading.add(source);
  return leading;
}
