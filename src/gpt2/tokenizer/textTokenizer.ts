import type { PlacedTokens, Vocabulary } from '../../core/languageModel';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';

/** Text to token ids and back. Special tokens are ordinary text: none is ever made by what a user types. */
export interface TextTokenizer {
  /** The exact bytes of every token. */
  readonly vocabulary: Vocabulary;
  /** Why no text can be encoded, a sentence; left out where texts can. */
  readonly unreadable?: string;
  /**
   * Ids of a text; lone surrogates are read as U+FFFD.
   * @throws RangeError for a text that the vocabulary cannot express.
   */
  encode(text: string): number[];
  /** The same ids, and where each stands in the text; left out where the tokens' bytes are those of the text. */
  readonly tokenize?: ((text: string) => PlacedTokens) | undefined;
  /**
   * Text of ids; bytes that are not whole UTF-8 characters become U+FFFD.
   * @throws RangeError for an id that is not a token.
   */
  decode(ids: readonly number[]): string;
}

/** One array of bytes and where each token's begin, from the bytes of each token. */
export function joinTokens(tokens: readonly Uint8Array[]): Vocabulary {
  const offsets = new Uint32Array(tokens.length + 1);
  tokens.forEach((bytes, id) => (offsets[id + 1] = offsets[id]! + bytes.length));
  return { bytes: new Uint8Array(Buffer.concat(tokens)), offsets };
}

/**
 * Text of ids by the bytes of their tokens.
 * @throws RangeError for an id that is not a token.
 */
export function decodeBytes({ bytes, offsets }: Vocabulary, ids: readonly number[]): string {
  const pieces = ids.map((id) => {
    const start = offsets[id];
    const end = offsets[id + 1];
    if (start === undefined || end === undefined) {
      throw new RangeError(
        t(
          "Token id {0} is not one of the tokenizer's ids 0 to {1}.",
          written(id),
          written(offsets.length - 2),
        ),
      );
    }
    return bytes.subarray(start, end);
  });
  // ignoreBOM keeps U+FEFF, which a decoder would otherwise take for a mark and drop.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(pieces));
}

/**
 * A tokenizer for a model that has logits for `size` ids: checkpoints may pad the vocabulary with ids that stand
 * for no text, or know only its beginning.
 * @param modelName for sentences.
 */
export function fitTokenizer(tokenizer: TextTokenizer, size: number, modelName: string): TextTokenizer {
  const { tokenize } = tokenizer;
  const { bytes, offsets } = tokenizer.vocabulary;
  const known = offsets.length - 1;
  const shared = Math.min(size, known);
  const fitted = new Uint32Array(size + 1).fill(offsets[shared]!);
  fitted.set(offsets.subarray(0, shared + 1));
  const check = (ids: readonly number[]): void => {
    const outside = ids.find((id) => id >= size);
    if (outside === undefined) return;
    throw new RangeError(
      t(
        "The text needs token {0}, but {1} knows only the ids 0 to {2}. Use a model with its tokenizer's whole vocabulary of {3} tokens.",
        written(outside),
        modelName,
        written(size - 1),
        written(known),
      ),
    );
  };
  return {
    vocabulary: { bytes: bytes.subarray(0, offsets[shared]), offsets: fitted },
    encode(text) {
      const ids = tokenizer.encode(text);
      check(ids);
      return ids;
    },
    tokenize:
      tokenize &&
      ((text) => {
        const placed = tokenize(text);
        check(placed.ids);
        return placed;
      }),
    decode: (ids) => tokenizer.decode(ids.filter((id) => !(id >= known && id < size))),
  };
}
