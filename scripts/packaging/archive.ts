/** A VSIX as an archive: its files, and the same bytes for the same files. */
import { readFile, writeFile } from 'node:fs/promises';
import { unzipSync, zipSync, type Zippable } from 'fflate';

/** Path in the archive to content. */
export type Files = Readonly<Record<string, Uint8Array>>;

export async function readArchive(path: string): Promise<Files> {
  return unzipSync(await readFile(path));
}

/** Made on Unix: rw-r--r--. */
const UNIX = 3;
const MODE = 0o100644 << 16;

/**
 * Writes an archive whose bytes depend on the files alone: not on their times and modes, the order in which they were
 * found, the time zone, the system, or the zlib of this Node.
 */
export async function writeArchive(path: string, files: Files): Promise<void> {
  // The first that an archive can name. It has no time zone there, so it is given in that of this machine.
  const mtime = new Date(1980, 0, 1);
  const sorted: Zippable = {};
  for (const name of Object.keys(files).sort()) {
    sorted[name] = [files[name]!, { mtime, os: UNIX, attrs: MODE }];
  }
  await writeFile(path, zipSync(sorted, { level: 6 }));
}
