import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Kept } from '../../../../scripts/soak/kept';

let data: string;
let history: string;
let document: string;
let kept: Kept;

const writeSettings = (presets: object): Promise<void> =>
  writeFile(join(data, 'User', 'settings.json'), JSON.stringify({ 'decodingLab.presets': presets }));

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'decoding-lab-kept-'));
  history = join(data, 'User', 'workspaceStorage', 'a1', 'decoding-lab.decoding-lab', 'history');
  await mkdir(history, { recursive: true });
  document = join(data, 'sample.md');
  await writeFile(document, 'Once upon a time');
  await writeFile(join(history, 'first.json'), '{"version":1}');
  await writeSettings({ wild: { name: 'Wild' } });
  kept = new Kept({ data, documents: [document] });
  await kept.remember();
});
afterEach(() => rm(data, { recursive: true }));

describe('what must not be lost', () => {
  it('is all there as long as only more is added', async () => {
    await writeFile(join(history, 'second.json'), '{"version":1}');
    await writeSettings({ wild: { name: 'Wild' }, calm: { name: 'Calm' } });
    expect(await kept.losses()).toEqual([]);
    expect(kept.results).toBe(1);
    await kept.remember();
    expect(kept.results).toBe(2);
  });

  it('is missed when it is gone, and when it is another', async () => {
    await writeFile(join(history, 'first.json'), '{"version":2}');
    await writeFile(document, '');
    await writeSettings({});
    expect(await kept.losses()).toEqual([
      'The saved result first.json is another.',
      'The document sample.md is not as it was saved.',
      expect.stringContaining('wild'),
    ]);
    await rm(join(data, 'User', 'workspaceStorage'), { recursive: true });
    expect((await kept.losses())[0]).toBe('The saved result first.json is gone.');
  });

  it('has the files of whole checkpoints, until a training begins anew', async () => {
    const run = join(data, 'User', 'globalStorage', 'decoding-lab.decoding-lab', 'trainings', 'fox', 'run-1');
    await mkdir(join(run, 'step-4.partial'), { recursive: true });
    await writeFile(join(run, 'step-4.partial', 'model.safetensors'), 'half');
    await kept.remember();
    expect(kept.checkpoints).toBe(0);
    await rename(join(run, 'step-4.partial'), join(run, 'step-4'));
    await kept.remember();
    expect(kept.checkpoints).toBe(1);
    // Where its model lies is noted later.
    await writeFile(join(run, 'step-4', 'exported.txt'), 'step-4-1');
    expect(await kept.losses()).toEqual([]);
    await writeFile(join(run, 'step-4', 'model.safetensors'), 'whole');
    expect(await kept.losses()).toEqual([
      `The checkpoint’s ${join('fox', 'run-1', 'step-4', 'model.safetensors')} is another.`,
    ]);
    await rm(run, { recursive: true });
    expect(await kept.losses()).toEqual([expect.stringMatching(/ is gone\.$/)]);
    kept.letCheckpointsGo();
    expect(await kept.losses()).toEqual([]);
  });

  it('knows files that were begun and not ended', async () => {
    expect(await kept.leftovers()).toEqual([]);
    await writeFile(join(history, '0001.partial'), '');
    expect(await kept.leftovers()).toEqual(['0001.partial']);
  });
});
