/**
 * A second thread of the engine that answers while the first cannot: it says whether that one is inside a native
 * call, and how much processor time the process has had. The client, which asks, tells work from a hang by it.
 */
import { once } from 'node:events';
import { Socket } from 'node:net';
import { parentPort, Worker, workerData } from 'node:worker_threads';

/** Place of the pipe among the file descriptors of the engine: after its streams and the channel. */
export const PULSE_PIPE = 4;

export interface Pulse {
  /** Whether the main thread is inside a native call. */
  readonly native: boolean;
  /** Processor time of the whole process so far, in milliseconds. */
  readonly cpu: number;
}

/**
 * Starts the thread; resolves once it answers, or has failed, which costs no more than the difference that it makes.
 * @param entry file of its own that calls `answerPulse`: the engine's would take a thread as long to read as the process.
 * @param nativeCalls not 0 while a native call goes on, in shared memory.
 */
export async function startPulse(entry: string, nativeCalls: Int32Array): Promise<void> {
  try {
    const worker = new Worker(entry, { workerData: nativeCalls });
    await once(worker, 'message');
    worker.unref();
    worker.once('error', tellEnd);
  } catch (error) {
    tellEnd(error);
  }
}

function tellEnd(error: unknown): void {
  console.error(`The thread that watches the engine ended: ${String(error)}`);
}

/** Runs in the thread: one line for every byte that comes. */
export function answerPulse(): void {
  const nativeCalls = workerData as Int32Array;
  const pipe = new Socket({ fd: PULSE_PIPE, readable: true, writable: true });
  pipe.on('data', () => {
    const { user, system } = process.cpuUsage();
    const pulse: Pulse = { native: Atomics.load(nativeCalls, 0) > 0, cpu: (user + system) / 1000 };
    pipe.write(`${JSON.stringify(pulse)}\n`);
  });
  // Without its other end there is nobody to answer; the process ends by its channel.
  pipe.on('error', () => undefined);
  parentPort?.postMessage('ready');
}
