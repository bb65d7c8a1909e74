import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { builtFile } from '../builtFile';
import { until } from '../engine/process';
import { expectRight, FILES, libraryFixture, QUICK, REPO, WANTED, WEIGHTS } from './fixture';

const { at, hub, library } = libraryFixture();

interface Outcome {
  readonly directory: string;
  readonly problem?: string;
  readonly phases: string[];
}

const start = () =>
  spawn(process.execPath, [builtFile('downloadProcess.mjs'), at('storage'), hub().endpoint, REPO], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** @param onPhase is told of each phase when it begins. */
async function inProcess(onPhase: (phase: string) => void): Promise<Outcome> {
  let last = '';
  for await (const line of createInterface({ input: start().stdout })) {
    last = line;
    onPhase(line);
  }
  return JSON.parse(last) as Outcome;
}

/** Lets the store answer only when `waiters` downloads have said that they wait for another one. */
function holdStore(waiters: number): {
  readonly onPhase: (phase: string) => void;
  readonly waiting: () => number;
} {
  let waiting = 0;
  let release: () => void = () => undefined;
  hub().held = new Promise((resolve) => {
    release = resolve;
  });
  return {
    onPhase: (phase) => {
      if (phase === 'other-window' && ++waiting === waiters) release();
    },
    waiting: () => waiting,
  };
}

describe('two processes that want the same model', () => {
  it('fetch every byte once, and both get it', async () => {
    const { onPhase, waiting } = holdStore(2);
    const processes = [inProcess(onPhase), inProcess(onPhase)];
    // One of them downloads then; it waits as long as for a user, not the short one of the tests.
    await until(() => waiting() === 1);
    const seen = new Set<string>();
    const outcomes = await Promise.all([
      ...processes,
      library().download(REPO, {
        onProgress: ({ phase }) => {
          if (!seen.has(phase)) onPhase(phase);
          seen.add(phase);
        },
      }),
    ]);
    for (const { directory, problem } of outcomes) {
      expect({ directory, problem }).toEqual({
        directory: at('storage', 'tester--tiny'),
        problem: undefined,
      });
    }
    expectRight(await library().download(REPO));
    expect(hub().requestsFor(WEIGHTS)).toHaveLength(1);
    for (const file of WANTED) expect(hub().requestsFor(file, 'hub')).toHaveLength(1);
  });

  it('go on with each other’s bytes when one is killed', async () => {
    const half = FILES[WEIGHTS].length >> 1;
    hub().fault = ({ where, file, before }) =>
      where === 'store' && file === WEIGHTS && before === 0 ? { stallAfter: half } : undefined;
    const child = start();
    child.stdout.resume();
    await until(() => hub().arrived(WEIGHTS) >= half);
    expect(hub().arrived(WEIGHTS)).toBe(half);
    child.kill('SIGKILL');
    await once(child, 'exit');
    // The lock of a process that is gone becomes stale after a while.
    expectRight(await library({ retryPolicy: { ...QUICK, staleLockMs: 2_000 } }).download(REPO));
    expect(hub().requestsFor(WEIGHTS)[1]!.range).toBe(`bytes=${half}-`);
  });
});

describe('two downloads in one window', () => {
  it('are one', async () => {
    const { onPhase } = holdStore(1);
    const here = library();
    // Either may be the one that waits for the other.
    const onProgress = ({ phase }: { phase: string }): void => {
      onPhase(phase);
    };
    const entries = await Promise.all([
      here.download(REPO, { onProgress }),
      here.download(REPO),
      library().download(REPO, { onProgress }),
    ]);
    entries.forEach((entry) => {
      expectRight(entry);
    });
    expect(hub().requestsFor(WEIGHTS)).toHaveLength(1);
  });
});
