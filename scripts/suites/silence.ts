/** No suite has a limit on its whole time, as machines differ; what hangs is given up after a time without progress. */
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { repository } from '../lib/paths';
import { start } from '../lib/processes';

/** How often it is asked for progress, in milliseconds. */
const INTERVAL = 250;

/**
 * Waits for an end.
 * @param progress gives something else each time that something has happened since
 * @param silence how long nothing may happen, in milliseconds
 * @returns null when nothing happened for so long
 */
export async function endOrSilence<T>(
  ended: Promise<T>,
  progress: () => unknown,
  silence: number,
): Promise<{ readonly end: T } | null> {
  const end = ended.then((value) => ({ end: value }));
  let last: unknown;
  for (let since = Date.now(); ;) {
    const first = await Promise.race([end, sleep(INTERVAL, null)]);
    if (first) return first;
    const now = await progress();
    if (now !== last) since = Date.now();
    else if (Date.now() - since > silence) return null;
    last = now;
  }
}

/** Length of a file in bytes; 0 while there is none. */
export const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

export interface Watched {
  /** Exit code; null when the process was ended because nothing happened. */
  readonly code: number | null;
  /** The last lines that it printed. */
  readonly lastWords: string;
}

/**
 * Runs a program of Node in the repository and passes on what it prints.
 * @param silence how long it may neither print nor write into its report, in milliseconds
 */
export async function runWatched(
  args: readonly string[],
  silence: number,
  { report, env = {} }: { readonly report?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Watched> {
  let printed = 0;
  const child = start(process.execPath, args, {
    cwd: repository,
    // Its output goes through a pipe; on a terminal it may have colours all the same.
    env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }), ...env },
    onOutput: (chunk, stream) => {
      printed += chunk.length;
      process[stream].write(chunk);
    },
  });
  const progress = async (): Promise<string> =>
    `${printed} ${report === undefined ? 0 : await sizeOf(report)}`;
  const end = await endOrSilence(child.ended, progress, silence);
  if (end === null) await child.end();
  const lastWords = child.output().trimEnd().split('\n').slice(-3).join('\n');
  return { code: end === null ? null : end.end, lastWords };
}

/** For sentences. */
export const inMinutes = (milliseconds: number): string => `${milliseconds / 60_000} minutes`;
