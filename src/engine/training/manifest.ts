/** The digests of a checkpoint's files, written when all of them are on the disk, and checked before they are used. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import { t } from '../../l10n/language';

const MANIFEST = 'manifest.json';

const manifestSchema = v.object({
  version: v.literal(1),
  /** Every file beside this one, by its name. */
  files: v.record(v.string(), v.object({ sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) })),
});

/**
 * Writes the digests of all files in a folder.
 * @param known digests of files that were computed while they were written.
 */
export async function writeManifest(folder: string, known: Readonly<Record<string, string>>): Promise<void> {
  const files: Record<string, { sha256: string }> = {};
  for (const name of await readdir(folder)) {
    files[name] = { sha256: known[name] ?? (await digestOf(join(folder, name))) };
  }
  await writeWhole(join(folder, MANIFEST), JSON.stringify({ version: 1, files }));
}

/**
 * Compares the files of a checkpoint with their digests.
 * @param needed files that it must have.
 * @returns false where it has no digests.
 * @throws RangeError naming the first file that is not as it was written.
 */
export async function verifyManifest(folder: string, needed: readonly string[]): Promise<boolean> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Told below.
  }
  const parsed = v.safeParse(manifestSchema, json);
  if (!parsed.success) throw damaged(folder, t('its {0} cannot be read', MANIFEST));
  const { files } = parsed.output;
  const missing = needed.find((name) => files[name] === undefined);
  if (missing !== undefined) throw damaged(folder, t('its {0} does not know {1}', MANIFEST, missing));
  for (const [name, { sha256 }] of Object.entries(files)) {
    if (basename(name) !== name) throw damaged(folder, t('its {0} names a file elsewhere', MANIFEST));
    const found = await digestOf(join(folder, name)).catch(() => undefined);
    if (found === undefined) throw damaged(folder, t('its {0} cannot be read', name));
    if (found !== sha256) throw damaged(folder, t('its {0} is not the file that was written for it', name));
  }
  return true;
}

/** What to say of a checkpoint that cannot be used. */
export function damaged(checkpoint: string, what: string): RangeError {
  return new RangeError(t('The checkpoint {0} is damaged: {1}.', checkpoint, what));
}

/** Writes a file and has the system put it on the disk. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
