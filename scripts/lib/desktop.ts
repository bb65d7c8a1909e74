/** Opens the desktop VS Code with a profile of its own, so that it can be ended without touching anybody's windows. */
import { constants } from 'node:fs';
import { access, mkdir, readFile, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cache } from './paths';
import { start } from './processes';

export interface Desktop {
  /** Resolves when the window was closed; with what went wrong when `code` could not open it. */
  readonly ended: Promise<{ ok: true } | { ok: false; why: string }>;
  stop(): Promise<void>;
}

/** How soon a failing `code` command fails, in milliseconds: a window that lives longer was opened. */
const FAILS_WITHIN = 15_000;

/** The desktop's `code` command; undefined when there is none that could open a window here. */
export async function findCode(): Promise<string | undefined> {
  // Inside a remote terminal `code` speaks to a window elsewhere, which cannot develop an extension of this machine.
  if (process.env['VSCODE_IPC_HOOK_CLI'] !== undefined) return undefined;
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

/** Opens a document in a window that develops an extension. */
export async function openDesktop(extension: string, file: string): Promise<Desktop> {
  const profile = join(cache, 'desktop');
  const lock = join(profile, 'code.lock');
  await mkdir(profile, { recursive: true });
  // Left by a window that crashed; it names a process that may be anybody's by now.
  await rm(lock, { force: true });
  const since = Date.now();
  const root = process.platform === 'linux' && process.getuid?.() === 0;
  // The bare name, because Windows runs command files by name only.
  const code = start('code', [
    ...['--wait', '--new-window', '--disable-workspace-trust', '--skip-welcome', '--skip-release-notes'],
    ...['--user-data-dir', profile, '--extensions-dir', join(profile, 'extensions')],
    ...(root ? ['--no-sandbox'] : []),
    `--extensionDevelopmentPath=${extension}`,
    file,
  ]);
  return {
    ended: code.ended.then((status) =>
      status === 0 || Date.now() - since > FAILS_WITHIN
        ? { ok: true }
        : { ok: false, why: `code ended with exit code ${status}. ${code.output().trim()}` },
    ),
    async stop() {
      await code.end();
      // `code` starts the window in a group of its own; the profile is ours, and so is whoever holds its lock.
      const pid = Number(await readFile(lock, 'utf8').catch(() => ''));
      if (!Number.isInteger(pid) || pid <= 1) return;
      try {
        process.kill(pid, 'SIGTERM');
        for (let waited = 0; waited < 5_000; waited += 100) {
          process.kill(pid, 0);
          await sleep(100);
        }
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    },
  };
}
