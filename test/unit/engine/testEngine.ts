/** An engine process with experiments that misbehave on demand; the protocol, server and channel are the real ones. */
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ToyModel } from '../../../src/core/toyModel';
import { runnableOn, type Experiment as Described } from '../../../src/experiments/kit/experiment';
import { EngineError, type ModelSource } from '../../../src/engine/protocol';
import { serve } from '../../../src/engine/server';
import type { FileExperiment } from '../../../src/engine/training/training';
import { nativeCall } from '../../../src/onnx/nativeCalls';

/** What it takes to run one; nobody reads what it says of itself. */
type Experiment<Parameters, Event, Result> = Pick<Described<Parameters, Event, Result>, 'parse' | 'run'>;

export interface CountParameters {
  /** Tokens to count. */
  readonly to: number;
  /** Token of this number is not done before the file `until` exists: a slow native call. */
  readonly slow?: number;
  readonly until?: string;
}

function blockUntil(path: string): void {
  while (!existsSync(path)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
}

const count: Experiment<CountParameters, { token: number }, { tokens: number; stopped: boolean }> = {
  parse: (value) => {
    const { to } = value as CountParameters;
    if (!(to >= 0)) throw new RangeError(`The count is ${String(to)}; it must be 0 or more.`);
    return value as CountParameters;
  },
  run: async (_, { to, slow, until }, { emit, pause, signal }) => {
    let tokens = 0;
    while (tokens < to && !signal.aborted) {
      tokens += 1;
      if (tokens === slow && until !== undefined) blockUntil(until);
      emit({ token: tokens });
      await pause();
    }
    return { tokens, stopped: signal.aborted };
  },
};

/** Gives back its parameters and views into large buffers, as event and as result. */
const echo: Experiment<unknown, unknown, unknown> = {
  parse: (value) => value,
  run: async (_, parameters, { emit }) => {
    const large = new Float64Array(100_000).map((_value, i) => i);
    const answer = { parameters, view: large.subarray(10, 13), bytes: Buffer.from('bytes'), nothing: null };
    emit(answer);
    return answer;
  },
};

const fail: Experiment<{ readonly how: string }, never, never> = {
  parse: (value) => value as { how: string },
  run: async (_, { how }) => {
    if (how === 'exit') process.exit(3);
    if (how === 'later') {
      setImmediate(() => {
        throw new Error('thrown where nobody catches it');
      });
      return await sleep(60_000).then(() => Promise.reject(new Error('still here')));
    }
    if (how === 'range') throw new RangeError('The value is 7; it must be 6.');
    throw new Error('the tensor is bent');
  },
};

/** A native call that computes, or waits for nothing, until a file exists. */
const native: Experiment<{ readonly until: string; readonly computes: boolean }, string, string> = {
  parse: (value) => value as { until: string; computes: boolean },
  run: async (_model, { until, computes }, { emit, pause }) => {
    emit('begun');
    await pause();
    await nativeCall(
      () =>
        new Promise<void>((resolve) => {
          setImmediate(() => {
            if (computes) while (!existsSync(until));
            else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
            resolve();
          });
        }),
    );
    return 'done';
  },
};

/** A loop that never ends and lets nothing else have its turn. */
const hang: Experiment<unknown, string, never> = {
  parse: (value) => value,
  run: async (_model, _parameters, { emit, pause }) => {
    emit('hanging');
    await pause();
    for (;;) blockUntil('/nonexistent');
  },
};

/** Waits, and neither sends nor notices anything. */
const wait: Experiment<unknown, never, null> = {
  parse: (value) => value,
  run: async () => sleep(3_600_000, null),
};

/** Works on a model's files until it is stopped. */
const files: FileExperiment = {
  prepare:
    () =>
    async (_source, { emit, signal }) => {
      const stopped = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      });
      emit('begun');
      await stopped;
      return 'stopped';
    },
};

const loads = new Map<string, number>();

/** How often each directory was loaded. */
const loadCounts: Experiment<unknown, never, Record<string, number>> = {
  parse: (value) => value,
  run: async () => Object.fromEntries(loads),
};

/** A checkpoint is a toy here; its directory says how its loading goes: an absolute path is waited for. */
async function load(source: ModelSource): Promise<ToyModel> {
  if (source.kind === 'toy') return new ToyModel(source);
  if (source.kind === 'remote') throw new EngineError('model', 'There is no server here.');
  loads.set(source.directory, (loads.get(source.directory) ?? 0) + 1);
  if (source.directory.startsWith('broken')) throw new EngineError('model', `${source.directory} is broken.`);
  while (isAbsolute(source.directory) && !existsSync(source.directory)) await sleep(2);
  return new ToyModel({ words: [source.id], logits: [0] });
}

serve({
  load,
  onFiles: { files },
  experiments: {
    count: runnableOn(count),
    echo: runnableOn(echo),
    fail: runnableOn(fail),
    hang: runnableOn(hang),
    native: runnableOn(native),
    wait: runnableOn(wait),
    loads: runnableOn(loadCounts),
  },
});
