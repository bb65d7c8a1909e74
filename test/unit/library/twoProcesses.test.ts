import { build } from 'esbuild';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectRight, FILES, libraryFixture, QUICK, REPO, WANTED, WEIGHTS } from './fixture';

const { at, hub, library } = libraryFixture();
const run = promisify(execFile);
const script = 'out/test/downloadProcess.mjs';

beforeAll(async () => {
  await build({
    entryPoints: ['test/unit/library/downloadProcess.ts'],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
});

interface Outcome {
  readonly directory: string;
  readonly problem?: string;
  readonly phases: string[];
}

async function inProcess(): Promise<Outcome> {
  const { stdout } = await run(process.execPath, [script, at('storage'), hub().endpoint, REPO]);
  return JSON.parse(stdout) as Outcome;
}

describe('two processes that want the same model', () => {
  it('fetch every byte once, and both get it', async () => {
    // Slow enough that the second comes while the first is at it.
    hub().delayMs = 600;
    const outcomes = await Promise.all([
      inProcess(),
      setTimeout(300).then(inProcess),
      library().download(REPO),
    ]);
    for (const { directory, problem } of outcomes) {
      expect({ directory, problem }).toEqual({
        directory: at('storage', 'tester--tiny'),
        problem: undefined,
      });
    }
    expectRight(outcomes[2]);
    expect(hub().requestsFor(WEIGHTS)).toHaveLength(1);
    for (const file of WANTED) expect(hub().requestsFor(file, 'hub')).toHaveLength(1);
    const waited = [outcomes[0], outcomes[1]].filter(({ phases }) => phases.includes('other-window'));
    expect(waited.length).toBeGreaterThan(0);
  });

  it('go on with each other’s bytes when one is killed', async () => {
    const half = FILES[WEIGHTS].length >> 1;
    hub().fault = ({ where, file, before }) =>
      where === 'store' && file === WEIGHTS && before === 0 ? { stallAfter: half } : undefined;
    const child = spawn(process.execPath, [script, at('storage'), hub().endpoint, REPO], { stdio: 'ignore' });
    for (let waits = 0; hub().arrived(WEIGHTS) < half && waits < 2000; waits++) await setTimeout(10);
    expect(hub().arrived(WEIGHTS)).toBe(half);
    child.kill('SIGKILL');
    await once(child, 'exit');
    // The lock of a process that is gone becomes stale after a while.
    expectRight(await library({ patience: { ...QUICK, staleLockMs: 2_000 } }).download(REPO));
    expect(hub().requestsFor(WEIGHTS)[1]!.range).toBe(`bytes=${half}-`);
  });
});

describe('two downloads in one window', () => {
  it('are one', async () => {
    hub().delayMs = 100;
    const here = library();
    const entries = await Promise.all([here.download(REPO), here.download(REPO), library().download(REPO)]);
    entries.forEach((entry) => {
      expectRight(entry);
    });
    expect(hub().requestsFor(WEIGHTS)).toHaveLength(1);
  });
});
