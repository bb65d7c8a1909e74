import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { History, HistoryError } from '../../../src/extension/history';
import type { HistoryEntry } from '../../../src/protocol/messages';

const entry: HistoryEntry = {
  experiment: 'temperature',
  title: 'How often is pizza drawn?',
  model: 'toy',
  parameters: { temperatures: [0.1, 1, 10] },
  result: { probabilities: [0.5, 0.1 + 0.2] },
  conclusion: '',
};

describe('history of results', () => {
  let folder: string;
  let history: History;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'history-'));
    history = new History(join(folder, 'not', 'made', 'yet'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is empty before anything is saved', async () => {
    expect(await history.lines()).toEqual([]);
  });

  it('gives back what was saved, to the last bit', async () => {
    const id = await history.save(entry);
    expect(await history.open(id)).toEqual(entry);
  });

  it('lists the newest first, and forgets what is removed', async () => {
    const first = await history.save({ ...entry, title: 'first' }, 1_700_000_000_000);
    const second = await history.save({ ...entry, title: 'second' }, 1_700_000_000_001);
    expect((await history.lines()).map((line) => line.title)).toEqual(['second', 'first']);
    await history.remove(second);
    expect((await history.lines()).map((line) => line.id)).toEqual([first]);
    await expect(history.open(second)).rejects.toThrow(HistoryError);
  });

  it('leaves no partial file behind', async () => {
    await history.save(entry);
    expect(await readdir(join(folder, 'not', 'made', 'yet'))).toHaveLength(1);
  });

  it('refuses names that would leave its folder', async () => {
    for (const id of ['../../etc/passwd', '..', '', '1700000000000-0000000g', 'x'.repeat(100)]) {
      await expect(history.open(id)).rejects.toThrow('not the name of a saved result');
      await expect(history.remove(id)).rejects.toThrow('not the name of a saved result');
    }
  });

  it('says that a file is damaged, keeps it, and lists the others', async () => {
    const good = await history.save(entry);
    const bad = '1700000000000-00000000';
    const path = join(folder, 'not', 'made', 'yet', `${bad}.json`);
    for (const content of ['', '{', '[]', '{"version":2}', '\0']) {
      await writeFile(path, content);
      await expect(history.open(bad)).rejects.toThrow('damaged');
      expect((await history.lines()).map((line) => line.id)).toEqual([good]);
    }
  });
});
