/** Whether a text of so many tokens can have a shape. */
import type { Vocabulary } from '../languageModel';
import { DEAD } from './byteAutomaton';
import type { TokenMasks } from './tokenMasks';

/** Tokens that are tried, over all states that are looked at: 60 states of GPT-2, which take up to half a second. */
const MOST_TRIED = 60 * 50_257;

/** States that are looked at, however few tokens there are. */
const MOST_LOOKED_AT = 20_000;

/** Tokens of a vocabulary that is searched to the end, to tell a shape that takes more from one that nothing fits. */
const SMALL = 4096;

/** Why so many tokens are too few. */
export interface TooFew {
  /** Tokens that a text takes at least; Infinity where the vocabulary has none of the shape. */
  readonly least: number;
  /** Tokens that are enough; null where that is not known. */
  readonly enough: number | null;
}

/**
 * Whether so many tokens, the one that ends a text not counted, are too few for any text of a shape. Three looks, each
 * only where the one before does not decide: the shortest text, cut into the longest tokens; as many of the longest
 * token as it has bytes; and a breadth-first search over the states of the automaton, which is given up after a while.
 *
 * Moore, The Shortest Path through a Maze, 1959.
 * @returns undefined where they are enough, and where that cannot be told in time
 */
export function tooFewTokens(masks: TokenMasks, most: number): TooFew | undefined {
  const { automaton, vocabulary } = masks;
  const shortest = automaton.shortest();
  if (shortest === undefined) return { least: Infinity, enough: null };
  const bytes = new TextEncoder().encode(shortest);
  const enough = bytes.length <= most && hasAllBytes(vocabulary) ? bytes.length : cut(vocabulary, bytes);
  if (enough !== null && enough <= most) return undefined;
  // A character is at least a byte, and the shortest text has the fewest of them.
  const bound = Math.ceil(Array.from(shortest).length / longestOf(masks));
  const least = bound > most ? bound : search(masks, most);
  return least === undefined ? undefined : { least, enough };
}

/** @returns the tokens that a text takes at least, or as many as it is known to, where these are more than `most` */
function search(masks: TokenMasks, most: number): number | undefined {
  const { automaton, vocabulary } = masks;
  const size = vocabulary.offsets.length - 1;
  const mostLookedAt = Math.min(MOST_LOOKED_AT, Math.floor(MOST_TRIED / size));
  if (automaton.start === DEAD) return Infinity;
  if (automaton.accepts(automaton.start)) return undefined;
  const seen = new Set([automaton.start]);
  let frontier = [automaton.start];
  let looked = 0;
  for (let tokens = 1; frontier.length > 0; tokens++) {
    const tooMany = tokens > most;
    if (tooMany && size > SMALL) return tokens;
    const next: number[] = [];
    for (const state of frontier) {
      if (++looked > mostLookedAt) return tooMany ? tokens : undefined;
      for (const reached of masks.successors(state)) {
        if (automaton.accepts(reached)) return tooMany ? tokens : undefined;
        if (seen.has(reached)) continue;
        seen.add(reached);
        next.push(reached);
      }
    }
    frontier = next;
  }
  return Infinity;
}

/** Tokens by their bytes as Latin-1 letters, and the length of the longest. */
interface Pieces {
  readonly all: ReadonlySet<string>;
  readonly longest: number;
}

const pieces = new WeakMap<Vocabulary, Pieces>();

function piecesOf(vocabulary: Vocabulary): Pieces {
  const known = pieces.get(vocabulary);
  if (known) return known;
  const { bytes, offsets } = vocabulary;
  const all = new Set<string>();
  let longest = 0;
  for (let id = 0; id + 1 < offsets.length; id++) {
    all.add(String.fromCharCode(...bytes.subarray(offsets[id], offsets[id + 1])));
    longest = Math.max(longest, offsets[id + 1]! - offsets[id]!);
  }
  const made = { all, longest };
  pieces.set(vocabulary, made);
  return made;
}

function hasAllBytes(vocabulary: Vocabulary): boolean {
  const { all } = piecesOf(vocabulary);
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).every((one) => all.has(one));
}

/** Tokens of a text, the longest that fits at each place; null where none does. */
function cut(vocabulary: Vocabulary, text: Uint8Array): number | null {
  const { all, longest } = piecesOf(vocabulary);
  const letters = Array.from(text, (byte) => String.fromCharCode(byte)).join('');
  let tokens = 0;
  for (let at = 0; at < letters.length; tokens++) {
    let length = Math.min(longest, letters.length - at);
    while (length > 0 && !all.has(letters.slice(at, at + length))) length--;
    if (length === 0) return null;
    at += length;
  }
  return tokens;
}

/** Bytes of the longest token that is made of bytes which the shape can have; at least 1. */
function longestOf({ automaton, vocabulary: { bytes, offsets } }: TokenMasks): number {
  const allowed = automaton.bytes();
  let longest = 1;
  for (let id = 0; id + 1 < offsets.length; id++) {
    const length = offsets[id + 1]! - offsets[id]!;
    if (
      length > longest &&
      bytes.subarray(offsets[id], offsets[id + 1]).every((byte) => allowed[byte] === 1)
    ) {
      longest = length;
    }
  }
  return longest;
}
