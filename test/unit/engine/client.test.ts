import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { randomStream } from '../../../src/core/random';
import {
  EngineClient,
  EngineError,
  type EngineClientOptions,
  type EngineState,
  type ModelSource,
} from '../../../src/engine/client';
import { builtFile } from '../builtFile';
import { isAlive, until } from './process';
import '../fixedSeed';
import { depth } from '../depth';

const toy: ModelSource = { kind: 'toy', words: ['pizza', 'burger'], logits: [2, 1] };
const gpt2 = (directory: string): ModelSource => ({
  kind: 'gpt2',
  id: directory,
  name: directory,
  directory,
});

/** How the end of a killed process is described: Windows knows no signals. */
const killed = process.platform === 'win32' ? 'exit code 1' : 'signal SIGKILL';

let folder: string;
let client: EngineClient;
/** One process for all tests of a part, where none of them ends it. */
let kept: EngineClient | undefined;
let states: EngineState[];
let lines: string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'engine-client-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  states = [];
  lines = [];
  client = kept ?? newClient();
});
afterEach(async () => {
  if (client !== kept) await client.dispose();
});

/** For the tests of the part that calls it. */
function keepOneProcess(): void {
  beforeAll(() => {
    kept = newClient();
  });
  afterAll(async () => {
    await kept?.dispose();
    kept = undefined;
  });
}

function newClient(options: Partial<EngineClientOptions> = {}): EngineClient {
  return new EngineClient({
    entry: builtFile('testEngine.js'),
    log: (line) => lines.push(line),
    onState: (state) => states.push(state),
    ...options,
  });
}

/** A file that exists once `make` was called. */
function marker(): { readonly path: string; readonly make: () => void } {
  const path = join(folder, String(Math.random()));
  return {
    path,
    make: () => {
      writeFileSync(path, '');
    },
  };
}

async function failure(promise: Promise<unknown>): Promise<[string, string]> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EngineError);
  return [(error as EngineError).code, (error as EngineError).message];
}

const count = (
  parameters: object,
  onEvent: (event: unknown) => void = () => undefined,
  signal?: AbortSignal,
) => client.run('count', toy, parameters, { onEvent, ...(signal ? { signal } : {}) });

