/** What of a folder is the model, and how it is copied to where other programs find it. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { inspectModelFolder } from '../gpt2/modelFolder';
import { SHARD_INDEX } from '../gpt2/sharded';
import { COMPANIONS } from './chooseFiles';
import { reason } from './libraryError';

/** A file of a model. */
export interface ModelFile {
  /** Below the model's folder, with `/` between folders. */
  readonly path: string;
  /** Absolute, links resolved: a copy of the link would lead nowhere. */
  readonly from: string;
  readonly bytes: number;
}

/** So many levels down, a model's files are looked for by the names they have there. */
const LEVELS = 3;

/** Texts for people that belong to a model. */
const FOR_PEOPLE = /^(?:licen[cs]e|notice|readme)(?:[.-][\w.-]+)?$/i;

/**
 * The files that a model consists of: its numbers, its configuration, its tokenizer, its licence. What else is in
 * the folder stays out: the library's own notes, quantized weights, the state of a training.
 * @throws ModelFileError where there is no model that can be run.
 */
export async function filesOfModel(directory: string): Promise<ModelFile[]> {
  const model = await inspectModelFolder(directory);
  const root = await realpath(directory);
  const numbers = new Set(await Promise.all(model.files.map((file) => realpath(file))));
  const all = await filesBelow(root, '', LEVELS);
  const chosen = all.filter(({ from }) => numbers.has(from));
  // Deeper down, a file has the name that its folders give it.
  for (const { from } of chosen) numbers.delete(from);
  for (const from of numbers) chosen.push({ path: relative(root, from).replaceAll('\\', '/'), from });
  // An index beside whole weights is of files that stay here.
  const whole = chosen.some(({ path }) => path === 'model.safetensors');
  const companions = ['config.json', ...COMPANIONS, ...(whole || model.graph ? [] : [SHARD_INDEX])];
  const beside = all.filter(({ path }) => companions.includes(path) || FOR_PEOPLE.test(path));
  return Promise.all(
    [...beside, ...chosen].map(async (file) => ({ ...file, bytes: (await stat(file.from)).size })),
  );
}

type Located = Omit<ModelFile, 'bytes'>;

/** Files of a folder and of those in it, without hidden ones; a link is the file that it leads to. */
async function filesBelow(folder: string, prefix: string, levels: number): Promise<Located[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.'))
      .map(async (entry): Promise<Located[]> => {
        const path = `${prefix}${entry.name}`;
        const link = entry.isSymbolicLink();
        const from = await (link
          ? realpath(join(folder, entry.name)).catch(() => undefined)
          : join(folder, entry.name));
        if (from === undefined) return [];
        const kind = link ? await stat(from) : entry;
        if (kind.isFile()) return [{ path, from }];
        // A folder that may not be read holds nothing that the model was opened with.
        return kind.isDirectory() && levels > 0
          ? filesBelow(from, `${path}/`, levels - 1).catch(() => [])
          : [];
      }),
  );
  return found.flat();
}

/** Where files are copied to. */
export interface CopyTarget {
  /** Makes the folders that the file's path needs, too. */
  readonly copy: (file: ModelFile) => Promise<void>;
  /** Removes whatever was copied; nothing may be there yet. */
  readonly remove: () => Promise<void>;
}

/** A copy that failed. */
export class CopyError extends Error {
  /**
   * @param file that could not be copied, below the model's folder; undefined where all that failed is the removal.
   * @param why for people, in the system's words.
   * @param left why what had been copied could not be removed either.
   */
  constructor(
    readonly file: string | undefined,
    readonly why: string,
    readonly left: string | undefined,
    options: ErrorOptions,
  ) {
    super(`${file ?? 'The copy'}: ${why}`, options);
  }
}

/**
 * Copies a model's files, all or none: after an error or a stop, what has been copied is removed, because it is no
 * model and would be in the way of the next attempt.
 * @param onFile called before each file with the share of all bytes that are copied, 0 to 1.
 * @returns whether they were copied: false after a stop.
 * @throws CopyError
 */
export async function copyModel(
  files: readonly ModelFile[],
  target: CopyTarget,
  { signal, onFile }: { signal: AbortSignal; onFile?: (file: ModelFile, share: number) => void },
): Promise<boolean> {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let copied = 0;
  let failed: { readonly file: string; readonly error: unknown } | undefined;
  for (const file of files) {
    if (signal.aborted) break;
    onFile?.(file, copied / Math.max(1, total));
    try {
      await target.copy(file);
    } catch (error) {
      failed = { file: file.path, error };
      break;
    }
    copied += file.bytes;
  }
  if (!failed && !signal.aborted) return true;
  let left: unknown;
  await target.remove().catch((error: unknown) => {
    left = error;
  });
  const leftWhy = left === undefined ? undefined : reason(left);
  // After a stop nobody wants to know why the file at which it came could not be copied.
  if (signal.aborted) {
    if (leftWhy !== undefined) throw new CopyError(undefined, leftWhy, leftWhy, { cause: left });
    return false;
  }
  throw new CopyError(failed!.file, reason(failed!.error), leftWhy, { cause: failed!.error });
}
