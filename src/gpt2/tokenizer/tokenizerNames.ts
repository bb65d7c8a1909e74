/** Names of the files of tokenizers, and what a folder's names say of its tokenizer. */
import { t } from '../../l10n/language';
import { listed } from '../../l10n/numbers';

/** Files that a tokenizer is read from. */
export const TOKENIZER_FILES: readonly string[] = [
  'tokenizer.json',
  'tokenizer_config.json',
  'vocab.json',
  'merges.txt',
  'special_tokens_map.json',
  'added_tokens.json',
];

/** Files of tokenizers that are not read, but say that it is not GPT-2's. */
export const UNREAD_TOKENIZER_FILES: readonly string[] = [
  'vocab.txt',
  'spiece.model',
  'tokenizer.model',
  'sentencepiece.bpe.model',
  'bpe.codes',
];

/**
 * Why the tokenizer of a folder cannot be read, by the names of its files alone.
 * @param place the folder or repository, for the sentence.
 * @param further what else says that it is not GPT-2's.
 * @returns undefined where nothing says so.
 */
export function unreadTokenizer(
  place: string,
  has: (name: string) => boolean,
  further: readonly string[] = [],
): string | undefined {
  if (has('tokenizer.json') || (has('vocab.json') && has('merges.txt'))) return undefined;
  const found = [...UNREAD_TOKENIZER_FILES.filter(has), ...further];
  if (found.length === 0) return undefined;
  return t(
    "{0} has no tokenizer that can be read: instead of tokenizer.json, or vocab.json and merges.txt, it has {1}. Put the model's tokenizer.json there, or choose a model that has one.",
    place,
    listed(found),
  );
}
