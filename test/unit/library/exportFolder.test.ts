import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ModelFileError } from '../../../src/gpt2/checkpoint/modelFileError';
import { inspectModelFolder } from '../../../src/gpt2/checkpoint/modelFolder';
import {
  copyChecked,
  copyModel,
  CopyError,
  filesOfModel,
  type CopyTarget,
} from '../../../src/library/exportFolder';
import { libraryFixture, REPO } from './fixture';
import { hubCache } from './hubCache';
import { writeExport } from './optimumExport';
import { readTensors, reference, TINY, writeTiny } from './tinyGpt2';

const { at, library } = libraryFixture();
const NAME = 'prefixed-names';

const never = new AbortController().signal;

/** A target on the disk that counts, and can be told to fail at a file. */
function disk(failing?: { readonly at: string; readonly with: Error }): CopyTarget & { copied: string[] } {
  const copied: string[] = [];
  return {
    copied,
    copy: async ({ from, path }) => {
      if (path === failing?.at) throw failing.with;
      await mkdir(dirname(at('out', path)), { recursive: true });
      await copyFile(from, at('out', path));
      copied.push(path);
    },
    remove: () => rm(at('out'), { recursive: true, force: true }),
  };
}

/** Writes empty files into a folder. */
function add(folder: string, ...names: string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), '{}');
  }
}

const names = async (folder: string): Promise<string[]> =>
  (await filesOfModel(folder)).map(({ path }) => path).sort();

/** Everything below a folder. */
const tree = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();