describe('EngineClient', () => {
  keepOneProcess();

  it('starts the process at the first request, and no earlier', async () => {
    expect(client.pid).toBeUndefined();
    const { info, vocabulary } = await client.load(toy);
    expect(info).toMatchObject({ kind: 'toy', vocabularySize: 2 });
    expect(Array.from(vocabulary.offsets)).toEqual([0, 6, 13]);
    expect(vocabulary.bytes.constructor).toBe(Uint8Array);
    expect(client.pid).toBeGreaterThan(0);
    expect(isAlive(client.pid!)).toBe(true);
    expect(states).toEqual(['starting', 'ready']);
  });

  it('delivers events in order and before the result', async () => {
    const tokens: unknown[] = [];
    const result = await count({ to: 300 }, (event) => tokens.push((event as { token: number }).token));
    expect(tokens).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    expect(result).toEqual({ tokens: 300, stopped: false });
  });

  it('carries typed arrays as such, each on a buffer of its own size', async () => {
    const ids = Int32Array.of(0, -1, 2 ** 31 - 1).subarray(1);
    const events: unknown[] = [];
    const result = await client.run(
      'echo',
      toy,
      { ids, none: -Infinity },
      { onEvent: (e) => events.push(e) },
    );
    const expected = {
      parameters: { ids: Int32Array.of(-1, 2 ** 31 - 1), none: -Infinity },
      view: Float64Array.of(10, 11, 12),
      bytes: new TextEncoder().encode('bytes'),
      nothing: null,
    };
    expect(result).toEqual(expected);
    expect(events).toEqual([expected]);
    const { view, bytes } = result as typeof expected;
    expect(view.buffer.byteLength).toBe(24);
    expect(bytes.buffer.byteLength).toBe(5);
  });

  it('stops a run within one token', async () => {
    // Token 5 takes until the stop has been sent: it is the last one, if it was begun at all.
    const { path, make } = marker();
    const controller = new AbortController();
    const tokens: number[] = [];
    const result = await count(
      { to: 1000, slow: 5, until: path },
      (event) => {
        const { token } = event as { token: number };
        tokens.push(token);
        if (token !== 4) return;
        controller.abort();
        make();
      },
      controller.signal,
    );
    expect(tokens.slice(0, 4)).toEqual([1, 2, 3, 4]);
    expect(tokens.length).toBeLessThanOrEqual(5);
    expect(result).toEqual({ tokens: tokens.length, stopped: true });
  });

  it('stops one run and not the other', async () => {
    const controller = new AbortController();
    const stopped = count({ to: 1e9 }, () => undefined, controller.signal);
    const other = count({ to: 200 }, (event) => {
      if ((event as { token: number }).token === 20) controller.abort();
    });
    expect(await other).toEqual({ tokens: 200, stopped: false });
    expect(await stopped).toMatchObject({ stopped: true });
  });

  it('answers a stop while the model loads, and lets the load go on', async () => {
    const { path, make } = marker();
    const controller = new AbortController();
    const loading = client.load(gpt2(path), controller.signal);
    const other = client.load(gpt2(path));
    await client.status();
    controller.abort();
    expect(await failure(loading)).toEqual(['stopped', 'Stopped before the model was loaded.']);
    make();
    expect((await other).info.vocabularySize).toBe(1);
    const options = { onEvent: () => undefined };
    expect(await client.run('loads', toy, {}, options)).toMatchObject({ [path]: 1 });
  });

  it('does not start the process for a request that is stopped already', async () => {
    const controller = new AbortController();
    controller.abort();
    const idle = newClient();
    expect(await failure(idle.load(toy, controller.signal))).toEqual(['stopped', 'Stopped before it began.']);
    expect(idle.pid).toBeUndefined();
  });

  it('keeps the code and the sentence of an error', async () => {
    const run = (experiment: string, parameters: unknown) =>
      failure(client.run(experiment, toy, parameters, { onEvent: () => undefined }));
    expect(await run('count', { to: -3 })).toEqual(['parameter', 'The count is -3; it must be 0 or more.']);
    expect(await run('fail', { how: 'range' })).toEqual(['parameter', 'The value is 7; it must be 6.']);
    expect(await run('dance', {})).toEqual([
      'parameter',
      'There is no experiment "dance"; the engine knows count, echo, fail, hang, native, wait, loads.',
    ]);
    expect(await run('fail', { how: 'error' })).toEqual([
      'engine',
      'The model process met an unexpected error: the tensor is bent. The log has the details.',
    ]);
    expect(await failure(client.load({ kind: 'toy', words: ['a'], logits: [] }))).toEqual([
      'parameter',
      'The toy vocabulary has 1 words but 0 logits; give every word one logit.',
    ]);
    expect(await failure(client.load(gpt2('broken')))).toEqual(['model', 'broken is broken.']);
    await until(() => lines.some((line) => line.includes('the tensor is bent')));
    expect(await count({ to: 1 })).toEqual({ tokens: 1, stopped: false });
  });

  it('says that parameters cannot be sent, and goes on', async () => {
    const [code, sentence] = await failure(count({ to: 1, callback: () => 1 }));
    expect(code).toBe('engine');
    expect(sentence).toContain('could not be sent to the model process');
    expect(await count({ to: 1 })).toEqual({ tokens: 1, stopped: false });
  });

  it('survives a listener that throws', async () => {
    const result = await count({ to: 3 }, () => {
      throw new Error('listener');
    });
    expect(result).toEqual({ tokens: 3, stopped: false });
    expect(lines.some((line) => line.includes('listener'))).toBe(true);
  });
});

describe('EngineClient of which several things are asked before it is there', () => {
  it('runs several experiments at once, a token at a time', async () => {
    const order: string[] = [];
    const counting = ['a', 'b', 'c'].map((name) => count({ to: 50 }, () => order.push(name)));
    expect(await Promise.all(counting)).toEqual(counting.map(() => ({ tokens: 50, stopped: false })));
    const firstToEnd = Math.min(...['a', 'b', 'c'].map((name) => order.lastIndexOf(name)));
    expect(new Set(order.slice(0, 10)).size).toBe(3);
    expect(firstToEnd).toBeGreaterThan(120);
  });
});

