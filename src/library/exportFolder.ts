/** What of a folder is the model, and how it is copied to where other programs find it. */
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openInside } from '../gpt2/checkpoint/boundedFile';
import { resolveInside } from '../gpt2/checkpoint/insideFolder';
import { ModelFileError } from '../gpt2/checkpoint/modelFileError';
import { SHARD_INDEX } from '../gpt2/checkpoint/sharded';
import { t } from '../l10n/language';
import { written } from '../l10n/numbers';
import { COMPANIONS } from './chooseFiles';
import { inspectHere, type Inspect } from './inspect';
import { reason } from './libraryError';

/** A file of a model. */
export interface ModelFile {
  /** The model's folder. */
  readonly folder: string;
  /** Below that folder, with `/` between folders. */
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
 * @throws ModelFileError where there is no model that can be run, or one of its files is a link out of the folder.
 */
export async function filesOfModel(directory: string, inspect: Inspect = inspectHere): Promise<ModelFile[]> {
  const model = await inspect(directory);
  const root = await realpath(directory);
  const numbers = new Set(await Promise.all(model.files.map((file) => realpath(file))));
  const all = await filesBelow(root, root, '', LEVELS);
  const chosen = all.filter(({ from }) => from !== undefined && numbers.has(from));
  // Deeper down, a file has the name that its folders give it.
  for (const { from } of chosen) if (from !== undefined) numbers.delete(from);
  for (const from of numbers) {
    const path = relative(root, from).replaceAll('\\', '/');
    if (path.startsWith('..')) {
      throw new ModelFileError(
        t(
          '{0} has a link to {1} more than {2} folders down, which is not found again to be copied. Copy the folder yourself, with its links resolved.',
          directory,
          from,
          written(LEVELS),
        ),
      );
    }
    chosen.push({ path, from });
  }
  // An index beside whole weights is of files that stay here.
  const whole = chosen.some(({ path }) => path === 'model.safetensors');
  const companions = ['config.json', ...COMPANIONS, ...(whole || model.graph ? [] : [SHARD_INDEX])];
  const beside = all.filter(({ path }) => companions.includes(path) || FOR_PEOPLE.test(path));
  return Promise.all(
    [...beside, ...chosen].map(async ({ path, from, refused }) => {
      if (from === undefined) throw refused;
      return { folder: root, path, from, bytes: (await stat(from)).size };
    }),
  );
}

interface Located {
  readonly path: string;
  /** Undefined for a link that the rule for links refuses. */
  readonly from: string | undefined;
  readonly refused?: unknown;
}

/**
 * Files of a folder and of those in it, without hidden ones; a link is the file that it leads to.
 * @param root the model's folder, in which links must stay.
 */
async function filesBelow(root: string, folder: string, prefix: string, levels: number): Promise<Located[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.'))
      .map(async (entry): Promise<Located[]> => {
        const path = `${prefix}${entry.name}`;
        const link = entry.isSymbolicLink();
        let from = join(folder, entry.name);
        if (link) {
          try {
            from = await resolveInside(root, from);
          } catch (refused) {
            return [{ path, from: undefined, refused }];
          }
        }
        const kind = link ? await stat(from) : entry;
        if (kind.isFile()) return [{ path, from }];
        // A folder that may not be read holds nothing that the model was opened with.
        return kind.isDirectory() && levels > 0
          ? filesBelow(root, from, `${path}/`, levels - 1).catch(() => [])
          : [];
      }),
  );
  return found.flat();
}

/**
 * Copies one file of a model to a place on this machine where nothing is yet. What is copied is what the rule for
 * links allows when it is opened, though the folder may have changed since it was listed.
 * @throws ModelFileError when it is not there any more as it was; Error of the file system.
 */
export async function copyChecked({ folder, path }: ModelFile, target: string): Promise<void> {
  const { handle } = await openInside(folder, join(folder, ...path.split('/')));
  try {
    await mkdir(dirname(target), { recursive: true });
    await pipeline(handle.createReadStream({ autoClose: false }), createWriteStream(target, { flags: 'wx' }));
  } finally {
    await handle.close();
  }
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
    super(t('{0}: {1}', file ?? t('The copy'), why), options);
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
