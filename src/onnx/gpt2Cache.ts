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

/** Rows of `suffixes`, all of the same length, copied side by side so that they can be continued together. */
export function joinSuffixes(suffixes: readonly SuffixView[], shape: TokenShape, room: number): RowsView {
  const { length } = suffixes[0]!;
  const groups = suffixes.length;
  const { parts, heads, headWidth } = shape;
  const rows = new KeyValueRows(parts, heads * groups * headWidth, length + room).claim(0, length);
  for (let part = 0; part < parts; part++) {
    const target = rows.view(part, 0, length);
    suffixes.forEach((suffix, group) => {
      const source = suffix.rows.view(part, 0, length);
      for (let i = 0; i < length * heads; i++) {
        const from = (i * suffix.groups + suffix.sequence) * headWidth;
        const to = (i * groups + group) * headWidth;
        for (let d = 0; d < headWidth; d++) target[to + d] = source[from + d]!;
      }
    });
  }
  return { rows, length };
}

/** Prefix and suffix as one prefix, to which several tokens at once can be appended. */
export function fold(cache: Gpt2Cache, shape: TokenShape, room: number): RowsView {
  const { prefix, suffix, length } = cache;
  if (!suffix) return prefix;
  const { parts, heads, headWidth } = shape;
  const rows = new KeyValueRows(parts, heads * headWidth, length + room).claim(0, length);
  // A suffix of one sequence has the layout of a prefix.
  const alone = suffix.groups === 1 ? suffix : joinSuffixes([suffix], shape, 0);
  for (let part = 0; part < parts; part++) {
    rows.view(part, 0, prefix.length).set(prefix.rows.view(part, 0, prefix.length));
    rows.view(part, prefix.length, length).set(alone.rows.view(part, 0, suffix.length));
  }
  return { rows, length };
}
