/** What a training asks for before it begins. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { trainingOnFiles } from '../../../src/engine/training/training';
import { writeByteGpt2 } from './randomGpt2';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'resources-'));
  await writeByteGpt2(folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('A training that does not fit is refused with what it takes and the batch that does', async () => {
  const settings = { epochs: 1, context: 16, stride: 16, batchSize: 64, trainRatio: 1, learningRate: 1e-3 };
  const ask = async (share: number): Promise<string> => {
    const run = trainingOnFiles.prepare({
      ...{ action: 'start', text: 'abc', directory: join(folder, 'training'), settings },
    });
    const context = {
      ...{ emit: () => undefined, onMessage: () => undefined, pause: () => Promise.resolve() },
      signal: new AbortController().signal,
    };
    const source = { kind: 'gpt2', id: 'small', name: 'small', directory: folder } as const;
    const refused = run(source, context, {
      threads: undefined,
      claim: (bytes, why) => Promise.reject(why({ room: bytes * share, free: bytes * share })),
    });
    return String(await refused.catch((error: unknown) => error));
  };
  expect(await ask(0.5)).toMatch(
    /Training small with batches of 64 windows of 16 tokens takes about [\d.]+ MB of memory, and [\d.]+ MB are free\. Close other programs, choose shorter windows, or choose batches of at most (2\d|3[01]) windows\./,
  );
  expect(await ask(0)).toContain('not even one window at a time fits');
});
