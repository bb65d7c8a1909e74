import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inRepository } from '../../../scripts/lib/paths';
import { readArchive, writeArchive, type Files } from '../../../scripts/packaging/archive';
import { brokenLinks } from '../../../scripts/packaging/links';
import { bundledPackages, noticeOf, noticesText } from '../../../scripts/packaging/notices';
import { nativeFiles, ownFiles, TARGETS } from '../../../scripts/packaging/targets';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('Platforms', () => {
  it('each have a binding and its library, which are there, and no other’s', async () => {
    const all = TARGETS.flatMap(nativeFiles);
    expect(new Set(all).size).toBe(2 * 5);
    for (const path of all) expect((await stat(inRepository(path))).size).toBeGreaterThan(100_000);
  });

  it('that have no package of their own get nothing of onnxruntime', () => {
    expect(ownFiles('universal')).toEqual([]);
  });

  it('get the library by the name that their binding asks for', async () => {
    for (const target of TARGETS) {
      const [binding, library] = nativeFiles(target);
      if (binding === undefined) continue;
      const name = library!.slice(library!.lastIndexOf('/') + 1);
      expect((await readFile(inRepository(binding))).includes(name)).toBe(true);
    }
  });
});

describe('An archive', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'decoding-lab-archive-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const written = async (files: Files): Promise<Buffer> => {
    const path = join(folder, 'test.vsix');
    await writeArchive(path, files);
    return readFile(path);
  };

  it('has the files that went in, and the same bytes in whatever order they came', async () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8})?\.txt$/), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(names, fc.uint8Array({ maxLength: 300 }), async (paths, content) => {
        const files = Object.fromEntries(paths.map((path) => [path, content]));
        const first = await written(files);
        expect(await readArchive(join(folder, 'test.vsix'))).toEqual(files);
        const backwards = Object.fromEntries(Object.entries(files).reverse());
        expect((await written(backwards)).equals(first)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('has the same bytes in every time zone', async () => {
    const zone = process.env['TZ'];
    const inZone = async (name: string): Promise<Buffer> => {
      process.env['TZ'] = name;
      return written({ 'a.txt': bytes('a') });
    };
    try {
      expect((await inZone('Asia/Tokyo')).equals(await inZone('America/New_York'))).toBe(true);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });
});

describe('Licences', () => {
  it('are those of the packages that something was taken from, where packages lie in others too', () => {
    const inputs = {
      'src/engine/main.ts': { bytesInOutput: 10 },
      'node_modules/undici/index.js': { bytesInOutput: 10 },
      'node_modules/undici/lib/api.js': { bytesInOutput: 10 },
      'node_modules/@scope/a/node_modules/@scope/b/x/y.js': { bytesInOutput: 1 },
      'node_modules/shaken/index.js': { bytesInOutput: 0 },
    };
    expect(bundledPackages({ outputs: { 'dist/engine.js': { inputs } } })).toEqual([
      'node_modules/@scope/a/node_modules/@scope/b',
      'node_modules/undici',
    ]);
  });

  it('come with the text that the package brings, or with one from elsewhere', async () => {
    const undici = await noticeOf('node_modules/undici');
    const onnx = await noticeOf('node_modules/onnxruntime-node');
    expect(undici.texts.join()).toContain('Copyright (c) Matteo Collina and Undici contributors');
    expect(onnx.texts.join()).toContain('Copyright (c) Microsoft Corporation');
    expect(noticesText([undici, onnx])).toContain(`undici ${undici.version} (MIT)\n\nMIT License`);
  });

  it('that ask for more than their text are refused by name', async () => {
    await expect(noticeOf('node_modules/axe-core')).rejects.toThrow(/axe-core .* is bundled.*"MPL-2\.0"/);
  });

  it('are those of the ONNX Runtime that is used', async () => {
    const { version } = await noticeOf('node_modules/onnxruntime-node');
    expect(await readFile(inRepository('licenses', 'README.md'), 'utf8')).toContain(
      `ONNX Runtime ${version} `,
    );
  });
});

it('Links of a README that lead nowhere are named; addresses, headings and code are none', () => {
  const readme = [
    '![here](media/picture.png) and ![gone](media/gone.png "title")',
    '[licence](LICENSE), [site](https://example.org/x), [below](#below), [part](docs/a.md#part)',
    '<img src="media/other.gif"> `[code](nowhere)`',
    '```\n[block](nowhere)\n```',
  ].join('\n');
  const files = {
    'extension/readme.md': bytes(readme),
    'extension/README.fr.md': bytes('[fort](docs/b.md)'),
    'extension/docs/a.md': bytes('[not looked at](nowhere)'),
    'extension/LICENSE.txt': bytes(''),
    'extension/media/picture.png': bytes(''),
  };
  expect(brokenLinks(files)).toEqual([
    'readme.md: media/gone.png',
    'readme.md: media/other.gif',
    'README.fr.md: docs/b.md',
  ]);
});
