import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TOY_DEFAULT } from '../../../src/core/toyModel';
import { EngineClient, EngineError, type ModelSource } from '../../../src/engine/client';
import { bundle, type Bundles } from '../../unit/engine/bundle';
import { Dice, record, scaled, SEED, settles } from './figures';

const toy: ModelSource = { kind: 'toy', ...TOY_DEFAULT };
const fireside: ModelSource = {
  kind: 'gpt2',
  id: 'fireside',
  name: 'Fireside',
  directory: 'models/fireside',
};

let bundles: Bundles;
let client: EngineClient;
beforeAll(async () => {
  bundles = await bundle('src/engine/main.ts', 'src/engine/pulseThread.ts');
  client = new EngineClient({ entry: bundles.path('main'), log: () => undefined });
});
afterAll(async () => {
  await client.dispose();
  bundles.remove();
});

/** Memory of a process in bytes that is really there. */
function residentBytes(pid: number): number {
  if (existsSync(`/proc/${pid}/status`)) {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
  }
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

it('thousands of requests leave the memory of the engine as it was', async () => {
  const dice = new Dice(SEED);
  const onEvent = (): void => undefined;
  const words = ['fox', 'king', 'wood', 'stone', 'night', 'bread', 'door', 'sister'];
  const text = (length: number): string => Array.from({ length }, () => dice.of(words)).join(' ');
  const requests: (() => Promise<unknown>)[] = [
    () => client.status(),
    () => client.run('explore', toy, sampled(text(3), 2, 20), { onEvent }),
    () => client.run('explore', fireside, sampled(text(6), 1, 2), { onEvent, priority: 'typing' }),
    () => client.run('explore', fireside, sampled(text(30), 3, 2), { onEvent }),
    () => client.run('surprisal', fireside, { text: text(40), from: 0, alternatives: 5 }, { onEvent }),
    () =>
      client.run('nucleus', fireside, { prompt: text(5), temperatures: [0.5, 1], ps: [0.9] }, { onEvent }),
    () => client.run('explore', fireside, sampled(text(3), 99, 2), { onEvent }),
    () => client.load(fireside),
    () => {
      const stop = new AbortController();
      setTimeout(() => {
        stop.abort();
      }, dice.below(20));
      return client.run('explore', fireside, sampled(text(9), 4, 30), { onEvent, signal: stop.signal });
    },
  ];
  const total = scaled(6000);
  const resident: number[] = [];
  let refused = 0;
  for (let n = 0; n < total; n++) {
    await settles('a request', dice.of(requests)(), 120_000).catch((error: unknown) => {
      // Parameters that are wrong, and stops that came before there was anything to tell.
      expect(error).toBeInstanceOf(EngineError);
      expect(['parameter', 'stopped']).toContain((error as EngineError).code);
      refused++;
    });
    resident.push(residentBytes(client.pid!));
  }
  // What the process takes grows at first, with its caches; from the middle on it must not.
  const middle = median(resident.slice(Math.floor(total * 0.4), Math.floor(total * 0.5) + 1));
  const end = median(resident.slice(Math.floor(total * 0.9)));
  const MB = (bytes: number): number => Math.round(bytes / 1e6);
  record('soak', {
    requests: total,
    'refused or stopped': refused,
    'MB in the middle': MB(middle),
    'MB at the end': MB(end),
    'MB at most': MB(Math.max(...resident)),
  });
  expect(end).toBeLessThan(middle * 1.1);
});

function sampled(prompt: string, samples: number, maxNewTokens: number): object {
  return { prompt, chain: [], greedy: false, seed: 1, samples, maxNewTokens };
}
