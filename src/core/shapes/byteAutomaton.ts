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
  /** Before the character; where it may be any, after it. */
  readonly state: CharacterState;
  /** What has come of its code point. */
  readonly bits: number;
  /** How many bytes are to come, 0 between two characters, and how many there are in all; `ANY`. */
  readonly missing: number;
  readonly length: number;
}

/**
 * In place of a length: whatever bytes complete the character, it leads to the same state, so that it does not matter
 * how it began. Most characters are of this kind, and the automaton has few states because of it.
 */
const ANY = 0;

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
  /** Successors of every state, 256 each, found when they are asked for. */
  readonly #rows: Int32Array[] = [];
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
    const row = this.#rows[state]!;
    const found = row[byte]!;
    if (found !== UNKNOWN) return found;
    const made = this.#successor(this.#places[state]!, byte);
    row[byte] = made;
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
    const { state, bits, missing, length } = place;
    if (length === ANY) {
      return missing === 0 ? this.#between(state) : this.#numberOf({ state, bits: 0, missing, length });
    }
    if (missing === 0) {
      const target = isCharacter(bits) ? state.out.get(bits) : undefined;
      return target !== undefined && this.#live.has(target) ? this.#between(target) : DEAD;
    }
    const only = this.#onlyTarget(place);
    if (only !== undefined) return this.#numberOf({ state: only, bits: 0, missing, length: ANY });
    return this.#leadsOn(place) ? this.#numberOf(place) : DEAD;
  }

  /** The live state that every character that begins so leads to; undefined where some leads elsewhere. */
  #onlyTarget({ state, bits, missing, length }: Place): CharacterState | undefined {
    const shift = CONTINUATION_BITS * missing;
    const least = bits << shift;
    const most = ((bits + 1) << shift) - 1;
    const holdsNone =
      least < SHORTEST[length]! || most > LAST_POINT || (least <= LAST_SURROGATE && most >= FIRST_SURROGATE);
    if (holdsNone) return undefined;
    const { mins, maxes, targets } = this.#rangesOf(state);
    const place = firstAtLeast(maxes, least);
    return place < mins.length && mins[place]! <= least && most <= maxes[place]! ? targets[place] : undefined;
  }

  /** Whether some character that begins so leads on. */
  #leadsOn({ state, bits, missing, length }: Place): boolean {
    const shift = CONTINUATION_BITS * missing;
    const least = Math.max(bits << shift, SHORTEST[length]!);
    const most = Math.min(((bits + 1) << shift) - 1, LAST_POINT);
    const { mins, maxes } = this.#rangesOf(state);
    const place = firstAtLeast(maxes, least);
    return least <= most && place < mins.length && mins[place]! <= most;
  }

  /** The ranges of characters that lead from a state to a live one, ascending. */
  #rangesOf(state: CharacterState): Ranges {
    const known = this.#ranges.get(state);
    if (known) return known;
    const made: Ranges = { mins: [], maxes: [], targets: [] };
    for (const [{ min, max }, target] of state.out) {
      if (!this.#live.has(target)) continue;
      for (const [from, to] of [
        [min, Math.min(max, FIRST_SURROGATE - 1)],
        [Math.max(min, LAST_SURROGATE + 1), max],
      ] as const) {
        if (from > to) continue;
        // What adjoins the range before and leads to the same state is one with it.
        const joins = made.maxes.at(-1) === from - 1 && made.targets.at(-1) === target;
        if (joins) {
          made.maxes[made.maxes.length - 1] = to;
          continue;
        }
        made.mins.push(from);
        made.maxes.push(to);
        made.targets.push(target);
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
    this.#rows.push(new Int32Array(256).fill(UNKNOWN));
    known.set(key, made);
    return made;
  }
}

/** The least code point that is written in so many bytes. */
const SHORTEST = [0, 0, 0x80, 0x800, 0x10000];

/** Surrogates are no characters of a text. */
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
const LAST_POINT = 0x10ffff;
const isCharacter = (point: number): boolean => point < FIRST_SURROGATE || point > LAST_SURROGATE;

/** Ranges of characters, ascending, and the state that each leads to. */
interface Ranges {
  readonly mins: number[];
  readonly maxes: number[];
  readonly targets: CharacterState[];
}

/** Where the first of ascending numbers stands that is at least so large; their count where none is. */
function firstAtLeast(ascending: readonly number[], least: number): number {
  let low = 0;
  for (let high = ascending.length; low < high;) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
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
