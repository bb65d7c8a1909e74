import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lives } from './liveProcess';

/** A draft grows every second; one that has not for so long is nobody's, unless its process says otherwise. */
const FORGOTTEN_MS = 3_600_000;

/** Names of drafts; those of earlier versions have no process in them. */
const DRAFT = /^model\.[\w-]+\.safetensors\.(?:(\d+)\.)?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.part$/;

/** A name for a draft of a quantized file, beside it, that no other process has. */
export function draftOf(file: string): string {
  return `${file}.${process.pid}.${randomUUID()}.part`;
}

/**
 * Removes the drafts beside a quantized file whose processes were ended: they have gigabytes. Never fails, since
 * nothing depends on it.
 */
export async function sweepDrafts(file: string): Promise<void> {
  const folder = dirname(file);
  for (const name of await readdir(folder).catch(() => [])) {
    const found = DRAFT.exec(name);
    if (!found) continue;
    const path = join(folder, name);
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Infinity);
    const writer = found[1] === undefined ? undefined : Number(found[1]);
    if (age > FORGOTTEN_MS && (writer === undefined || !lives(writer))) {
      await rm(path, { force: true }).catch(() => undefined);
    }
  }
}
