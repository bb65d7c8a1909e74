import { execFileSync } from 'node:child_process';
import type * as fs from 'node:fs/promises';
import { copyFile, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { History, HistoryError } from '../../../../src/extension/history/history';
import type { HistoryEntry } from '../../../../src/protocol/messages';

/** What the disk does instead of writing a file whole; nothing where it is as it should be. */
let disk: ((path: string) => Promise<void>) | undefined;
const reads: number[] = [];
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>();
  return {
    ...real,
    writeFile: async (...given: Parameters<typeof real.writeFile>) => {
      await (disk ? disk(given[0] as string) : real.writeFile(...given));
    },
    open: async (...given: Parameters<typeof real.open>) => {
      const handle = await real.open(...given);
      const read = handle.read.bind(handle) as (...all: unknown[]) => Promise<{ bytesRead: number }>;
      return Object.assign(handle, {
        read: async (...all: unknown[]) => {
          const result = await read(...all);
          reads.push(result.bytesRead);
          return result;
        },
      });
    },
  };
});

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
  afterEach(async () => {
    disk = undefined;
    await rm(folder, { recursive: true });
  });
  const place = (...parts: string[]): string => join(folder, 'not', 'made', 'yet', ...parts);

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
    expect(await readdir(place())).toHaveLength(1);
  });

  it('leaves none behind on a full disk either, and says so', async () => {
    const good = await history.save(entry);
    disk = async (path) => {
      const { writeFile: write } = await vi.importActual<typeof fs>('node:fs/promises');
      await write(path, '{"version":1,"li');
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    };
    await expect(history.save(entry)).rejects.toThrow(/not saved: the disk of .* is full. Make room/);
    expect(await readdir(place())).toEqual([`${good}.json`]);
  });

  it('removes what an earlier session left half written, but not what another window is writing', async () => {
    await mkdir(place(), { recursive: true });
    await writeFile(place('1700000000000-00000000.partial'), '{');
    await writeFile(place('1700000000001-00000000.partial'), '{');
    const yesterday = new Date(Date.now() - 86_400_000);
    await utimes(place('1700000000000-00000000.partial'), yesterday, yesterday);
    await history.lines();
    expect(await readdir(place())).toEqual(['1700000000001-00000000.partial']);
  });

  it('reads a few kilobytes of each result for the list, however large they are', async () => {
    const longest = {
      experiment: '\u0001'.repeat(100),
      title: '\u0001'.repeat(500),
      model: '\u0001'.repeat(200),
    };
    const saved = await history.save({ ...entry, ...longest, result: 'x'.repeat(4_000_000) });
    await history.save({ ...entry, result: 'x'.repeat(4_000_000) });
    reads.length = 0;
    const lines = await history.lines();
    expect(lines.find(({ id }) => id === saved)).toMatchObject(longest);
    expect(lines).toHaveLength(2);
    expect(reads).toEqual([8192, 8192]);
  });

  it('takes a copied file for a result of its own', async () => {
    const id = await history.save(entry);
    const copies = [`${id} copy`, `${id} (1)`, `${id} - Copie`, '1700000000000-00000000'];
    for (const copy of copies) await copyFile(place(`${id}.json`), place(`${copy}.json`));
    const ids = (await history.lines()).map((line) => line.id);
    expect(ids.sort()).toEqual([id, ...copies].sort());
    for (const copy of copies) expect(await history.open(copy)).toEqual(entry);
    await history.remove(copies[0]!);
    expect((await history.lines()).map((line) => line.id).sort()).toEqual([id, ...copies.slice(1)].sort());
    await history.remove(id);
    expect((await history.lines()).map((line) => line.id).sort()).toEqual(copies.slice(1).sort());
  });

  it('takes a file of another hand no further than its limits', async () => {
    const good = await history.save(entry);
    const line = { id: good, savedAt: 1, experiment: 'grid', title: 'x', model: 'toy' };
    const bad = '1700000000000-00000000';
    const file = (changed: object, rest = JSON.stringify(entry)): string =>
      `{"version":1,"line":${JSON.stringify({ ...line, ...changed })},"entry":${rest}}`;
    for (const content of [
      file({ title: 'x'.repeat(501) }),
      file({ title: 7 }),
      file({ savedAt: 1e300 }),
      file({ savedAt: -1 }),
      file({ model: ['toy'] }),
      `{"version":1,"line":${'{"a":'.repeat(100_000)}`,
      `{"version":1,"line":{"id":"${'\\"'.repeat(5000)}`,
    ]) {
      await writeFile(place(`${bad}.json`), content);
      expect((await history.lines()).map(({ id }) => id)).toEqual([good]);
      await expect(history.open(bad)).rejects.toThrow('damaged');
    }
    // What follows the line is looked at when it is opened, not before.
    for (const rest of ['[['.repeat(5_000_000), `[${'[],'.repeat(3_000_000)}[]]`, '{"experiment":"grid"}']) {
      await writeFile(place(`${bad}.json`), file({}, rest));
      expect(await history.lines()).toHaveLength(2);
      await expect(history.open(bad)).rejects.toThrow('damaged');
    }
  });

  it.skipIf(process.platform === 'win32')(
    'does not wait for a pipe that lies among the results',
    async () => {
      const good = await history.save(entry);
      execFileSync('mkfifo', [place('1700000000000-00000000.json')]);
      expect((await history.lines()).map(({ id }) => id)).toEqual([good]);
      await expect(history.open('1700000000000-00000000')).rejects.toThrow('damaged');
    },
  );

  it('refuses names that would leave its folder', async () => {
    for (const id of [
      '../../etc/passwd',
      '..',
      '',
      '.hidden',
      'C:x',
      'a\\b',
      'a\0',
      '\u202eb',
      'x'.repeat(201),
    ]) {
      await expect(history.open(id)).rejects.toThrow('not the name of a saved result');
      await expect(history.remove(id)).rejects.toThrow('not the name of a saved result');
    }
  });

  it('says that a file is damaged, keeps it, and lists the others', async () => {
    const good = await history.save(entry);
    const bad = '1700000000000-00000000';
    const path = place(`${bad}.json`);
    for (const content of ['', '{', '[]', '{"version":2}', '\0']) {
      await writeFile(path, content);
      await expect(history.open(bad)).rejects.toThrow('damaged');
      expect((await history.lines()).map((line) => line.id)).toEqual([good]);
    }
  });
});
