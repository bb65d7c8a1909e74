/** Scores of a document's tokens, kept in step with its edits. Offsets are UTF-16 units into its text with LF. */
import type { Edit, Span } from '../document/spans';

/** What a model thought of one token. */
export interface TokenScore {
  readonly id: number;
  /** Nats. */
  readonly logProbability: number;
  /** 0 = most probable. */
  readonly rank: number;
  /** Nats. */
  readonly entropy: number;
  /** The best tokens there, most probable first. */
  readonly alternatives: readonly { readonly id: number; readonly logProbability: number }[];
}

/** One token of a document, as the model saw it. */
export interface ScoredToken extends TokenScore, Span {}

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
    this.#tokens.splice(low, high - low, ...tokens);
  }

  /** Takes tokens in the place of all that were known. */
  replace(tokens: readonly ScoredToken[]): void {
    this.#tokens = [...tokens];
  }

  /** Follows an edit: tokens before it stay, tokens that touch it go, tokens behind it move along. */
  edit({ offset, length, inserted }: Edit): void {
    const shift = inserted - length;
    this.#tokens = this.#tokens.flatMap((token) => {
      if (token.end <= offset && !(token.end === offset && length === 0 && inserted > 0)) return [token];
      if (token.start >= offset + length) {
        return [{ ...token, start: token.start + shift, end: token.end + shift }];
      }
      return [];
    });
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
