import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle, type Bundles } from '../../unit/engine/bundle';
import { expectRight, FILES, libraryFixture, QUICK, REPO, WANTED, WEIGHTS } from '../../unit/library/fixture';
import { Dice, record, scaled, SEED, settles } from './figures';

const { at, hub, library } = libraryFixture();

let bundles: Bundles;
beforeAll(async () => {
  bundles = await bundle('test/deep/attack/downloading.ts');
});
afterAll(() => {
  bundles.remove();
});

it('a download that is killed again and again ends with the file as it is at the hub', async () => {
  const dice = new Dice(SEED);
  const kills = scaled(50);
  let finished = 0;
  let resumed = 0;
  for (let kill = 0; kill < kills; kill++) {
    // Half of the downloads have no digests: there the validator alone says what may be put together.
    if (!existsSync(at('storage', '.downloads', 'tester--tiny'))) hub().digests = dice.next() < 0.5;
    const file = dice.next() < 0.8 ? WEIGHTS : dice.of(WANTED);
    const stallAfter = 1 + dice.below(Math.max(1, FILES[file].length >> 3));
    const place = file === WEIGHTS ? 'store' : 'hub';
    const from = hub().seen.length;
    hub().fault = ({ where, file: asked }) =>
      where === place && asked === file ? { stallAfter } : undefined;
    const child = spawn(process.execPath, [bundles.path('downloading'), at('storage'), hub().endpoint, REPO]);
    const ended = once(child, 'exit');
    // Until the bytes are here and no more come, or the file was here already and the download ends without it.
    const stalled = async (): Promise<void> => {
      while (
        child.exitCode === null &&
        !hub()
          .seen.slice(from)
          .some((s) => s.where === place && s.file === file)
      ) {
        await sleep(10);
      }
      await sleep(dice.below(300));
    };
    await settles('the request of a download', stalled(), 120_000);
    child.kill('SIGKILL');
    await ended;
    resumed += hub()
      .seen.slice(from)
      .filter(({ range }) => range !== undefined).length;
    if (!existsSync(at('storage', 'tester--tiny'))) continue;
    finished++;
    await finish();
  }
  hub().fault = () => undefined;
  finished++;
  await finish();
  record('download kills', { kills, 'continued by range': resumed, 'finished and equal': finished });

  /** The whole model is there, byte for byte, and nothing beside it; the next round begins with none. */
  async function finish(): Promise<void> {
    const here = library({ retryPolicy: { ...QUICK, staleLockMs: 2000 } });
    const entry = await here.download(REPO);
    expectRight(entry);
    expect(await here.verify(REPO)).toMatchObject({ ok: true });
    expect(readdirSync(at('storage', '.downloads'))).toEqual([]);
    await here.remove(REPO);
  }
});
