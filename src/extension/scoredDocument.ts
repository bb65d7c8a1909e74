/** Scores of a document's tokens, kept in step with its edits. Offsets are UTF-16 units into its text with LF. */
import type { Edit, Span } from './spans';

/** One token of a document, as the model saw it. */
export interface ScoredToken {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  /** Nats. */
  readonly logProbability: number;
  /** 0 = most probable. */
  readonly rank: number;
  /** Nats. */
  readonly entropy: number;
  /** The best tokens there, most probable first. */
  readonly alternatives: readonly { readonly id: number; readonly logProbability: number }[];
}

/** The tokens of a document that are scored, in the order of the text, without overlap between two scorings. */
export class ScoredDocument {
  #tokens: ScoredToken[] = [];

  get tokens(): readonly ScoredToken[] {
    return this.#tokens;
  }

  /** The token at an offset; undefined where nothing is scored. */
  at(offset: number): ScoredToken | undefined {
    const found = this.#tokens[this.#firstEndingAfter(offset)];
    return found && found.start <= offset ? found : undefined;
  }

  /** Takes newly scored tokens in the place of whatever was known between the first and the last of them. */
  put(tokens: readonly ScoredToken[]): void {
    const first = tokens[0];
    const last = tokens.at(-1);
    if (!first || !last) return;
    const low = this.#firstEndingAfter(first.start);
    let high = low;
    while (high < this.#tokens.length && this.#tokens[high]!.start < last.end) high++;
    this.#tokens = [...this.#tokens.slice(0, low), ...tokens, ...this.#tokens.slice(high)];
  }

  /**
   * Follows an edit: tokens before it stay, tokens that touch it go, tokens behind it move along.
   * @returns the edited part, in the new text
   */
  edit({ offset, length, inserted }: Edit): Span {
    const shift = inserted - length;
    this.#tokens = this.#tokens.flatMap((token) => {
      if (token.end <= offset && !(token.end === offset && length === 0 && inserted > 0)) return [token];
      if (token.start >= offset + length) {
        return [{ ...token, start: token.start + shift, end: token.end + shift }];
      }
      return [];
    });
    return { start: offset, end: offset + inserted };
  }

  #firstEndingAfter(offset: number): number {
    let low = 0;
    let high = this.#tokens.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#tokens[middle]!.end <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The smallest span that holds both. */
export function hull(a: Span | undefined, b: Span): Span {
  return a ? { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) } : b;
}
