/** How a text that is longer than a model's context is cut into windows that are read one by one. */
import { fnv1a64 } from '../../core/random';

/** Tokens `from` up to `end` are scored after those from `start` on have been read. */
export interface ScoringWindow {
  readonly start: number;
  readonly from: number;
  readonly end: number;
}

/**
 * The windows of a text. The text is cut into chunks of a quarter to a half of the context; each is scored after the
 * one before it, the first two together. Where a chunk ends is decided by the tokens around alone: it is the place
 * with the least hash of the two tokens that meet there (content-defined chunking, as in Muthitacharoen, Chen and
 * Mazières, "A Low-bandwidth Network File System", 2001, with the least value of a range instead of a mask). So the
 * windows are a function of the text, and an insertion moves those near it, not all that follow.
 * @param tokens with the one before the text, which is only read
 * @returns in the order of the text; each holds at most `contextLength` + 1 tokens, of which the last is not read
 */
export function scoringWindows(tokens: readonly number[], contextLength: number): ScoringWindow[] {
  const { length } = tokens;
  if (length <= 1) return [];
  if (length <= contextLength + 1) return [{ start: 0, from: 1, end: length }];
  const most = Math.max(1, contextLength >> 1);
  const least = Math.max(1, most >> 1);
  const bounds = [0];
  for (let bound = 0; bound < length; bounds.push(bound)) {
    bound = length - bound <= most ? length : leastHash(tokens, bound + least, bound + most);
  }
  return bounds.slice(2).map((end, i) => ({ start: bounds[i]!, from: i === 0 ? 1 : bounds[i + 1]!, end }));
}

/** The first place from `low` to `high` where two tokens with the least hash meet. */
function leastHash(tokens: readonly number[], low: number, high: number): number {
  let best = low;
  let least = Infinity;
  for (let i = low; i <= high; i++) {
    const hash = mixed(Math.imul(tokens[i - 1]!, 0x9e3779b1) ^ tokens[i]!);
    if (hash >= least) continue;
    least = hash;
    best = i;
  }
  return best;
}

/** The finalizer of MurmurHash3 (Appleby): every bit of the input changes about half of those of the output. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A name for everything that a window's scores depend on: two windows with one name have the same scores. */
export function windowKey(tokens: readonly number[], { start, from, end }: ScoringWindow): string {
  const seen = Int32Array.of(from - start, ...tokens.slice(start, end));
  return fnv1a64(new Uint8Array(seen.buffer)).toString(16);
}
