/**
 * Child processes, each in a process group of its own, so that whatever a child starts ends with it.
 * Nothing that was not started here is ever ended.
 */
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const windows = process.platform === 'win32';

/** How long a group may take to end by itself before it is killed, in milliseconds. */
const GRACE = 5_000;

/** Longest output kept of a process, in UTF-16 units; older output is dropped. */
const OUTPUT_LIMIT = 200_000;

/** A process that was started here. */
export interface Started {
  readonly pid: number;
  /** What it printed, when its output is captured: the newest part. */
  output(): string;
  /** Its exit code once it has ended; 128 when a signal ended it, 127 when it could not be started. */
  readonly ended: Promise<number>;
  /** Ends the whole group: politely first, then by force. */
  end(): Promise<void>;
}

const running = new Set<Started>();

/** Sends a signal to the group that `pid` leads; false when nobody is left in it. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  if (windows) {
    if (signal === 0) return false;
    return spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' }).status === 0;
  }
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

export interface StartOptions extends SpawnOptions {
  /** Is given what the process prints, beside its being captured. */
  readonly onOutput?: (chunk: Buffer, stream: 'stdout' | 'stderr') => void;
}

/** Starts a process as the leader of a new group; its output is captured unless `options.stdio` says otherwise. */
export function start(
  command: string,
  args: readonly string[],
  { onOutput = () => undefined, ...options }: StartOptions = {},
): Started {
  // On Windows npm and code are command files, which only a shell can start.
  const shell = windows && !isAbsolute(command);
  const child: ChildProcess = spawn(command, shell ? args.map((arg) => `"${arg}"`) : args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
    detached: !windows,
    shell,
    windowsHide: true,
  });
  let output = '';
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_LIMIT);
      onOutput(chunk, stream);
    });
  }

  const pid = child.pid ?? 0;
  const ended = new Promise<number>((resolve) => {
    child.on('error', (error) => {
      output += error.message;
      resolve(127);
    });
    child.on('close', (code) => {
      resolve(code ?? 128);
    });
  });
  const started: Started = {
    pid,
    output: () => output,
    ended,
    async end() {
      running.delete(started);
      if (pid === 0 || !signalGroup(pid, 'SIGTERM')) return;
      const deadline = Date.now() + GRACE;
      while (Date.now() < deadline && signalGroup(pid, 0)) await sleep(50);
      signalGroup(pid, 'SIGKILL');
    },
  };
  running.add(started);
  // A group outlives its leader when the leader leaves children behind; it stays listed until it is ended.
  void ended.then(() => {
    if (pid === 0 || !signalGroup(pid, 0)) running.delete(started);
  });
  return started;
}

/** Runs a process to its end, or ends it after `limit` milliseconds. */
export async function run(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly limit: number },
): Promise<{ code: number; output: string; timedOut: boolean }> {
  const { limit, ...spawnOptions } = options;
  const child = start(command, args, spawnOptions);
  const timer = new AbortController();
  const tooLate = sleep(limit, 'late' as const, { signal: timer.signal }).catch(() => 'cancelled' as const);
  const first = await Promise.race([child.ended, tooLate]);
  timer.abort();
  if (typeof first === 'number') return { code: first, output: child.output(), timedOut: false };
  await child.end();
  return { code: await child.ended, output: child.output(), timedOut: true };
}

/** Ends everything that was started here and still runs. */
export async function endAll(): Promise<void> {
  await Promise.all([...running].map((started) => started.end()));
}

let ending = false;

/** Whether a signal asked this process to end, and it is doing so: what ends now was ended. */
export const isEnding = (): boolean => ending;

/** Makes Ctrl+C and a polite kill end everything that was started here, then this process. */
export function endAllOnSignals(before: () => Promise<void> | void = () => undefined): void {
  const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 };
  for (const [signal, number] of Object.entries(numbers)) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      void Promise.resolve(before())
        .catch(() => undefined)
        .then(endAll)
        .then(() => process.exit(128 + number));
    });
  }
  // The last resort: an exit that nobody awaited still leaves no process behind.
  process.on('exit', () => {
    for (const { pid } of running) if (pid !== 0) signalGroup(pid, 'SIGKILL');
  });
}
