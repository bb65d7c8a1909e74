/** A vocabulary and one vector of logits: the smallest language model there is. */
import type { Context, LanguageModel, ModelInfo, NextToken, Vocabulary } from './languageModel';
import { fnv1a64 } from './random';
import { t } from '../l10n/language';
import { asGiven } from '../l10n/numbers';

/** What determines a toy model: its words and, in the same order, their logits. */
export interface ToyDefinition {
  readonly words: readonly string[];
  readonly logits: readonly number[];
}

/** Five dishes: small enough to check every probability by hand. */
export const TOY_DEFAULT: ToyDefinition = {
  words: ['pizza', 'burger', 'pasta', 'salad', 'sushi'],
  logits: [2.0, 1.5, 0.5, 0.2, -0.1],
};

/** The nine words after "every effort moves you" in Raschka, Build a Large Language Model (From Scratch), section 5.3. */
export const TOY_BOOK: ToyDefinition = {
  words: ['closer', 'every', 'effort', 'forward', 'inches', 'moves', 'pizza', 'toward', 'you'],
  logits: [4.51, 0.89, -1.9, 6.75, 1.63, -1.62, -1.89, 6.28, 1.79],
};

/** Long enough for anything one would sample from it; the logits ignore the context, so it costs nothing. */
const CONTEXT_LENGTH = 1024;

/**
 * A language model whose logits are the same after every context, an empty one included.
 * Text is words separated by white space; token `i` is the bytes of a space and word `i`.
 */
export class ToyModel implements LanguageModel {
  readonly info: ModelInfo;
  readonly vocabulary: Vocabulary;
  readonly #logits: Float32Array;
  readonly #exact: Float64Array;
  readonly #tokens: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  /** @throws RangeError when a word or a logit cannot be used, naming it and the fix. */
  constructor({ words, logits }: ToyDefinition) {
    checkDefinition(words, logits);
    this.#logits = Float32Array.from(logits);
    this.#exact = Float64Array.from(logits);
    this.#tokens = words.map((word) => ` ${word}`);
    this.#ids = new Map(words.map((word, id) => [word, id]));
    this.vocabulary = packVocabulary(this.#tokens);
    this.info = {
      id: 'toy',
      name: t('Toy vocabulary'),
      kind: 'toy',
      vocabularySize: words.length,
      contextLength: CONTEXT_LENGTH,
      endOfText: [],
      startOfText: null,
      fingerprint: hashOf(JSON.stringify([words, logits])),
      precision: 'fp32',
      parameters: 0,
    };
  }

  /** Ids of the words of `text` that the vocabulary knows; the others are left out. */
  encode(text: string): number[] {
    return splitWords(text).flatMap((word) => this.#ids.get(word) ?? []);
  }

  /** @throws RangeError when an id is outside the vocabulary. */
  decode(ids: readonly number[]): string {
    this.#checkIds(ids);
    return ids.map((id) => this.#tokens[id]).join('');
  }

  next(contexts: readonly Context[]): Promise<NextToken[]> {
    return Promise.resolve().then(() =>
      contexts.map(({ tokens }) => {
        this.#checkContext(tokens);
        return { logits: this.#logits, exact: this.#exact, cache: { length: tokens.length } };
      }),
    );
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }

  #checkContext(tokens: readonly number[]): void {
    if (tokens.length > CONTEXT_LENGTH) {
      throw new RangeError(
        t(
          'The context has {0} tokens; the toy model takes at most {1}. Shorten it.',
          asGiven(tokens.length),
          asGiven(CONTEXT_LENGTH),
        ),
      );
    }
    this.#checkIds(tokens);
  }

  #checkIds(ids: readonly number[]): void {
    const wrong = ids.find((id) => this.#tokens[id] === undefined);
    if (wrong !== undefined) {
      throw new RangeError(
        t(
          'Token id {0} is outside the toy vocabulary; its ids run from 0 to {1}.',
          asGiven(wrong),
          asGiven(this.#tokens.length - 1),
        ),
      );
    }
  }
}

/** The words of a text: what stands between white space. */
export function splitWords(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}

function checkDefinition(words: readonly string[], logits: readonly number[]): void {
  if (words.length === 0) throw new RangeError(t('The toy vocabulary has no words; give it at least one.'));
  if (words.length !== logits.length) {
    throw new RangeError(
      t(
        'The toy vocabulary has {0} words but {1} logits; give every word one logit.',
        asGiven(words.length),
        asGiven(logits.length),
      ),
    );
  }
  const first = new Map<string, number>();
  words.forEach((word, index) => {
    if (word === '')
      throw new RangeError(t('Word {0} of the toy vocabulary is empty; type a word.', asGiven(index + 1)));
    if (/\s/u.test(word)) {
      throw new RangeError(
        t(
          'Word {0} of the toy vocabulary, "{1}", contains white space; words are separated by it, so join its parts, for example with a hyphen.',
          asGiven(index + 1),
          word,
        ),
      );
    }
    const earlier = first.get(word);
    if (earlier !== undefined) {
      throw new RangeError(
        t(
          'The toy vocabulary has "{0}" twice, as words {1} and {2}; use each word once.',
          word,
          asGiven(earlier + 1),
          asGiven(index + 1),
        ),
      );
    }
    first.set(word, index);
  });
  logits.forEach((logit, index) => {
    // Logits are float32: a finite double such as 1e39 would become infinite.
    if (!Number.isFinite(Math.fround(logit))) {
      throw new RangeError(
        t(
          'The logit of "{0}" is {1}; it must be a finite number between -3.4e38 and 3.4e38.',
          words[index] ?? '',
          asGiven(logit),
        ),
      );
    }
  });
}

function packVocabulary(tokens: readonly string[]): Vocabulary {
  const encoder = new TextEncoder();
  const pieces = tokens.map((token) => encoder.encode(token));
  const offsets = new Uint32Array(pieces.length + 1);
  pieces.forEach((piece, id) => {
    offsets[id + 1] = offsets[id]! + piece.length;
  });
  const bytes = new Uint8Array(offsets[pieces.length]!);
  pieces.forEach((piece, id) => {
    bytes.set(piece, offsets[id]);
  });
  return { bytes, offsets };
}

/** A text's hash as 16 hex digits. It tells toys apart; it is no protection against forgery. */
function hashOf(text: string): string {
  return fnv1a64(new TextEncoder().encode(text)).toString(16).padStart(16, '0');
}
