import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  readFolderTexts,
  type FolderOptions,
  type FolderPorts,
} from '../../../../src/extension/panel/textFolder';
import { depth } from '../../depth';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'texts-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const disk: FolderPorts = {
  list: (path) =>
    Promise.resolve(
      readdirSync(join(folder, path), { withFileTypes: true }).map((entry) => ({
        name: entry.name,
        kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other',
      })),
    ),
  size: (path) => Promise.resolve(statSync(join(folder, path)).size),
  read: (path) => Promise.resolve(readFileSync(join(folder, path))),
};

const write = (path: string, content: string | Uint8Array): void => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), content);
};

const read = (options: Partial<FolderOptions> = {}) =>
  readFolderTexts(disk, {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    mostBytes: 1_000_000,
    ...options,
  });

describe('A folder', () => {
  it('gives its texts in the order of their paths, and counts what is no text', async () => {
    write('b.txt', 'Bears.');
    write('a/2.md', 'Two.');
    write('a/1.md', 'One.');
    write('picture.png', Uint8Array.of(0x89, 0x50, 0, 0));
    write('latin1.txt', Uint8Array.of(0x63, 0x61, 0x66, 0xe9));
    expect(await read()).toEqual({ text: 'One.\n\nTwo.\n\nBears.', files: 3, leftOut: 2, tooLarge: 0 });
  });

  it('gives the same text, whatever ends the lines of its files', async () => {
    write('unix.txt', 'One.\nTwo.\n');
    write('windows.txt', 'One.\r\nTwo.\r\n');
    write('mixed.txt', 'One.\rTwo.\r\n');
    expect((await read()).text).toBe(['One.\nTwo.\n', 'One.\nTwo.\n', 'One.\nTwo.\n'].join('\n\n'));
  });

  it('is not left by a link, and what tools keep in it is no text', async () => {
    write('in/a.txt', 'Inside.');
    write('.git/config', 'hidden');
    write('node_modules/x/readme.md', 'a package');
    symlinkSync(folder, join(folder, 'in', 'circle'));
    expect(await read()).toMatchObject({ text: 'Inside.', files: 1, leftOut: 0 });
  });

  it('may hold thousands of files', async () => {
    const texts = Array.from(
      { length: depth(2_000, 10_000) },
      (_, i) => `Text ${String(i).padStart(5, '0')}.`,
    );
    texts.forEach((text, i) => {
      write(`${Math.floor(i / 1000)}/${String(i).padStart(5, '0')}.txt`, text);
    });
    const seen: number[] = [];
    const result = await read({ onProgress: (done) => seen.push(done) });
    expect(result.text.split('\n\n')).toEqual(texts);
    expect(seen.length).toBeGreaterThan(20);
    expect(seen.at(-1)).toBe(texts.length);
  });

  it('is not read any further once it was stopped', async () => {
    for (let i = 0; i < 100; i++) write(`${i}.txt`, 'Text.');
    const stop = new AbortController();
    let progress = 0;
    const reading = read({
      signal: stop.signal,
      onProgress: () => {
        if (++progress === 2) stop.abort();
      },
    });
    await expect(reading).rejects.toThrow(/abort/i);
    expect(progress).toBe(2);
  });

  it('with too much text is refused, with the limit; a huge file alone is left out unread', async () => {
    write('a.txt', 'x'.repeat(600));
    write('b.txt', 'y'.repeat(600));
    await expect(read({ mostBytes: 1000 })).rejects.toThrow(/more than 1,000 bytes/);
    write('b.txt', 'y'.repeat(2000));
    expect(await read({ mostBytes: 1000 })).toMatchObject({ files: 1, leftOut: 0, tooLarge: 1 });
    await expect(read({ mostBytes: 100 })).rejects.toThrow(/2 of 2 have more than 100 bytes/);
  });

  it('is read but for what cannot be, and says so where that is all of it', async () => {
    write('a.txt', 'Text.');
    write('locked/b.txt', 'Hidden.');
    const locked: FolderPorts = {
      ...disk,
      list: (path) => (path === 'locked' ? Promise.reject(new Error('EACCES')) : disk.list(path)),
    };
    const options = { signal: new AbortController().signal, onProgress: () => undefined, mostBytes: 1000 };
    expect(await readFolderTexts(locked, options)).toMatchObject({ text: 'Text.', files: 1, leftOut: 1 });
    const gone: FolderPorts = { ...disk, list: () => Promise.reject(new Error('ENOENT: no such folder')) };
    await expect(readFolderTexts(gone, options)).rejects.toThrow(
      'The folder cannot be read: ENOENT: no such folder. Choose another one.',
    );
  });

  it('without any text is refused, and says how many files it looked at', async () => {
    write('a.bin', Uint8Array.of(0, 1));
    write('empty.txt', '');
    await expect(read()).rejects.toThrow(/None of the 2 files/);
  });
});
