import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TOY_DEFAULT } from '../../../src/core/toyModel';
import { EngineClient, EngineError, type ModelSource } from '../../../src/engine/client';
import { bundle, type Bundles } from '../../unit/engine/bundle';
import { until } from '../../unit/engine/process';
import { Dice, record, scaled, SEED, settles } from './figures';

const LIMIT = 120_000;
const directory = 'models/fireside';
const toy: ModelSource = { kind: 'toy', ...TOY_DEFAULT };
const fireside: ModelSource = { kind: 'gpt2', id: 'fireside', name: 'Fireside', directory };

let bundles: Bundles;
let cacheDirectory: string;
let client: EngineClient;
let int8: ModelSource;

beforeAll(async () => {
  bundles = await bundle('src/engine/main.ts', 'src/engine/pulseThread.ts');
  cacheDirectory = mkdtempSync(join(tmpdir(), 'attack-kills-'));
  int8 = { ...fireside, id: 'fireside@int8', precision: 'int8', cacheDirectory };
  client = new EngineClient({ entry: bundles.path('main'), log: () => undefined });
});
afterAll(async () => {
  await client.dispose();
  bundles.remove();
  rmSync(cacheDirectory, { recursive: true });
});

const explore = {
  prompt: 'Once upon a time',
  chain: [],
  greedy: false,
  seed: 7,
  samples: 3,
  maxNewTokens: 8,
};

/** Everything of a run that must not depend on what befell the process before: results, and logits to the last bit. */
async function fingerprint(source: ModelSource): Promise<unknown> {
  const events: unknown[] = [];
  const result = await client.run('explore', source, explore, { onEvent: (event) => events.push(event) });
  return { events, result: { ...(result as object), milliseconds: 0 } };
}

/** The bytes of all weights: those that are read, and those that were quantized here. */
function weights(): string {
  const hash = createHash('sha256').update(readFileSync(`${directory}/model.safetensors`));
  // A process that was killed while it wrote leaves its draft, under a name that nothing is read from.
  const written = readdirSync(cacheDirectory).filter((name) => !name.endsWith('.part'));
  for (const name of written.sort()) {
    hash.update(name).update(readFileSync(join(cacheDirectory, name)));
  }
  return hash.digest('hex');
}

it('an engine that is killed at any moment loses the running requests and nothing else', async () => {
  const dice = new Dice(SEED);
  const onEvent = (): void => undefined;
  const expected = new Map<ModelSource, unknown>();
  for (const source of [toy, fireside, int8]) expected.set(source, await fingerprint(source));
  const bytes = weights();
  const requests: (() => Promise<unknown>)[] = [
    () => client.run('explore', fireside, { ...explore, samples: 8, maxNewTokens: 60 }, { onEvent }),
    () => client.run('explore', int8, { ...explore, maxNewTokens: 40 }, { onEvent, priority: 'typing' }),
    () =>
      client.run(
        'surprisal',
        fireside,
        { text: 'A fox. '.repeat(300), from: 0, alternatives: 3 },
        { onEvent },
      ),
    () =>
      client.run(
        'explore',
        toy,
        { ...explore, prompt: 'pizza', samples: 64, maxNewTokens: 200 },
        { onEvent },
      ),
    () => client.run('explore', fireside, { ...explore, seed: -1 }, { onEvent }),
    () => client.load(int8),
    () => client.status(),
    () => client.unload(fireside),
    () => {
      const stop = new AbortController();
      setTimeout(() => {
        stop.abort();
      }, dice.below(200));
      const long = { ...explore, maxNewTokens: 200 };
      return client.run('explore', fireside, long, { onEvent, signal: stop.signal });
    },
  ];
  let settled = 0;
  let lost = 0;
  const kills = scaled(100);
  for (let kill = 0; kill < kills; kill++) {
    // Quantized weights are written anew now and then: the end can come in the middle of that, too.
    if (kill % 10 === 9) for (const name of readdirSync(cacheDirectory)) rmSync(join(cacheDirectory, name));
    const running = Array.from({ length: 2 + dice.below(5) }, () => dice.of(requests)());
    const outcomes = Promise.allSettled(running);
    await sleep(dice.below(1500));
    const victim = client.pid;
    if (victim !== undefined) process.kill(victim, 'SIGKILL');
    for (const outcome of await settles('a request of a killed engine', outcomes, LIMIT)) {
      settled++;
      if (outcome.status === 'fulfilled') continue;
      expect(outcome.reason).toBeInstanceOf(EngineError);
      expect((outcome.reason as EngineError).message).toMatch(/\.$/);
      if ((outcome.reason as EngineError).code === 'engine') lost++;
    }
    // What is asked before the end is known is one of the requests that are lost with it.
    await settles(
      'the news of the end',
      until(() => victim === undefined || client.pid !== victim),
      LIMIT,
    );
    const source = dice.of([toy, fireside, int8]);
    expect(await settles('the next request', fingerprint(source), LIMIT)).toEqual(expected.get(source));
  }
  expect(await settles('the last request', fingerprint(int8), LIMIT)).toEqual(expected.get(int8));
  // What is read are the weights of before, also where they were quantized again.
  expect(weights()).toBe(bytes);
  expect(client.pending).toBe(0);
  record('engine kills', {
    kills,
    'requests settled': settled,
    'lost with a sentence': lost,
    'next ones equal': kills,
  });
});
