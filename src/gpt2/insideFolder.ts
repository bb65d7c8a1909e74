import { realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { ModelFileError, unreadable } from './modelFileError';

/**
 * Where a file really lies that a model's own index names, which is not trusted: neither `..` nor a link may
 * lead out of the model's folder, or an index could have any file of the machine read.
 * @param folder the model's folder.
 * @param name what the index says, relative to the folder, with `/` between folders.
 * @param index the file that says so, for sentences.
 * @returns the file's path, links resolved.
 * @throws ModelFileError when it lies elsewhere or does not exist.
 */
export async function fileInside(folder: string, name: string, index: string): Promise<string> {
  const parts = name.split('/');
  const suspicious =
    name === '' ||
    isAbsolute(name) ||
    // Backslashes and colons are separators on Windows: drives, streams, network shares.
    /[\\:\0]/.test(name) ||
    parts.some((part) => part === '' || part === '.' || part === '..');
  if (suspicious) {
    throw new ModelFileError(
      `${index} points to the file ${JSON.stringify(name.slice(0, 200))}, expected a name below its own folder ` +
        `without "..". Such an index is refused; get the model from a source you trust.`,
    );
  }
  const path = join(folder, ...parts);
  let root: string;
  let target: string;
  try {
    root = await realpath(folder);
    target = await realpath(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  const way = relative(root, target);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    throw new ModelFileError(
      `${path}, to which ${index} points, is a link out of the model's folder to ${target}. ` +
        `It is refused; copy the file itself into the folder.`,
    );
  }
  return target;
}
