/** A lock that lasts as long as the process that holds it, however long that is too busy to keep it fresh. */
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { lives } from '../gpt2/quantized/liveProcess';
import { t } from '../l10n/language';
import { makeFolder } from './disk';
import { withLock } from './lock';

/** Age at which a lock counts no more where nobody can say whether its process lives. */
const FORGOTTEN_MS = 3_600_000;
/** A moment's work is done under this guard. */
const GUARD_MS = 10_000;

const holderSchema = v.object({ pid: v.number(), host: v.string(), since: v.number() });
export type Holder = v.InferOutput<typeof holderSchema>;

/**
 * Calls `action` while no other process, and no other call, holds the lock. One whose process is gone is taken over.
 * @param file of the lock; its folder is made.
 * @throws what `refused` makes of the holder where there is one.
 */
export async function withProcessLock<T>(
  file: string,
  signal: AbortSignal,
  refused: (holder: Holder) => Error,
  action: () => Promise<T>,
): Promise<T> {
  await makeFolder(dirname(file));
  const own: Holder = { pid: process.pid, host: hostname(), since: Date.now() };
  const guard = { signal, onWait: () => undefined, what: t('The lock'), staleLockMs: GUARD_MS };
  const note = async (): Promise<void> => {
    await writeFile(`${file}.partial`, JSON.stringify(own));
    await rename(`${file}.partial`, file);
  };
  await withLock(`${file}.guard`, guard, async () => {
    const holder = await holderOf(file);
    if (holder) throw refused(holder);
    await note();
  });
  const fresh = setInterval(() => {
    note().catch(() => undefined);
  }, FORGOTTEN_MS / 60);
  try {
    return await action();
  } finally {
    clearInterval(fresh);
    await rm(file, { force: true }).catch(() => undefined);
  }
}

/** Who holds a lock; undefined where nobody does, or nobody who still lives. */
async function holderOf(file: string): Promise<Holder | undefined> {
  try {
    const holder = v.parse(holderSchema, JSON.parse(await readFile(file, 'utf8')));
    const age = Date.now() - (await stat(file)).mtimeMs;
    const sinceStart = uptime() * 1000;
    if (age > FORGOTTEN_MS || (holder.host === hostname() && age > sinceStart)) return undefined;
    return holder.host !== hostname() || lives(holder.pid) ? holder : undefined;
  } catch {
    // No file, or one that a killed process has not finished.
    return undefined;
  }
}
