import { join } from 'node:path';
import {
  findModelJson,
  findModelText,
  isThere,
  SETTINGS_BYTES,
  TABLE_BYTES,
} from '../checkpoint/boundedFile';
import { ModelFileError } from '../checkpoint/modelFileError';
import { joinTokens, type TextTokenizer } from './textTokenizer';
import { GPT2_VOCABULARY_SIZE, type Gpt2Tokenizer } from './tokenizer';
import { UNREAD_TOKENIZER_FILES, unreadTokenizer } from './tokenizerNames';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';

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

/** Model files pad GPT-2's vocabulary up to here, to multiples of some power of two. */
const MOST_PADDED = 51_200;

/**
 * The tokenizer of a folder that has none that can be read: GPT-2's where the vocabulary has its size,
 * padded or not, and nothing says otherwise; for any other size one that names ids and refuses texts.
 * @throws ModelFileError where the folder has a tokenizer of another kind.
 */
export async function withoutTokenizer(
  directory: string,
  vocabularySize: number,
  gpt2: Gpt2Tokenizer,
): Promise<TextTokenizer> {
  const there = await Promise.all(
    UNREAD_TOKENIZER_FILES.map(async (name) => ((await isThere(join(directory, name))) ? [name] : [])),
  );
  const classes: string[] = [];
  for (const name of ['tokenizer_config.json', 'config.json']) {
    const kind = (await findModelJson(directory, name, { bytes: SETTINGS_BYTES }))?.['tokenizer_class'];
    if (typeof kind === 'string' && !/^GPT2Tokenizer(?:Fast)?$/.test(kind)) {
      classes.push(t('the tokenizer_class {0} in {1}', JSON.stringify(kind.slice(0, 100)), name));
    }
  }
  const names = new Set(there.flat());
  const refusal = unreadTokenizer(directory, (name) => names.has(name), classes);
  if (refusal !== undefined) throw new ModelFileError(refusal);
  if (vocabularySize >= GPT2_VOCABULARY_SIZE && vocabularySize <= MOST_PADDED) return gpt2;
  const unreadable = t(
    "{0} has no tokenizer, and with {1} tokens its vocabulary is not GPT-2's of {2}, so no text can be read. Put the model's tokenizer.json there.",
    directory,
    written(vocabularySize),
    written(GPT2_VOCABULARY_SIZE),
  );
  const vocabulary = joinTokens(Array.from({ length: vocabularySize }, (_, id) => Buffer.from(`<${id}>`)));
  return {
    vocabulary,
    unreadable,
    encode() {
      throw new RangeError(unreadable);
    },
    decode: (ids) => ids.map((id) => `<${id}>`).join(''),
  };
}
