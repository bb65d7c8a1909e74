/** The disk: room on it, and folders that come and go. */
import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileProblem } from './libraryError';

/** Bytes that can still be written to the disk of a folder; undefined where the system does not say. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  // A folder that does not exist yet is on the disk of the one around it; some network disks do not say.
  for (let path = folder; ; path = dirname(path)) {
    const info = await statfs(path).catch(() => undefined);
    if (info) return info.bavail * info.bsize;
    if (dirname(path) === path) return undefined;
  }
}

/** Makes a folder and those around it. @throws LibraryError */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw fileProblem(path, 'be made', error);
  }
}

/** @throws LibraryError */
export async function moveFolder(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    throw fileProblem(from, 'be moved', error);
  }
}

/** @throws LibraryError */
export async function removeFolder(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    throw fileProblem(path, 'be removed', error);
  }
}

/** Removes the folders in `root` whose names begin so. @throws LibraryError */
export async function removeFolders(root: string, prefix: string): Promise<void> {
  const names = await readdir(root).catch(() => []);
  for (const name of names.filter((n) => n.startsWith(prefix))) await removeFolder(join(root, name));
}
