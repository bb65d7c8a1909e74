/** Looks at a model's tokenizer before its weights are used, or have even been fetched. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '../gpt2/checkpoint/config';
import { loadTokenizer } from '../gpt2/tokenizer/tokenizerFile';
import { TOKENIZER_FILES, UNREAD_TOKENIZER_FILES } from '../gpt2/tokenizer/tokenizerNames';
import { inspectHere, type Inspect } from './inspect';

/** What people should know of a folder's tokenizer, in sentences. */
export type InspectTokenizer = (directory: string) => Promise<readonly string[]>;

interface Seen {
  readonly print: string;
  readonly notes: Promise<readonly string[]>;
}

/** What was found, by folder: views ask for all models at every change. */
const seen = new Map<string, Seen>();

/**
 * Reads a folder's tokenizer as the engine will.
 * @throws ModelFileError with the sentence that loading the model would give.
 */
export const inspectTokenizerHere: InspectTokenizer = async (directory) => {
  const print = await printOf(directory);
  const known = seen.get(directory);
  if (known?.print === print) return known.notes;
  const notes = look(directory);
  seen.set(directory, { print, notes });
  return notes;
};

/** Looks at a folder and its tokenizer in this process, which should be one that may be ended. */
export const inspectWithTokenizer: Inspect = async (directory) => {
  const folder = await inspectHere(directory);
  return { ...folder, notes: [...folder.notes, ...(await inspectTokenizerHere(directory))] };
};

async function look(directory: string): Promise<readonly string[]> {
  const { vocabularySize } = await loadConfig(directory);
  const { unreadable } = await loadTokenizer(directory, vocabularySize);
  return unreadable === undefined ? [] : [unreadable];
}

/** Changes when a file does that the tokenizer is read from. */
async function printOf(directory: string): Promise<string> {
  const names = ['config.json', ...TOKENIZER_FILES, ...UNREAD_TOKENIZER_FILES];
  const parts = names.map(async (name) => {
    const info = await stat(join(directory, name)).catch(() => undefined);
    return info && `${name} ${info.size} ${info.mtimeMs} ${info.ino}`;
  });
  return (await Promise.all(parts)).join('\n');
}
