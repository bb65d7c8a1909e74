import type { CacheHandle } from '../core/languageModel';
import { KeyValueRows } from './keyValueRows';
import type { RowsView } from './stepRunner';

/** Rows of one sequence among the `groups` that were continued together. */
export interface SuffixView extends RowsView {
  readonly groups: number;
  /** Which of the groups. */
  readonly sequence: number;
}

/**
 * What the model remembers of one context: a part that was read as text (`prefix`, shared by all continuations)
 * and the tokens that were then added one at a time (`suffix`).
 */
export class Gpt2Cache implements CacheHandle {
  constructor(
    /** The model that made it. */
    readonly owner: object,
    readonly tokens: Int32Array,
    readonly prefix: RowsView,
    readonly suffix: SuffixView | null,
  ) {}

  get length(): number {
    return this.tokens.length;
  }

  /** The same memory of fewer tokens; at least one. */
  truncated(length: number): Gpt2Cache {
    const tokens = this.tokens.subarray(0, length);
    const { prefix, suffix } = this;
    return length <= prefix.length
      ? new Gpt2Cache(this.owner, tokens, { ...prefix, length }, null)
      : new Gpt2Cache(this.owner, tokens, prefix, suffix && { ...suffix, length: length - prefix.length });
  }
}

/** Shape of the keys and values of one token. */
export interface TokenShape {
  /** 2 x layers. */
  readonly parts: number;
  readonly heads: number;
  readonly headWidth: number;
}

/** Appends the fresh keys and values of one sequence, [parts, heads, 1, tokens, head width], to its rows. */
export function appendRead(view: RowsView, fresh: Float32Array, shape: TokenShape): RowsView {
  const { heads, headWidth, parts } = shape;
  const count = fresh.length / (parts * heads * headWidth);
  const rows = view.rows.append(view.length, count, (part, target) => {
    for (let head = 0; head < heads; head++) {
      for (let token = 0; token < count; token++) {
        const from = ((part * heads + head) * count + token) * headWidth;
        target.set(fresh.subarray(from, from + headWidth), (token * heads + head) * headWidth);
      }
    }
  });
  return { rows, length: view.length + count };
}

/** Appends one token of every sequence, [parts, heads, groups, 1, head width]. */
export function appendStep(view: RowsView, fresh: Float32Array): RowsView {
  const size = view.rows.rowLength;
  const rows = view.rows.append(view.length, 1, (part, target) => {
    target.set(fresh.subarray(part * size, (part + 1) * size));
  });
  return { rows, length: view.length + 1 };
}

/** Rows of `suffixes`, all of the same length, copied side by side so that they can be continued together. */
export function joinSuffixes(suffixes: readonly SuffixView[], shape: TokenShape, room: number): RowsView {
  const { length } = suffixes[0]!;
  const groups = suffixes.length;
  const { parts, heads, headWidth } = shape;
  const empty = new KeyValueRows(parts, heads * groups * headWidth, length + room);
  const rows = empty.append(0, length, (part, target) => {
    suffixes.forEach((suffix, group) => {
      const source = suffix.rows.view(part, length);
      for (let i = 0; i < length * heads; i++) {
        const from = (i * suffix.groups + suffix.sequence) * headWidth;
        const to = (i * groups + group) * headWidth;
        for (let d = 0; d < headWidth; d++) target[to + d] = source[from + d]!;
      }
    });
  });
  return { rows, length };
}

/** Prefix and suffix as one prefix, to which several tokens at once can be appended. */
export function fold(cache: Gpt2Cache, shape: TokenShape, room: number): RowsView {
  const { prefix, suffix } = cache;
  if (!suffix) return prefix;
  const rowLength = shape.heads * shape.headWidth;
  const copy = new KeyValueRows(shape.parts, rowLength, cache.length + room).append(
    0,
    prefix.length,
    (part, target) => {
      target.set(prefix.rows.view(part, prefix.length));
    },
  );
  // A suffix of one sequence has the layout of a prefix.
  const alone = suffix.groups === 1 ? suffix : joinSuffixes([suffix], shape, 0);
  const rows = copy.append(prefix.length, suffix.length, (part, target) => {
    target.set(alone.rows.view(part, suffix.length));
  });
  return { rows, length: cache.length };
}
