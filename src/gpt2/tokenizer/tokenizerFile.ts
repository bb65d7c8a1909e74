import { join } from 'node:path';
import { messageOf } from '../../core/messageOf';
import { findModelJson, isJsonObject as isObject, TABLE_BYTES } from '../checkpoint/boundedFile';
import { ModelFileError } from '../checkpoint/modelFileError';
import { PatternError } from './pipeline/patterns';
import { readPipeline } from './pipeline/pipeline';
import { decodeBytes, joinTokens, type TextTokenizer } from './textTokenizer';
import { Gpt2Tokenizer, GPT2_VOCABULARY_SIZE } from './tokenizer';
import { byteLevelBytes, isByteLevel, tokenBytes } from './tokenBytes';
import { fromVocabularyAndMerges, withoutTokenizer } from './tokenizerFolder';
import { t } from '../../l10n/language';

type Json = Readonly<Record<string, unknown>>;

let gpt2: Gpt2Tokenizer | undefined;

/**
 * The tokenizer of a model folder: that of its `tokenizer.json`, else of its `vocab.json` and `merges.txt`, else
 * GPT-2's where nothing in the folder says otherwise. A model's own files that say the same as GPT-2's are read by
 * `Gpt2Tokenizer`, which is faster.
 * @param vocabularySize of the model, by which one without tokenizer files is known to be GPT-2's.
 * @throws ModelFileError when the files cannot be used, or are of another kind.
 */
export async function loadTokenizer(
  directory: string,
  vocabularySize = GPT2_VOCABULARY_SIZE,
): Promise<TextTokenizer> {
  const path = join(directory, 'tokenizer.json');
  const json =
    (await findModelJson(directory, 'tokenizer.json', { bytes: TABLE_BYTES })) ??
    (await fromVocabularyAndMerges(directory));
  gpt2 ??= new Gpt2Tokenizer();
  if (json === undefined) return withoutTokenizer(directory, vocabularySize, gpt2);
  if (isGpt2(json, gpt2)) return named(gpt2, json);
  return ownTokenizer(json, path);
}

/** GPT-2's tokenizer with the names of a model's further tokens, which no text becomes. */
function named(tokenizer: Gpt2Tokenizer, json: Json): TextTokenizer {
  const tokens = tokenBytes(json)!;
  const { bytes, offsets } = tokenizer.vocabulary;
  const same =
    tokens.length === offsets.length - 1 &&
    tokens.at(-1)!.equals(bytes.subarray(offsets.at(-2), offsets.at(-1)));
  if (same) return tokenizer;
  const vocabulary = joinTokens(tokens);
  return {
    vocabulary,
    encode: (text) => tokenizer.encode(text),
    decode: (ids) => decodeBytes(vocabulary, ids),
  };
}

/** Whether a `tokenizer.json` gives every text the ids that GPT-2's tokenizer gives it. */
function isGpt2(json: Json, { vocabulary: { bytes, offsets } }: Gpt2Tokenizer): boolean {
  const { model, normalizer, pre_tokenizer: pre } = json;
  if (!isObject(model) || !isObject(model['vocab']) || !isObject(pre) || (normalizer ?? null) !== null)
    return false;
  if (pre['type'] !== 'ByteLevel' || pre['add_prefix_space'] !== false || pre['use_regex'] === false)
    return false;
  // Texts may contain added tokens that are not special, as `readAddedTokens` says.
  const added = Array.isArray(json['added_tokens']) ? (json['added_tokens'] as Json[]) : [];
  if (added.some(({ special }) => special !== true) || model['ignore_merges'] === true) return false;
  const entries = Object.entries(model['vocab']);
  if (entries.length !== offsets.length - 1) return false;
  return entries.every(([token, id]) => {
    if (typeof id !== 'number') return false;
    const start = offsets[id];
    const end = offsets[id + 1];
    return (
      start !== undefined && end !== undefined && byteLevelBytes(token).equals(bytes.subarray(start, end))
    );
  });
}

/** A tokenizer by a `tokenizer.json` of its own. @param path for sentences. */
function ownTokenizer(json: Json, path: string): TextTokenizer {
  const tokens = tokenBytes(json);
  if (!tokens) {
    throw new ModelFileError(
      t(
        "{0} is of a kind whose tokens do not stand for fixed bytes of text; only byte-level tokenizers like GPT-2's and SentencePiece's can be shown token by token. Choose a model with one of those.",
        path,
      ),
    );
  }
  const vocabulary = joinTokens(tokens);
  try {
    const tokenize = readPipeline(json, isByteLevel(json));
    const clean = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD');
    return {
      vocabulary,
      encode: (text) => tokenize(clean(text)).ids,
      tokenize: (text) => tokenize(clean(text)),
      decode: (ids) => decodeBytes(vocabulary, ids),
    };
  } catch (error) {
    const why =
      error instanceof PatternError ? t('a pattern in it is not used: {0}', error.message) : messageOf(error);
    throw new ModelFileError(
      t(
        "{0} cannot be used: {1}. Choose a model whose tokenizer is like GPT-2's or SentencePiece's.",
        path,
        why,
      ),
    );
  }
}