describe('EngineClient when the process dies', () => {
  it('rejects what was running with a sentence, and restarts for the next request', async () => {
    await client.load(toy);
    const first = client.pid!;
    const running = [count({ to: 1e9 }), count({ to: 1e9 }, () => process.kill(first, 'SIGKILL'))];
    for (const run of running) {
      expect(await failure(run)).toEqual([
        'engine',
        `The model process ended unexpectedly (${killed}). Nothing in your document was changed. Run again to restart it.`,
      ]);
    }
    expect(client.pid).toBeUndefined();
    expect(await count({ to: 2 })).toEqual({ tokens: 2, stopped: false });
    expect(client.pid).not.toBe(first);
    expect(states).toEqual(['starting', 'ready', 'failed', 'starting', 'ready']);
    expect(lines.join()).toContain(killed);
  });

  it.each([
    ['exit', 'exit code 3'],
    ['later', 'exit code 1'],
  ])('says how it ended (%s)', async (how, words) => {
    const [code, sentence] = await failure(client.run('fail', toy, { how }, { onEvent: () => undefined }));
    expect(code).toBe('engine');
    expect(sentence).toContain(`ended unexpectedly (${words})`);
    if (how === 'later') expect(lines.join('\n')).toContain('thrown where nobody catches it');
  });

  it('says so when the engine cannot be started', async () => {
    const missing = new EngineClient({ entry: join(folder, 'missing.js'), log: (line) => lines.push(line) });
    const [code, sentence] = await failure(missing.load(toy));
    expect(code).toBe('engine');
    expect(sentence).toContain('ended unexpectedly (exit code 1)');
    expect(lines.join('\n')).toContain('missing.js');
    await missing.dispose();
  });

  it('ends a process that loops and does not answer a stop', async () => {
    const impatient = newClient({ hangMs: 100 });
    const controller = new AbortController();
    const hanging = impatient.run(
      'hang',
      toy,
      {},
      {
        onEvent: () => {
          controller.abort();
        },
        signal: controller.signal,
      },
    );
    expect(await failure(hanging)).toEqual([
      'engine',
      'The model process did not answer for 0.1 seconds and was ended. Nothing in your document was changed. Run again to restart it.',
    ]);
    expect((await impatient.load(toy)).info.kind).toBe('toy');
    await impatient.dispose();
  });

  it('does not end a process that honoured the stop', async () => {
    const controller = new AbortController();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const result = await count(
        { to: 1e9 },
        () => {
          controller.abort();
        },
        controller.signal,
      );
      expect(result).toMatchObject({ stopped: true });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('takes the engine along when the client process is killed', async () => {
    const orphan = spawn(process.execPath, [builtFile('orphan.js'), builtFile('testEngine.js')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) => {
      createInterface({ input: orphan.stdout }).once('line', (line) => {
        resolve(Number(line));
      });
    });
    expect(isAlive(pid)).toBe(true);
    orphan.kill('SIGKILL');
    await until(() => !isAlive(pid));
    expect(isAlive(pid)).toBe(false);
  });
});

describe('EngineClient while a native call goes on', () => {
  /** Begins a call that goes on until its file is made; the second thread has answered before. */
  async function begin(patient: EngineClient, computes: boolean) {
    const { path, make } = marker();
    let running!: Promise<unknown>;
    await new Promise<void>((begun) => {
      running = patient.run(
        'native',
        // The second thread begins with the first checkpoint.
        gpt2('a'),
        { until: path, computes },
        {
          onEvent: () => {
            begun();
          },
        },
      );
      running.catch(() => undefined);
    });
    return { running, make };
  }

  it('answers a stop of a small request at once, and does not end the process for it', async () => {
    const patient = newClient({ hangMs: 800 });
    const { running, make } = await begin(patient, true);
    const { pid } = patient;
    for (let i = 0; i < 3; i++) {
      const controller = new AbortController();
      const small = patient.run(
        'count',
        toy,
        { to: 1 },
        { priority: 'typing', signal: controller.signal, onEvent: () => undefined },
      );
      controller.abort();
      expect(await failure(small)).toEqual(['stopped', 'Stopped.']);
    }
    const controller = new AbortController();
    const partial = patient.run(
      'count',
      toy,
      { to: 1 },
      { signal: controller.signal, onEvent: () => undefined },
    );
    controller.abort();
    // More than the time after which a loop is a hang.
    expect(await failure(partial)).toEqual(['stopped', 'Stopped.']);
    expect(patient.pending).toBe(1);
    make();
    expect(await running).toBe('done');
    expect(patient.pid).toBe(pid);
    expect((await patient.status()).running).toBe(0);
    await patient.dispose();
  });

  it('ends the process where that call takes no processor time', async () => {
    const impatient = newClient({ hangMs: 4000, limits: { status: 10 } });
    const { running } = await begin(impatient, false);
    await failure(impatient.status());
    expect((await failure(running))[1]).toContain('did not answer for 4 seconds and was ended');
    await impatient.dispose();
  });

  it('lets nobody wait for ever for status, load or unload, and goes on where the call has ended', async () => {
    const patient = newClient({ limits: { status: 20, load: 20, unload: 20 } });
    const { running, make } = await begin(patient, true);
    expect(await failure(patient.status())).toEqual([
      'engine',
      'The model process is in the middle of a long step and did not answer within 0.02 seconds. Wait for that step, or stop its run; then try again.',
    ]);
    expect((await failure(patient.unload(gpt2('a'))))[1]).toContain('did not answer within 0.02 seconds');
    expect((await failure(patient.load(gpt2('b'))))[1]).toContain('b was not loaded within 0.02 seconds');
    make();
    expect(await running).toBe('done');
    await patient.dispose();
  });
});

describe('EngineClient.dispose', () => {
  it('ends the process, rejects what is pending and what comes later', async () => {
    await client.load(toy);
    const pid = client.pid!;
    const running = failure(count({ to: 1e9 }));
    await client.dispose();
    expect(isAlive(pid)).toBe(false);
    expect(await running).toEqual(['stopped', 'The model process was shut down.']);
    expect(await failure(client.load(toy))).toEqual(['stopped', 'The model process was shut down.']);
    expect(client.pid).toBeUndefined();
    expect(states.at(-1)).toBe('stopped');
    await client.dispose();
  });

  it('kills a process that does not listen any more', async () => {
    await new Promise<void>((resolve) => {
      const hanging = client.run(
        'hang',
        toy,
        {},
        {
          onEvent: () => {
            resolve();
          },
        },
      );
      hanging.catch(() => undefined);
    });
    const pid = client.pid!;
    await client.dispose();
    expect(isAlive(pid)).toBe(false);
  });

  it('does nothing when no process was started', async () => {
    await client.dispose();
    expect(states).toEqual([]);
  });
});

describe('models in the engine', () => {
  it('are loaded once for all that ask, and the least recently used is freed', async () => {
    const { path, make } = marker();
    const together = [client.load(gpt2(path)), client.load(gpt2(path)), client.load(gpt2(path))];
    await client.status();
    make();
    await Promise.all(together);
    await client.load(gpt2('b'));
    await client.load(gpt2(path));
    await client.load(gpt2('c'));
    expect((await client.status()).models).toEqual([path, 'c']);
    await client.load(toy);
    expect((await client.status()).models).toEqual([path, 'c', 'toy']);
    const options = { onEvent: () => undefined };
    expect(await client.run('loads', toy, {}, options)).toEqual({ [path]: 1, b: 1, c: 1 });
  });

  it('are loaded again after a failed load and after they were unloaded', async () => {
    await failure(client.load(gpt2('broken')));
    await failure(client.load(gpt2('broken')));
    await client.load(gpt2('a'));
    await client.unload(gpt2('a'));
    expect((await client.status()).models).toEqual([]);
    await client.load(gpt2('a'));
    const options = { onEvent: () => undefined };
    expect(await client.run('loads', toy, {}, options)).toEqual({ broken: 2, a: 2 });
  });
});

describe('models at work', () => {
  it('are told, and so is one of which a run uses the files alone, until it has ended', async () => {
    const controller = new AbortController();
    const events: unknown[] = [];
    const running = client.run(
      'files',
      gpt2('trained'),
      {},
      {
        signal: controller.signal,
        onEvent: (event) => events.push(event),
      },
    );
    await until(() => events.length > 0);
    expect(await client.status()).toEqual({ models: [], busy: ['trained'], running: 1 });
    controller.abort();
    expect(await running).toBe('stopped');
    expect(await client.status()).toEqual({ models: [], busy: [], running: 0 });
  });
});

describe('random requests', () => {
  const request = fc.oneof(
    fc.record({ kind: fc.constant('load' as const), broken: fc.boolean(), stop: fc.boolean() }),
    fc.record({
      kind: fc.constant('count' as const),
      to: fc.integer({ min: -1, max: 12 }),
      /** Stop after this many tokens; at once for 0. */
      stopAfter: fc.option(fc.nat(12)),
    }),
    fc.record({ kind: fc.constant('fail' as const), how: fc.constantFrom('range', 'error') }),
  );

  it('leave nothing pending, whatever is stopped when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 8 }), async (requests) => {
        const settled = await Promise.allSettled(
          requests.map(async (given) => {
            const controller = new AbortController();
            const { signal } = controller;
            if (given.kind === 'load') {
              const loading = client.load(given.broken ? gpt2('broken') : toy, signal);
              if (given.stop) controller.abort();
              await loading;
            } else if (given.kind === 'fail') {
              await client.run('fail', toy, given, { onEvent: () => undefined, signal });
            } else {
              let tokens = 0;
              const counting = count(
                given,
                () => {
                  if (++tokens === given.stopAfter) controller.abort();
                },
                signal,
              );
              if (given.stopAfter === 0) controller.abort();
              const result = (await counting) as { tokens: number; stopped: boolean };
              expect(result.tokens).toBe(tokens);
              if (given.stopAfter === null) expect(result).toEqual({ tokens: given.to, stopped: false });
              if (!result.stopped) expect(tokens).toBe(given.to);
            }
          }),
        );
        for (const outcome of settled) {
          if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(EngineError);
        }
        expect(client.pending).toBe(0);
        expect(await client.status()).toMatchObject({ running: 0 });
      }),
      { numRuns: depth(25, 200) },
    );
    expect(states).toEqual(['starting', 'ready']);
  });

  it('leave memory and handles as they were, also when the process is killed again and again', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const random = randomStream(1, 'requests');
    const kinds = ['count', 'stop', 'fail', 'load'] as const;
    const one = async (): Promise<unknown> => {
      const controller = new AbortController();
      const { signal } = controller;
      switch (kinds[Math.floor(random.next() * kinds.length)]!) {
        case 'count':
          return count({ to: Math.floor(random.next() * 5) }, undefined, signal);
        case 'stop':
          return count(
            { to: 1000 },
            () => {
              controller.abort();
            },
            signal,
          );
        case 'fail':
          return client.run('fail', toy, { how: 'error' }, { onEvent: () => undefined, signal });
        case 'load':
          return client.load(random.next() < 0.5 ? toy : gpt2('broken'), signal);
      }
    };
    const sequences = async (many: number): Promise<void> => {
      for (let i = 0; i < many; i++) {
        const length = 1 + Math.floor(random.next() * 4);
        const settled = Promise.allSettled(Array.from({ length }, one));
        // Not at the end, where the state is asked of a process that is there.
        if (i % 20 === 9) process.kill(client.pid!, 'SIGKILL');
        for (const outcome of await settled) {
          if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(EngineError);
        }
      }
    };
    const state = async (): Promise<{ heap: number; handles: string[] }> => {
      await client.status();
      collect();
      const handles = process.getActiveResourcesInfo().filter((name) => name !== 'Immediate');
      return { heap: process.memoryUsage().heapUsed, handles: handles.sort() };
    };
    await sequences(depth(20, 100));
    const before = await state();
    await sequences(depth(40, 900));
    const after = await state();
    expect(client.pending).toBe(0);
    expect(after.handles).toEqual(before.handles);
    // A request that was kept would hold some kilobytes, and there were more than 2,000.
    expect(after.heap - before.heap).toBeLessThan(2e6);
  });
});