describe('the files of a model', () => {
  it('are its numbers, its configuration, its tokenizer and its licence, and nothing else', async () => {
    await writeTiny(at('m'), NAME);
    const belong = [
      ...['generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'vocab.json', 'merges.txt'],
      ...['special_tokens_map.json', 'LICENSE', 'README.md', 'licence.txt', 'NOTICE'],
    ];
    add(at('m'), ...belong);
    // The library's record, a quantized form, a training's state, hidden things, other weights, notes.
    add(at('m'), 'decoding-lab.json', 'model.int8.safetensors', 'optimizer.safetensors', 'state.json');
    add(at('m'), '.git/config', '.env', 'pytorch_model.bin', 'onnx/model.onnx', 'diary.md', 'sub/README.md');
    add(at('m'), 'model.safetensors.index.json');
    expect(await names(at('m'))).toEqual(['config.json', 'model.safetensors', ...belong].sort());
  });

  it('are those that a download brought, without the record of it', async () => {
    const { directory } = await library().download(REPO);
    expect(readdirSync(directory)).toContain('decoding-lab.json');
    expect(await names(directory)).toEqual(['config.json', 'generation_config.json', 'model.safetensors']);
  });

  it('are all the parts of weights in several files, and their index', async () => {
    await writeTiny(at('m'), NAME, { shards: 3 });
    expect(await names(at('m'))).toEqual([
      'config.json',
      ...[1, 2, 3].map((i) => `model-0000${i}-of-00003.safetensors`),
      'model.safetensors.index.json',
    ]);
  });

  it.each(['model.onnx', 'onnx/model.onnx'])('are the graph %s and its weights beside it', async (graph) => {
    const { config } = reference(NAME);
    const tensors = new Map(
      [...readTensors(`${TINY}/${NAME}/model.safetensors`)]
        .filter(([name]) => !name.endsWith('.attn.bias'))
        .map(([name, tensor]) => [name.replace('transformer.', ''), tensor]),
    );
    mkdirSync(dirname(at('m', graph)), { recursive: true });
    copyFileSync(`${TINY}/${NAME}/config.json`, at('m', 'config.json'));
    writeExport(at('m', graph), tensors, config, { cache: 'past', externalData: 'weights.bin' });
    add(at('m'), 'onnx/model_q4.onnx', 'vocab.json', 'merges.txt');
    const data = graph.replace('model.onnx', 'weights.bin');
    const expected = ['config.json', 'merges.txt', graph, data, 'vocab.json'].sort();
    expect(await names(at('m'))).toEqual(expected);

    expect(await copyModel(await filesOfModel(at('m')), disk(), { signal: never })).toBe(true);
    expect(tree(at('out'))).toEqual(expected);
    expect(await inspectModelFolder(at('out'))).toMatchObject({ format: 'onnx', graph: at('out', graph) });
  });

  it('are copied themselves where the folder has links to them', async () => {
    await writeTiny(at('plain'), NAME);
    const snapshot = hubCache(at('plain'), at('models--someone--tiny'));
    await copyModel(await filesOfModel(snapshot), disk(), { signal: never });
    await rm(at('models--someone--tiny'), { recursive: true });
    expect((await inspectModelFolder(at('out'))).format).toBe('safetensors');
  });

  it.each(['README.md', 'LICENSE', 'NOTICE', 'tokenizer_config.json', 'model.safetensors', 'config.json'])(
    'are refused when %s is a link to a file elsewhere',
    async (name) => {
      await writeTiny(at('m'), NAME);
      writeFileSync(at('id_rsa'), 'a private key');
      rmSync(at('m', name), { force: true });
      symlinkSync(at('id_rsa'), at('m', name));
      await expect(filesOfModel(at('m'))).rejects.toThrow(/is a link out of the model's folder/);
    },
  );

  it('are not looked for where a folder is a link to one elsewhere', async () => {
    await writeTiny(at('m'), NAME);
    mkdirSync(at('other'));
    writeFileSync(at('other', 'README.md'), 'private');
    symlinkSync(at('other'), at('m', 'docs'));
    expect(await names(at('m'))).toEqual(['config.json', 'model.safetensors']);
  });

  it('are copied from the file that was checked, or not at all', async () => {
    await writeTiny(at('m'), NAME);
    writeFileSync(at('m', 'README.md'), 'a model');
    writeFileSync(at('id_rsa'), 'a private key');
    const readme = (await filesOfModel(at('m'))).find(({ path }) => path === 'README.md')!;
    await copyChecked(readme, at('out', 'README.md'));
    expect(readFileSync(at('out', 'README.md'), 'utf8')).toBe('a model');
    await expect(copyChecked(readme, at('out', 'README.md'))).rejects.toThrow(/EEXIST/);
    // Between the list and the copy, another file takes its place.
    rmSync(at('m', 'README.md'));
    symlinkSync(at('id_rsa'), at('m', 'README.md'));
    await expect(copyChecked(readme, at('out', 'again'))).rejects.toThrow(
      /is a link out of the model's folder/,
    );
    expect(existsSync(at('out', 'again'))).toBe(false);
  });

  it('are none of a folder without a model', async () => {
    add(at('m'), 'README.md');
    await expect(filesOfModel(at('m'))).rejects.toBeInstanceOf(ModelFileError);
  });
});

describe('a copy', () => {
  it('is told file by file, with the share of the bytes before it', async () => {
    await writeTiny(at('m'), NAME);
    const files = await filesOfModel(at('m'));
    const told: [string, number][] = [];
    await copyModel(files, disk(), {
      signal: never,
      onFile: ({ path }, share) => told.push([path, share]),
    });
    const config = readFileSync(at('m', 'config.json')).length;
    const weights = readFileSync(at('m', 'model.safetensors')).length;
    expect(told).toEqual([
      ['config.json', 0],
      ['model.safetensors', config / (config + weights)],
    ]);
  });

  it('that fails leaves nothing behind, and says at which file and why', async () => {
    await writeTiny(at('m'), NAME);
    const files = await filesOfModel(at('m'));
    const target = disk({ at: 'model.safetensors', with: new Error('ENOSPC: no space left on device') });
    const error: unknown = await copyModel(files, target, { signal: never }).catch((e: unknown) => e);
    expect(target.copied).toEqual(['config.json']);
    expect(existsSync(at('out'))).toBe(false);
    expect(error).toBeInstanceOf(CopyError);
    expect(error).toMatchObject({
      ...{ file: 'model.safetensors', why: 'ENOSPC: no space left on device', left: undefined },
    });
    // With room, the same place will do.
    expect(await copyModel(files, disk(), { signal: never })).toBe(true);
    expect(tree(at('out'))).toEqual(['config.json', 'model.safetensors']);
  });

  it('that fails and cannot be removed says both', async () => {
    await writeTiny(at('m'), NAME);
    const target = {
      ...disk({ at: 'model.safetensors', with: new Error('the disk is gone') }),
      remove: () => Promise.reject(new Error('it is still gone')),
    };
    await expect(copyModel(await filesOfModel(at('m')), target, { signal: never })).rejects.toMatchObject({
      ...{ file: 'model.safetensors', why: 'the disk is gone', left: 'it is still gone' },
    });
  });

  it('that is stopped leaves nothing behind, whether or not a file fails thereby', async () => {
    await writeTiny(at('m'), NAME);
    const files = await filesOfModel(at('m'));
    for (const failing of [undefined, { at: 'model.safetensors', with: new Error('aborted') }]) {
      const stop = new AbortController();
      const done = await copyModel(files, disk(failing), {
        signal: stop.signal,
        onFile: ({ path }) => {
          if (path === 'model.safetensors') stop.abort();
        },
      });
      expect(done).toBe(false);
      expect(existsSync(at('out'))).toBe(false);
    }
    const target = { ...disk(), remove: () => Promise.reject(new Error('not allowed')) };
    await expect(copyModel(files, target, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      ...{ file: undefined, left: 'not allowed' },
    });
  });
});
