import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { ModelFileError, unreadable } from './modelFileError';
import { t } from '../../l10n/language';

/** A version of a model in the hub's own cache, or a folder in it; what is captured is the model's part of the cache. */
const SNAPSHOT = /^(.*[\\/]models--[^\\/]+)[\\/]snapshots[\\/][^\\/]+(?:[\\/]|$)/;

/**
 * Where the files of a model may really lie: in its own folder and, where that folder is a version in the hub's
 * own cache (`models--owner--name/snapshots/<commit>`), in the `blobs` of the same model, to which such a folder's
 * files are links.
 * @param folder absolute, links resolved.
 */
function placesOf(folder: string): string[] {
  const model = SNAPSHOT.exec(folder)?.[1];
  return model === undefined ? [folder] : [folder, join(model, 'blobs')];
}

/** `owner/name` of a version in the hub's own cache; undefined for other folders. */
export function cachedRepository(folder: string): string | undefined {
  return SNAPSHOT.exec(folder)?.[1]
    ?.split(/[\\/]/)
    .at(-1)!
    .replace(/^models--/, '')
    .replace('--', '/');
}

/**
 * The file behind a path of a model's folder. Links may lead to other files of the folder or, in the hub's own
 * cache, of the same model's `blobs`, and nowhere else: a model from elsewhere could have any file of the machine
 * read or copied.
 * @param folder the model's folder.
 * @param path below it.
 * @param index the file that names the path; left out where the folder itself holds it.
 * @returns the file's path, links resolved.
 * @throws ModelFileError when it lies elsewhere or does not exist.
 */
export async function resolveInside(folder: string, path: string, index?: string): Promise<string> {
  let root: string;
  let target: string;
  try {
    root = await realpath(folder);
    target = await realpath(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  if (placesOf(root).some((place) => isBelow(place, target))) return target;
  throw new ModelFileError(
    index === undefined
      ? t(
          "{0} is a link out of the model's folder to {1}. It is refused; copy the file itself into the folder.",
          path,
          target,
        )
      : t(
          "{0}, to which {1} points, is a link out of the model's folder to {2}. It is refused; copy the file itself into the folder.",
          path,
          index,
          target,
        ),
  );
}

/**
 * Checks a file's name that a model's own index or graph gives, which is not trusted.
 * @param name relative to the folder of `index`, with `/` between folders.
 * @param index the file that says so, for sentences.
 * @throws ModelFileError for a name that is not plainly below that folder on every system.
 */
export function checkName(name: string, index: string): void {
  const suspicious =
    name === '' ||
    isAbsolute(name) ||
    // Backslashes and colons are separators on Windows: drives, streams, network shares. The others are in no
    // file's name there; ONNX Runtime takes a location that begins with an asterisk for an address in memory.
    /[\\:*?"<>|\0]/.test(name) ||
    name.split('/').some((part) => part === '' || part === '.' || part === '..');
  if (suspicious) {
    throw new ModelFileError(
      t(
        '{0} points to the file {1}, expected a name below its own folder without "..". Such an index is refused; get the model from a source you trust.',
        index,
        JSON.stringify(name.slice(0, 200)),
      ),
    );
  }
}

/** The deepest folder that holds all of some files (absolute paths, links resolved). */
export function commonFolder(files: readonly string[]): string {
  let folder = dirname(files[0]!);
  while (!files.every((file) => isBelow(folder, file))) folder = dirname(folder);
  return folder;
}

/** Whether a path is a folder or below it; both absolute, links resolved. */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
