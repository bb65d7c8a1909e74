/** Automata over the bytes of UTF-8, because tokens are bytes: one may end inside a character. */
import type { ReadonlyCharMap } from 'refa';
import { FIRST_SURROGATE, LAST_POINT, LAST_SURROGATE, type Alphabet } from './alphabet';

/** A state from which no text can match. */
export const DEAD = -1;

/** In the table of successors: not asked for yet. */
const UNKNOWN = -2;

/** A state of a deterministic automaton over kinds of characters. */
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

/** From here on a character takes several bytes, none of which is below this. */
const FIRST_LONG = 0x80;

/** Characters that most vocabularies have long tokens of: a, a space, 0. */
const USUAL = [0x61, 0x20, 0x30];

/**
 * A deterministic automaton over bytes, made of one over characters while it runs: its states are those of the
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
  /** Successors of every state, 256 each, found when they are asked for. */
  readonly #rows: Int32Array[] = [];
  readonly start: number;
  readonly #initial: CharacterState;

  constructor(
    initial: CharacterState,
    finals: ReadonlySet<CharacterState>,
    readonly alphabet: Alphabet,
  ) {
    this.#initial = initial;
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

  /** A text of the fewest characters, usual ones where there is a choice; undefined where there is no text. */
  shortest(): string | undefined {
    if (!this.#live.has(this.#initial)) return undefined;
    const { mins, maxes } = this.alphabet;
    const points = Array.from(mins, (min, range) => {
      const usual = USUAL.findIndex((point) => min <= point && point <= maxes[range]!);
      return { range, usual: usual < 0 ? USUAL.length : usual, point: USUAL[usual] ?? min };
    }).sort((a, b) => a.usual - b.usual);
    const texts = new Map([[this.#initial, '']]);
    // A map goes on with what is added to it meanwhile: the shorter texts come first.
    for (const [state, text] of texts) {
      if (this.#finals.has(state)) return text;
      for (const { range, point } of points) {
        const target = this.#target(state, range);
        if (target && !texts.has(target)) texts.set(target, text + String.fromCodePoint(point));
      }
    }
    return undefined;
  }

  /** One entry per byte, 1 for those that some text may have. */
  bytes(): Uint8Array {
    const found = new Uint8Array(256);
    const { mins, maxes } = this.alphabet;
    const states = [...this.#live];
    mins.forEach((min, range) => {
      if (!states.some((state) => this.#target(state, range))) return;
      if (min < FIRST_LONG) found.fill(1, min, Math.min(maxes[range]!, FIRST_LONG - 1) + 1);
      if (maxes[range]! >= FIRST_LONG) found.fill(1, FIRST_LONG);
    });
    return found;
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
      const range = this.#rangeFrom(bits);
      const target = range !== undefined && this.alphabet.mins[range]! <= bits && this.#target(state, range);
      return target ? this.#between(target) : DEAD;
    }
    const targets = this.#targetsOf(place);
    if (targets === 'none') return DEAD;
    if (targets === 'several') return this.#numberOf(place);
    return this.#numberOf({ state: targets, bits: 0, missing, length: ANY });
  }

  /** The live states that the characters that begin so lead to: none, several, or one that all of them lead to. */
  #targetsOf({ state, bits, missing, length }: Place): CharacterState | 'none' | 'several' {
    const { mins, maxes } = this.alphabet;
    const shift = CONTINUATION_BITS * missing;
    const least = Math.max(bits << shift, SHORTEST[length]!);
    const most = Math.min(((bits + 1) << shift) - 1, LAST_POINT);
    if (least > most) return 'none';
    // That some of them are no characters does matter: a state for all would let them through.
    let isWhole =
      least === bits << shift &&
      most === ((bits + 1) << shift) - 1 &&
      (most < FIRST_SURROGATE || least > LAST_SURROGATE);
    let found: CharacterState | undefined;
    let covered = least;
    for (let range = this.#rangeFrom(least) ?? mins.length; range < mins.length; range++) {
      if (mins[range]! > most) break;
      const target = this.#target(state, range);
      if (mins[range]! > covered || target === undefined || (found ?? target) !== target) isWhole = false;
      found ??= target;
      if (found && !isWhole) return 'several';
      covered = maxes[range]! + 1;
    }
    if (!found) return 'none';
    return covered > most ? found : 'several';
  }

  /** The first range of characters that ends no sooner than at this one; undefined behind the last. */
  #rangeFrom(point: number): number | undefined {
    const { maxes } = this.alphabet;
    let low = 0;
    for (let high = maxes.length; low < high;) {
      const middle = (low + high) >> 1;
      if (maxes[middle]! < point) low = middle + 1;
      else high = middle;
    }
    return low < maxes.length ? low : undefined;
  }

  /** The live state that the characters of a range lead to. */
  #target(state: CharacterState, range: number): CharacterState | undefined {
    const target = state.out.get(this.alphabet.kinds[range]!);
    return target !== undefined && this.#live.has(target) ? target : undefined;
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
