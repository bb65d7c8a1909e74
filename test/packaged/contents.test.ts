/** What is in a package, and that it is the same every time. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { inRepository } from '../../scripts/lib/paths';
import { readArchive, type Files } from '../../scripts/packaging/archive';
import { brokenLinks } from '../../scripts/packaging/links';
import { pack } from '../../scripts/packaging/pack';
import { ownTarget } from '../../scripts/packaging/targets';
import type {} from './shared';

const text = (files: Files, name: string): string => new TextDecoder().decode(files[name]);

/** Of a licence as people compare it: breaks and indents are the file's own. */
const words = (content: string): string => content.replace(/\s+/g, ' ').trim();

describe.each(['own', 'universal'] as const)('The package %s', (which) => {
  const read = (): Promise<Files> => readArchive(inject(which).file);

  test('is under 45 MB', () => {
    expect(inject(which).bytes).toBeLessThan(45e6);
  });

  test('gives VS Code little to read at its start', async () => {
    const { length } = (await read())['extension/dist/extension.js']!;
    expect(length).toBeLessThan(20_000);
  });

  test('has the native library of its platform alone', async () => {
    const native = Object.keys(await read()).filter((name) => /\.(node|dll|dylib|so)(\.|$)/.test(name));
    const platform = ownTarget();
    if (which === 'universal' || platform === 'universal') expect(native).toEqual([]);
    else {
      const folder = `extension/node_modules/onnxruntime-node/bin/napi-v6/${platform.replace('-', '/')}/`;
      expect(native.length).toBe(2);
      expect(native.every((name) => name.startsWith(folder))).toBe(true);
    }
  });

  test('has the licence of each package that its bundles are made of', async () => {
    const files = await read();
    const notices = words(text(files, 'extension/ThirdPartyNotices.txt'));
    const { outputs } = JSON.parse(await readFile(inRepository('out', 'bundled.json'), 'utf8')) as {
      outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
    };
    const shipped = Object.keys(files).filter((name) => /^extension\/dist\/.*\.js$/.test(name));
    expect(Object.keys(outputs)).toEqual(expect.arrayContaining(shipped.map((name) => name.slice(10))));
    const modules = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
    const inside = modules.filter(
      ([path, { bytesInOutput }]) => path.includes('node_modules/') && bytesInOutput,
    );
    expect(inside.length).toBeGreaterThan(100);
    for (const folder of new Set(inside.map(([path]) => packageOf(path)))) {
      const manifest = JSON.parse(await readFile(inRepository(folder, 'package.json'), 'utf8')) as {
        name: string;
        version: string;
      };
      expect(notices).toContain(`${manifest.name} ${manifest.version} (`);
      const licence = await readFile(inRepository(folder, 'LICENSE'), 'utf8').catch(() => '');
      expect(notices.includes(words(licence)), manifest.name).toBe(true);
    }
  });

  test('has the licences of ONNX Runtime where it has its library', async () => {
    const files = Object.keys(await read()).filter((name) => name.startsWith('extension/licenses/'));
    const both = ['LICENSE.txt', 'ThirdPartyNotices.txt'].map(
      (name) => `extension/licenses/onnxruntime/${name}`,
    );
    expect(files.sort()).toEqual(which === 'universal' || ownTarget() === 'universal' ? [] : both);
  });

  test('has a README whose images and links lead somewhere', async () => {
    expect(brokenLinks(await read())).toEqual([]);
  });
});

test('A package is the same, byte for byte, when it is made again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'decoding-lab-packages-'));
  try {
    const again = await pack('universal', folder);
    expect((await readFile(again.file)).equals(await readFile(inject('universal').file))).toBe(true);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** `node_modules/a/node_modules/@b/c/d.js` to `node_modules/a/node_modules/@b/c`. */
function packageOf(path: string): string {
  const at = path.lastIndexOf('node_modules/') + 'node_modules/'.length;
  const [scope = '', name = ''] = path.slice(at).split('/');
  return path.slice(0, at) + (scope.startsWith('@') ? `${scope}/${name}` : scope);
}
