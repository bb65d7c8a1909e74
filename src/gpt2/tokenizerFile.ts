import { Tokenizer } from '@huggingface/tokenizers';
import { join } from 'node:path';
import { findModelJson, findModelText, isJsonObject as isObject, TABLE_BYTES } from './boundedFile';
import { ModelFileError, reason } from './modelFileError';
import type { Vocabulary } from '../core/languageModel';
import { decodeBytes, joinTokens, type TextTokenizer } from './textTokenizer';
import { Gpt2Tokenizer } from './tokenizer';
import { byteLevelBytes, isByteLevel, tokenBytes } from './tokenBytes';

type Json = Readonly<Record<string, unknown>>;

let gpt2: Gpt2Tokenizer | undefined;

/**
 * The tokenizer of a model folder: that of its `tokenizer.json`, else of its `vocab.json` and `merges.txt`, else
 * GPT-2's. A model's own files that say the same as GPT-2's are read by `Gpt2Tokenizer`, which is faster.
 * @throws ModelFileError when the files cannot be used.
 */
export async function loadTokenizer(directory: string): Promise<TextTokenizer> {
  const path = join(directory, 'tokenizer.json');
  const json =
    (await findModelJson(directory, 'tokenizer.json', { bytes: TABLE_BYTES })) ??
    (await fromVocabularyAndMerges(directory));
  gpt2 ??= new Gpt2Tokenizer();
  if (json === undefined || isGpt2(json, gpt2)) return gpt2;
  return ownTokenizer(json, path);
}

/** What `tokenizer.json` would say, from the two files of which GPT-2's tokenizer first consisted. */
async function fromVocabularyAndMerges(directory: string): Promise<Json | undefined> {
  const vocab = await findModelJson(directory, 'vocab.json', { bytes: TABLE_BYTES });
  const merges = await findModelText(directory, 'merges.txt', { bytes: TABLE_BYTES });
  if (!vocab || merges === undefined) return undefined;
  const lines = merges
    .split(/\r?\n/)
    .filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version')));
  return {
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab, merges: lines },
  };
}

/** Whether a `tokenizer.json` gives every text the ids that GPT-2's tokenizer gives it. */
function isGpt2(json: Json, { vocabulary: { bytes, offsets } }: Gpt2Tokenizer): boolean {
  const { model, normalizer, pre_tokenizer: pre } = json;
  if (!isObject(model) || !isObject(model['vocab']) || !isObject(pre) || (normalizer ?? null) !== null)
    return false;
  if (pre['type'] !== 'ByteLevel' || pre['add_prefix_space'] !== false || pre['use_regex'] === false)
    return false;
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
      `${path} is of a kind whose tokens do not stand for fixed bytes of text; only byte-level tokenizers like ` +
        `GPT-2's and SentencePiece's can be shown token by token. Choose a model with one of those.`,
    );
  }
  let tokenizer: Tokenizer;
  try {
    // Without its list of special tokens, none of them is ever recognized in a text.
    tokenizer = new Tokenizer({ ...json, added_tokens: [] }, {});
  } catch (error) {
    throw new ModelFileError(`${path} cannot be used (${reason(error)}). Get the model's own file again.`);
  }
  const vocabulary = joinTokens(tokens);
  const exact = isByteLevel(json) && (json['normalizer'] ?? null) === null;
  return {
    vocabulary,
    encode(text) {
      const clean = text.replace(/\p{Surrogate}/gu, '\uFFFD');
      const { ids } = tokenizer.encode(clean, { add_special_tokens: false });
      // Characters without a token are left out without a word; here nothing else can make a text shorter.
      if (exact && countBytes(vocabulary, ids) < Buffer.byteLength(clean))
        throw unknownCharacter(clean, vocabulary, ids);
      return ids;
    },
    decode: (ids) => decodeBytes(vocabulary, ids),
  };
}

function countBytes({ offsets }: Vocabulary, ids: readonly number[]): number {
  return ids.reduce((sum, id) => sum + offsets[id + 1]! - offsets[id]!, 0);
}

function unknownCharacter(text: string, vocabulary: Vocabulary, ids: readonly number[]): RangeError {
  const kept = Array.from(decodeBytes(vocabulary, ids));
  const lost = Array.from(text).find((character, i) => character !== kept[i]) ?? '';
  return new RangeError(
    `The text has ${JSON.stringify(lost)}, for which this model's vocabulary has no token. ` +
      `Leave it out, or choose another model.`,
  );
}
