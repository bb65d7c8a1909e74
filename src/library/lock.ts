/** Locks between windows: each is a folder whose time of change its holder keeps fresh. */
import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import lockfile from 'proper-lockfile';
import { t } from '../l10n/language';
import { makeFolder } from './disk';
import { fileProblem, LibraryError, systemCode } from './libraryError';
import { pause } from './retryPolicy';

const ASK_AGAIN_MS = 400;

interface WaitOptions {
  readonly signal: AbortSignal;
  /** Called again and again while another holds the lock. Without it, nobody waits. */
  readonly onWait?: () => void | Promise<void>;
  /** What is locked, for sentences. */
  readonly what: string;
  readonly staleLockMs: number;
}

/** How long a lock lives without its holder, and how often the holder refreshes it. */
const lifetime = (staleLockMs: number): { stale: number; update: number } => ({
  stale: staleLockMs,
  update: staleLockMs / 4,
});

/**
 * Calls `action` while no other window or call can hold the same lock.
 * @param path of the lock, without its ending; its folder is made.
 * @param action gets a signal that also ends when the lock is lost, for example after the machine slept.
 * @throws LibraryError `busy` when another holds it and nobody waits; `stopped` when the signal ends the wait.
 */
export async function withLock<T>(
  path: string,
  { signal, onWait, what, staleLockMs }: WaitOptions,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  let release: (() => Promise<void>) | undefined;
  await makeFolder(dirname(path));
  while (!release) {
    try {
      release = await lockfile.lock(path, {
        realpath: false,
        ...lifetime(staleLockMs),
        onCompromised: () => {
          lost.abort();
        },
      });
    } catch (error) {
      if (systemCode(error) !== 'ELOCKED') throw fileProblem(path, 'be locked', error);
      if (!onWait) {
        throw new LibraryError(
          'busy',
          t('{0} is being worked on, here or in another window. Try again when it is done.', what),
        );
      }
      await onWait();
      await pause(ASK_AGAIN_MS, signal);
    }
  }
  try {
    return await action(AbortSignal.any([signal, lost.signal]));
  } catch (error) {
    if (!lost.signal.aborted || signal.aborted) throw error;
    throw new LibraryError(
      'busy',
      t(
        '{0} was taken over by another window, because this one did not answer for a while. Try again.',
        what,
      ),
    );
  } finally {
    await release().catch(() => undefined);
  }
}

/** Marks of those who use something, each kept fresh by its owner: a lock that many can hold. */
export class Usage {
  constructor(
    private readonly folder: string,
    private readonly staleLockMs: number,
  ) {}

  /** Marks something as used. @returns takes the mark away again; may be called twice. */
  async begin(name: string): Promise<() => Promise<void>> {
    const mark = join(this.folder, name, randomUUID());
    await makeFolder(dirname(mark));
    let ended = false;
    let release: (() => Promise<void>) | undefined;
    const hold = async (): Promise<void> => {
      release = await lockfile.lock(mark, {
        realpath: false,
        lockfilePath: mark,
        ...lifetime(this.staleLockMs),
        onCompromised: () => {
          // Another window found the mark stale after this one slept: it is set anew.
          if (!ended) void hold().catch(() => undefined);
        },
      });
    };
    try {
      await hold();
    } catch (error) {
      throw fileProblem(mark, 'be written', error);
    }
    return async () => {
      if (ended) return;
      ended = true;
      await release?.().catch(() => undefined);
    };
  }

  /** Whether someone uses it; marks of windows that are gone are swept away. */
  async isUsed(name: string): Promise<boolean> {
    const folder = join(this.folder, name);
    const marks = await readdir(folder).catch(() => []);
    for (const mark of marks.map((entry) => join(folder, entry))) {
      const held = await lockfile
        .check(mark, { realpath: false, lockfilePath: mark, stale: this.staleLockMs })
        .catch(() => false);
      if (held) return true;
      await rm(mark, { recursive: true, force: true }).catch(() => undefined);
    }
    return false;
  }
}
