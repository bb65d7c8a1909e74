import { join } from 'node:path';
import { findModelJson, findModelText, isThere, SETTINGS_BYTES, TABLE_BYTES } from './boundedFile';
import { ModelFileError } from './modelFileError';
import { joinTokens, type TextTokenizer } from './textTokenizer';
import { GPT2_VOCABULARY_SIZE, type Gpt2Tokenizer } from './tokenizer';

type Json = Readonly<Record<string, unknown>>;

/** What `tokenizer.json` would say, from the files of which GPT-2's tokenizer first consisted. */
export async function fromVocabularyAndMerges(directory: string): Promise<Json | undefined> {
  const vocab = await findModelJson(directory, 'vocab.json', { bytes: TABLE_BYTES });
  const merges = await findModelText(directory, 'merges.txt', { bytes: TABLE_BYTES });
  if (!vocab || merges === undefined) return undefined;
  const lines = merges
    .split(/\r?\n/)
    .filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version')));
  const settings = (await findModelJson(directory, 'tokenizer_config.json', { bytes: SETTINGS_BYTES })) ?? {};
  const spaced = settings['add_prefix_space'] === true;
  return {
    added_tokens: await addedTokens(directory, settings),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: spaced, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab, merges: lines },
  };
}

/** Tokens beyond `vocab.json`: newer folders list them in `tokenizer_config.json`, older ones by content and id. */
async function addedTokens(directory: string, settings: Json): Promise<Json[]> {
  const listed = settings['added_tokens_decoder'];
  if (typeof listed === 'object' && listed !== null) {
    return Object.entries(listed as Record<string, Json>).map(([id, token]) => ({
      ...token,
      id: Number(id),
    }));
  }
  const added = (await findModelJson(directory, 'added_tokens.json', { bytes: SETTINGS_BYTES })) ?? {};
  const roles = (await findModelJson(directory, 'special_tokens_map.json', { bytes: SETTINGS_BYTES })) ?? {};
  const special = JSON.stringify([roles, settings]);
  return Object.entries(added).map(([content, id]) => ({
    ...{ id, content },
    special: special.includes(JSON.stringify(content)),
  }));
}

/** Files of tokenizers that are not read. */
const OTHERS = ['vocab.txt', 'spiece.model', 'tokenizer.model', 'sentencepiece.bpe.model', 'bpe.codes'];

/** Model files pad GPT-2's vocabulary up to here, to multiples of some power of two. */
const MOST_PADDED = 51_200;

/** No language's vocabulary is so small: cut-down models, made for trials, keep the first of GPT-2's tokens. */
const CUT_DOWN = 1_000;

/**
 * The tokenizer of a folder that has none that can be read: GPT-2's where the vocabulary has its size, or is
 * cut down, and nothing says otherwise; where nothing is known, one that refuses texts.
 * @throws ModelFileError where the folder has a tokenizer of another kind.
 */
export async function withoutTokenizer(
  directory: string,
  vocabularySize: number,
  gpt2: Gpt2Tokenizer,
): Promise<TextTokenizer> {
  const there = await Promise.all(OTHERS.map((name) => isThere(join(directory, name))));
  const found = OTHERS.filter((_, i) => there[i]);
  for (const name of ['tokenizer_config.json', 'config.json']) {
    const kind = (await findModelJson(directory, name, { bytes: SETTINGS_BYTES }))?.['tokenizer_class'];
    if (typeof kind === 'string' && !/^GPT2Tokenizer(?:Fast)?$/.test(kind)) {
      found.push(`the tokenizer_class ${JSON.stringify(kind.slice(0, 100))} in ${name}`);
    }
  }
  if (found.length > 0) {
    throw new ModelFileError(
      `${directory} has no tokenizer that can be read: instead of tokenizer.json, or vocab.json and merges.txt, ` +
        `it has ${found.join(' and ')}. Put the model's tokenizer.json there, or choose a model that has one.`,
    );
  }
  const padded = vocabularySize >= GPT2_VOCABULARY_SIZE && vocabularySize <= MOST_PADDED;
  if (padded || vocabularySize <= CUT_DOWN) return gpt2;
  const vocabulary = joinTokens(Array.from({ length: vocabularySize }, (_, id) => Buffer.from(`<${id}>`)));
  return {
    vocabulary,
    encode() {
      throw new RangeError(
        `${directory} has no tokenizer, and with ${vocabularySize} tokens its vocabulary is not GPT-2's of ` +
          `${GPT2_VOCABULARY_SIZE}, so no text can be read. Put the model's tokenizer.json there.`,
      );
    },
    decode: (ids) => ids.map((id) => `<${id}>`).join(''),
  };
}
