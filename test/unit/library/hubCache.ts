import { copyFileSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Puts the files of a folder into the form of the hub's own cache: content under `blobs`, and a version whose files
 * are links to it.
 * @param model the model's part of the cache, `models--owner--name`.
 * @returns the version's folder.
 */
export function hubCache(folder: string, model: string): string {
  const snapshot = join(model, 'snapshots', '0123abcd');
  mkdirSync(snapshot, { recursive: true });
  mkdirSync(join(model, 'blobs'));
  for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile())) {
    copyFileSync(join(folder, name), join(model, 'blobs', `${name}-blob`));
    symlinkSync(`../../blobs/${name}-blob`, join(snapshot, name));
  }
  return snapshot;
}
