import type { NextToken } from '../core/languageModel';
import type { RowsView } from './stepRunner';

interface Entry {
  readonly tokens: Int32Array;
  readonly view: RowsView;
  readonly answer: NextToken;
}

/** What is known of the beginning of a text. */
export type Known =
  | { readonly answer: NextToken }
  /** Keys and values of its first `view.length` tokens; null where nothing is known. */
  | { readonly answer: null; readonly view: RowsView | null };

/**
 * Remembers texts that were read, so that editing the end of one, or going on from it, costs only what is new.
 * The least recently used go when they take more bytes than allowed.
 *
 * Only whole pieces are reused, and a whole text: a text is read in pieces of `piece` tokens from its start, so
 * what is reused has the very bits that reading it anew would give, and a result can be replayed whatever was
 * read before.
 */
export class PromptCache {
  /** In the order of use, the least recent first. */
  private readonly entries = new Set<Entry>();

  constructor(
    private readonly piece: number,
    private readonly limitBytes: number,
  ) {}

  /** Bytes held. */
  get byteLength(): number {
    return [...this.entries].reduce((sum, entry) => sum + sizeOf(entry), 0);
  }

  find(tokens: readonly number[]): Known {
    // The last token must be read for its logits, unless the whole text is known.
    const most = Math.floor((tokens.length - 1) / this.piece) * this.piece;
    let best: Entry | undefined;
    let length = 0;
    for (const entry of this.entries) {
      const common = commonLength(entry.tokens, tokens);
      if (common === tokens.length && common === entry.tokens.length) {
        this.use(entry);
        return { answer: entry.answer };
      }
      const whole = Math.min(most, Math.floor(common / this.piece) * this.piece);
      if (whole > length) {
        length = whole;
        best = entry;
      }
    }
    if (!best) return { answer: null, view: null };
    this.use(best);
    return { answer: null, view: { rows: best.view.rows, length } };
  }

  /** Remembers a text that was read from its start in whole pieces; one that is too large is not remembered. */
  add(tokens: readonly number[], view: RowsView, answer: NextToken): void {
    const added = { tokens: Int32Array.from(tokens), view, answer };
    if (sizeOf(added) > this.limitBytes) return;
    this.entries.add(added);
    let bytes = this.byteLength;
    for (const entry of this.entries) {
      if (bytes <= this.limitBytes) break;
      this.entries.delete(entry);
      bytes -= sizeOf(entry);
    }
  }

  clear(): void {
    this.entries.clear();
  }

  private use(entry: Entry): void {
    this.entries.delete(entry);
    this.entries.add(entry);
  }
}

function sizeOf({ tokens, view, answer }: Entry): number {
  return tokens.byteLength + view.rows.byteLength + answer.logits.buffer.byteLength;
}

function commonLength(known: Int32Array, tokens: readonly number[]): number {
  const most = Math.min(known.length, tokens.length);
  let length = 0;
  while (length < most && known[length] === tokens[length]) length++;
  return length;
}
