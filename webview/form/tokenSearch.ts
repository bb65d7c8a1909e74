/** Finding tokens by their text. */
import type { Vocabulary } from '../../src/core/languageModel';

export interface FoundTokens {
  /** The ways to write the word as one token, in the order of `writings`. */
  readonly ids: readonly number[];
  /** True where no token is the word: the ids are those of the longest tokens that it begins with. */
  readonly pieces: boolean;
}

const searches = new WeakMap<Vocabulary, TokenSearch>();

/** The search of a vocabulary, made once. */
export function searchOf(vocabulary: Vocabulary): TokenSearch {
  const search = searches.get(vocabulary) ?? new TokenSearch(vocabulary);
  searches.set(vocabulary, search);
  return search;
}

/** A vocabulary by its tokens' texts. */
export class TokenSearch {
  readonly #ids = new Map<string, number>();
  readonly #longest: number;
  readonly #longer = new Map<string, number | undefined>();

  constructor({ bytes, offsets }: Vocabulary) {
    let longest = 0;
    // One text for all: of 150,000 tokens one by one, the first key that is typed would have to wait.
    const all = keyOf(bytes);
    for (let id = offsets.length - 2; id >= 0; id--) {
      const key = all.slice(offsets[id], offsets[id + 1]);
      longest = Math.max(longest, key.length);
      this.#ids.set(key, id);
    }
    this.#longest = longest;
  }

  /** The tokens of a word; none for an empty one. */
  find(typed: string): FoundTokens {
    const keys = writings(typed).map((text) => keyOf(encoder.encode(text)));
    const whole = keys.flatMap((key) => this.#ids.get(key) ?? []);
    if (whole.length > 0) return { ids: unique(whole), pieces: false };
    const pieces = keys.flatMap((key) => this.#beginning(key) ?? []);
    return { ids: unique(pieces), pieces: true };
  }

  /**
   * A text cut into the longest tokens from its begin on: a model that merges pairs may cut it otherwise.
   * @returns no id where some byte of it is no token
   */
  pieces(text: string): readonly number[] {
    const key = keyOf(encoder.encode(text));
    const ids: number[] = [];
    for (let at = 0; at < key.length;) {
      const found = this.#longestOf(key.slice(at, at + this.#longest));
      if (!found) return [];
      ids.push(found.id);
      at += found.length;
    }
    return ids;
  }

  /** A token in which a text is part of a longer word, one that it begins if there is one. */
  longerWord(text: string): number | undefined {
    if (text === '') return undefined;
    if (!this.#longer.has(text)) {
      if (this.#longer.size >= KEPT) this.#longer.clear();
      this.#longer.set(text, this.#longerWord(keyOf(encoder.encode(text))));
    }
    return this.#longer.get(text);
  }

  #longerWord(part: string): number | undefined {
    let found: number | undefined;
    let begun: number | undefined;
    // From the last id on: where pairs were merged in turn, the first ones are the most frequent.
    for (const [key, id] of this.#ids) {
      const at = key.indexOf(part);
      if (at < 0) continue;
      const goesOn = /^\p{L}/u.test(textOf(key.slice(at + part.length)));
      if (goesOn && at === 0) begun = id;
      if (goesOn || /\p{L}$/u.test(textOf(key.slice(0, at)))) found = id;
    }
    return begun ?? found;
  }

  #longestOf(key: string): { readonly id: number; readonly length: number } | undefined {
    for (let length = key.length; length > 0; length--) {
      const id = this.#ids.get(key.slice(0, length));
      if (id !== undefined) return { id, length };
    }
    return undefined;
  }

  /** The longest token that a text begins with. */
  #beginning(key: string): number | undefined {
    for (let length = Math.min(key.length, this.#longest); length > 0; length--) {
      const id = this.#ids.get(key.slice(0, length));
      if (id !== undefined && (length > 1 || key[0] !== ' ')) return id;
    }
    return undefined;
  }
}

/** A word as it may stand in a text: as it was typed, after a space, with a capital and without. */
function writings(typed: string): readonly string[] {
  const word = typed.trim();
  // White space alone is looked for as it is.
  if (word === '') return typed === '' ? [] : [typed];
  const [first = ''] = word;
  const rest = word.slice(first.length);
  const spelt = [word, first.toUpperCase() + rest, first.toLowerCase() + rest];
  const near = spelt.flatMap((one) => [` ${one}`, one]);
  return [...new Set([typed, ...near])];
}

/**
 * Writings of a word by their probability at a place, as far as it is known: most often the one after a space is meant.
 * @param known probabilities before the chain
 */
export function likeliestFirst(
  ids: readonly number[],
  known: ReadonlyMap<number, { readonly raw: number }>,
): readonly number[] {
  const raw = (id: number): number => known.get(id)?.raw ?? 0;
  return [...ids].sort((a, b) => raw(b) - raw(a));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Texts whose longer words are kept. */
const KEPT = 100;

/** A character for each byte. */
function keyOf(bytes: Uint8Array): string {
  const parts: string[] = [];
  // Arguments of one call are limited in number.
  for (let at = 0; at < bytes.length; at += PART) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + PART)));
  }
  return parts.join('');
}

const PART = 8192;

/** The inverse; bytes of a character that is cut show as one that is no letter. */
function textOf(key: string): string {
  return decoder.decode(Uint8Array.from(key, (character) => character.charCodeAt(0)));
}

function unique(ids: readonly number[]): readonly number[] {
  return [...new Set(ids)];
}
