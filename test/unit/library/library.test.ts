import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectTokenizerHere, inspectWithTokenizer } from '../../../src/library/inspectTokenizer';
import { LibraryError, type LibraryErrorCode } from '../../../src/library/libraryError';
import { parseEntries } from '../../../src/library/catalog';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';
import type { OpenFile } from '../../../src/library/partialFile';
import { expectNothing, expectRight, FILES, libraryFixture, REPO, WANTED, WEIGHTS } from './fixture';
import { hubCache } from './hubCache';
import { sha256 } from './hubServer';
import { writeExport } from './optimumExport';
import { readTensors, reference, TINY, writeTiny } from './tinyGpt2';

const { at, hub, library } = libraryFixture();
const weights = FILES[WEIGHTS];

async function expectError(
  attempt: Promise<unknown>,
  code: LibraryErrorCode,
  sentence: RegExp,
): Promise<void> {
  const error: unknown = await attempt.catch((e: unknown) => e);
  expect(error).toBeInstanceOf(LibraryError);
  expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) as string });
}

describe('a model of the catalog', () => {
  const entry = (change: object = {}): ReturnType<typeof parseEntries> =>
    parseEntries(
      [
        {
          id: 'tiny',
          name: 'Tiny',
          repo: REPO,
          sha256: { [WEIGHTS]: sha256(weights) },
          license: 'mit',
          ...change,
        },
      ],
      'test',
    );

  it('is downloaded by its id, its repository or its page, into a folder of its id', async () => {
    const here = library({ catalog: entry() });
    const downloaded = await here.download('tiny');
    expectRight(downloaded);
    expect(downloaded).toMatchObject({
      id: 'tiny',
      name: 'Tiny',
      repo: REPO,
      directory: at('storage', 'tiny'),
    });
    const before = hub().seen.length;
    await here.download(REPO);
    await here.download(`${hub().endpoint}/${REPO}`);
    for (const address of ['huggingface.co', 'hf.co', 'https://huggingface.co', 'hub.example.org:8080']) {
      await here.download(`${address}/${REPO}`);
      await here.download(`${address}/${REPO}/tree/main`);
    }
    expect(hub().seen).toHaveLength(before);
  });

  it('is fetched at its pinned commit without a question about branches', async () => {
    const here = library({ catalog: entry({ revision: 'a'.repeat(40) }) });
    expectRight(await here.download('tiny'));
    expect(hub().seen.some(({ path }) => path.includes('/revision/'))).toBe(false);
    const gone = library({ catalog: entry({ revision: 'b'.repeat(40) }), storage: at('other') });
    await expectNothing(gone, gone.download('tiny'), 'missing', /status 404/);
  });

  it('is not begun where the hub offers other weights than are known', async () => {
    const here = library({ catalog: entry({ sha256: { [WEIGHTS]: '0'.repeat(64) } }) });
    await expectNothing(
      here,
      here.download('tiny'),
      'changed',
      /offered with SHA-256 [0-9a-f]{64}, but 0{64} is known/,
    );
    expect(hub().requestsFor(WEIGHTS)).toEqual([]);
    const strange = library({ catalog: entry({ sha256: { 'x.safetensors': '0'.repeat(64) } }) });
    await expectNothing(strange, strange.download('tiny'), 'changed', /SHA-256 \(none\)/);
  });

  it('is listed with what of it is here and what it needs', async () => {
    const shape = { layers: 12, heads: 12, width: 768, context: 1024, vocabulary: 50257 };
    const memory = (): { free: number; total: number } => ({ free: 600e6, total: 8e9 });
    const here = library({ catalog: entry({ shape, bytes: 5e8 }), memory });
    const [absent] = await here.catalog();
    expect(absent).toMatchObject({ state: 'absent', receivedBytes: 0, totalBytes: 5e8 });
    // 124,439,808 parameters of four bytes alone need more than is free; the 8-bit ones and their cache do not.
    expect(absent!.memory!.fp32!.bytes).toBeGreaterThan(124_439_808 * 4 + 2 * 12 * 768 * 1024 * 4);
    expect(absent!.memory!.fp32!.fits).toBe(false);
    expect(absent!.memory!.int8!.bytes).toBeGreaterThan(124e6 + 75e6);
    expect(absent!.memory!.int8!.fits).toBe(true);
    expect(absent!.memory!.int4!.bytes).toBeLessThan(absent!.memory!.int8!.bytes);

    hub().fault = ({ where, file }) => (where === 'store' && file === WEIGHTS ? { cutAfter: 0 } : undefined);
    await expectError(here.download('tiny'), 'network', /4 times/);
    const small = FILES['config.json'].length + FILES['generation_config.json'].length;
    expect((await here.catalog())[0]).toMatchObject({
      state: 'paused',
      receivedBytes: small,
      totalBytes: small + weights.length,
    });
    hub().fault = () => undefined;
    await here.download('tiny');
    expect((await here.catalog())[0]!.state).toBe('here');
  });
});

describe('models of other kinds on the hub', () => {
  it('come in several files where they have an index', async () => {
    await writeTiny(at('sharded'), 'plain-names', { shards: 3 });
    const names = [1, 2, 3].map((i) => `model-0000${i}-of-00003.safetensors`);
    const files = Object.fromEntries(
      ['config.json', 'model.safetensors.index.json', ...names].map((name) => [
        name,
        readFileSync(at('sharded', name)),
      ]),
    );
    hub().add(REPO, { ...files, 'other.safetensors': Buffer.alloc(20_000) });
    const entry = await library().download(REPO);
    expectRight(entry, files, Object.keys(files));
    expect(entry.format).toBe('safetensors');
  });

  it.each([
    ['../../secret.safetensors', 'unsupported', /named "..\/..\/secret.safetensors", which is not used/],
    ['decoding-lab.json', 'unsupported', /expected files \*.safetensors/],
    ['model-9.safetensors', 'missing', /no file model-9.safetensors, which its own index names/],
  ] as const)('are refused when the index names %s', async (name, code, sentence) => {
    const index = JSON.stringify({ weight_map: { 'wte.weight': name } });
    hub().add(REPO, { 'config.json': FILES['config.json'], 'model.safetensors.index.json': index });
    const here = library();
    await expectNothing(here, here.download(REPO), code, sentence);
  });

  it('come as ONNX where there is nothing else, with the weights beside the graph', async () => {
    const tensors = [...readTensors(`${TINY}/prefixed-names/${WEIGHTS}`)].filter(
      ([name]) => !name.endsWith('attn.bias'),
    );
    const plain = new Map(tensors.map(([name, tensor]) => [name.replace('transformer.', ''), tensor]));
    mkdirSync(at('export'));
    const options = { cache: 'past', externalData: 'model.onnx_data' } as const;
    writeExport(at('export', 'model.onnx'), plain, reference('prefixed-names').config, options);
    const files = {
      'config.json': readFileSync(`${TINY}/prefixed-names/config.json`),
      'onnx/model.onnx': readFileSync(at('export', 'model.onnx')),
      'onnx/model.onnx_data': readFileSync(at('export', 'model.onnx_data')),
    };
    hub().add(REPO, {
      ...files,
      'onnx/model_quantized.onnx': Buffer.alloc(20_000),
      'pytorch_model.bin': 'x',
    });
    const entry = await library().download(REPO);
    expect(entry).toMatchObject({ problem: undefined, format: 'onnx' });
    for (const [name, bytes] of Object.entries(files)) {
      expect(Buffer.compare(readFileSync(join(entry.directory, name)), bytes)).toBe(0);
    }
    expect(existsSync(join(entry.directory, 'onnx/model_quantized.onnx'))).toBe(false);
  });

  it.each<[string, Record<string, Buffer | string>, RegExp]>([
    [
      'another architecture',
      { ...FILES, 'config.json': '{"model_type":"llama"}' },
      /model_type is "llama", expected "gpt2"/,
    ],
    [
      'heads that do not divide the width',
      {
        ...FILES,
        'config.json': JSON.stringify({
          ...(JSON.parse(FILES['config.json'].toString()) as object),
          n_head: 3,
        }),
      },
      /n_head is 3, expected a divisor of n_embd 16/,
    ],
    ['no config.json', { [WEIGHTS]: weights }, /no config.json/],
    ['a config.json that is no JSON', { ...FILES, 'config.json': '{' }, /cannot be used/],
    [
      'only pickled weights',
      { 'config.json': FILES['config.json'], 'pytorch_model.bin': 'x' },
      /can hold programs/,
    ],
    [
      'weights of another shape',
      { ...FILES, [WEIGHTS]: readFileSync(`${TINY}/prefixed-names/${WEIGHTS}`) },
      /shape .*config.json demands/,
    ],
    [
      'weights that are no safetensors',
      { ...FILES, [WEIGHTS]: Buffer.alloc(20_000, 1) },
      /is not a whole safetensors file/,
    ],
  ])('are refused with %s, and nothing of them is kept', async (_, files, sentence) => {
    hub().add(REPO, files);
    const here = library();
    await expectNothing(here, here.download(REPO), 'unsupported', sentence);
    expect(await here.unfinished()).toEqual([]);
    expect(existsSync(at('storage', '.downloads', 'tester--tiny'))).toBe(false);
  });

  it.each(['vocab.txt', 'spiece.model', 'tokenizer.model'])(
    'are refused by a tokenizer in %s, before anything has come',
    async (name) => {
      hub().add(REPO, { ...FILES, [name]: 'x', 'vocab.json': '{}' });
      const here = library();
      await expectNothing(
        here,
        here.download(REPO),
        'unsupported',
        /tester\/tiny has no tokenizer that can be/,
      );
      expect(hub().seen.filter(({ where }) => where !== 'api')).toEqual([]);
      hub().add(REPO, { ...FILES, [name]: 'x', 'tokenizer.json': '{}' });
      expect((await library().download(REPO)).problem).toBeUndefined();
    },
  );

  it('are refused by the content of their tokenizer before their weights have come', async () => {
    const wordPiece = JSON.stringify({
      model: { type: 'WordPiece', vocab: {} },
      decoder: { type: 'WordPiece' },
    });
    hub().add(REPO, { ...FILES, 'tokenizer.json': wordPiece });
    const here = library({ inspect: inspectWithTokenizer, inspectTokenizer: inspectTokenizerHere });
    await expectNothing(
      here,
      here.download(REPO),
      'unsupported',
      /tester\/tiny.*do not stand for fixed bytes/,
    );
    expect(hub().requestsFor(WEIGHTS)).toEqual([]);
  });

  it('are refused by their config before their weights have come', async () => {
    hub().add(REPO, { ...FILES, 'config.json': '{"model_type":"llama"}' });
    const here = library();
    await expectNothing(here, here.download(REPO), 'unsupported');
    expect(hub().requestsFor(WEIGHTS, 'hub')).toEqual([]);
  });
});

describe('a disk', () => {
  /** A disk that is full after so many bytes of the weights. */
  const fullAfter =
    (limit: number): OpenFile =>
    async (path, flags) => {
      const file = await open(path, flags);
      return {
        write: (bytes, offset, length, position) => {
          if (path.includes(WEIGHTS) && position + length > limit) {
            throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
          }
          return file.write(bytes, offset, length, position);
        },
        datasync: () => file.datasync(),
        truncate: (length) => file.truncate(length),
        close: () => file.close(),
      };
    };

  it('that becomes full ends the download with a sentence, and it goes on when there is room', async () => {
    const full = library({ openFile: fullAfter(10_000) });
    await expectNothing(full, full.download(REPO), 'disk', /disk is full.*make room and try again/);
    expectRight(await library().download(REPO));
  });

  it('with too little room is not begun to be filled', async () => {
    const total = WANTED.reduce((sum, name) => sum + FILES[name].length, 0);
    const here = library({ freeBytes: () => Promise.resolve(total + 99e6) });
    await expectNothing(here, here.download(REPO), 'disk', /needs 41\.\d kB more .* only 99 MB free/);
    expect(hub().requestsFor(WEIGHTS, 'hub')).toEqual([]);
    expectRight(await library({ freeBytes: () => Promise.resolve(total + 101e6) }).download(REPO));
  });

  it('that does not say its room is tried', async () => {
    expectRight(await library({ freeBytes: () => Promise.resolve(undefined) }).download(REPO));
  });

  it('tells the room that is taken and left', async () => {
    const here = library();
    expect(await here.room()).toMatchObject({ usedBytes: 0, freeBytes: expect.any(Number) as number });
    await here.download(REPO);
    expect((await here.room()).usedBytes).toBeGreaterThan(weights.length);
  });

  it('with a folder that may not be written to is told so', async () => {
    mkdirSync(at('locked'), { mode: 0o555 });
    const here = library({ storage: at('locked', 'storage') });
    // The administrator may write anywhere: for this test, be somebody else.
    const administrator = process.geteuid?.() === 0;
    if (administrator) {
      chmodSync(at(), 0o755);
      process.seteuid!(65534);
    }
    try {
      await expectNothing(here, here.download(REPO), 'permission', /not allowed to.*another storage folder/);
      await expectError(here.importFolder(TINY), 'name', /not a whole path/);
    } finally {
      if (administrator) process.seteuid!(0);
    }
  });

  it('with a file where the storage folder should be is told so', async () => {
    writeFileSync(at('storage'), 'x');
    const here = library();
    await expectError(here.download(REPO), 'disk', /could not be made/);
    expect(await here.list()).toEqual([]);
  });

  it('with another folder in the way is left alone', async () => {
    mkdirSync(at('storage', 'tester--tiny'), { recursive: true });
    writeFileSync(at('storage', 'tester--tiny', 'mine.txt'), 'x');
    await expectError(library().download(REPO), 'name', /is in the way of tester\/tiny/);
    expect(readFileSync(at('storage', 'tester--tiny', 'mine.txt'), 'utf8')).toBe('x');
  });
});

describe('importFolder', () => {
  it('takes a folder where it lies, and forgets it without touching it', async () => {
    await writeTiny(at('My Model!'), 'plain-names', { shards: 2 });
    const here = library();
    const entry = await here.importFolder(at('My Model!'));
    expect(entry).toMatchObject({
      id: 'my-model',
      name: 'My Model!',
      kind: 'imported',
      directory: at('My Model!'),
      problem: undefined,
    });
    expect(await here.importFolder(at('My Model!'))).toEqual(entry);
    const model = await loadGpt2(entry);
    await model.dispose();
    await here.remove('my-model');
    expect(await here.list()).toEqual([]);
    expect(existsSync(at('My Model!', 'model-00001-of-00002.safetensors'))).toBe(true);
  });

  it('gives every folder an id of its own', async () => {
    const ids: string[] = [];
    for (const parent of ['a', 'b', 'c']) {
      await writeTiny(at(parent, 'gpt2'), 'plain-names');
      ids.push((await library().importFolder(at(parent, 'gpt2'))).id);
    }
    expect(ids).toEqual(['gpt2', 'gpt2-2', 'gpt2-3']);
  });

  it.each([1, 2])("takes a version in the hub's own cache, its weights in %i file(s)", async (shards) => {
    await writeTiny(at('plain'), 'plain-names', { shards });
    const snapshot = hubCache(at('plain'), at('models--someone--tiny'));
    const entry = await library().importFolder(snapshot);
    expect(entry.problem).toBeUndefined();
    expect(entry.name).toBe('someone/tiny');
    expect(entry.id).toBe('someone-tiny');
    const verification = await library().verify(entry.id);
    expect(verification.ok).toBe(true);
    expect(verification.files.map(({ path }) => path).sort()).toEqual(
      shards === 1
        ? ['config.json', WEIGHTS]
        : ['config.json', ...[1, 2].map((n) => `model-0000${n}-of-00002.safetensors`)],
    );
    rmSync(at('models--someone--tiny', 'blobs'), { recursive: true });
    expect((await library().verify(entry.id)).ok).toBe(false);
  });

  it('refuses what is no model, with the reason', async () => {
    const here = library();
    mkdirSync(at('empty'));
    await expectError(here.importFolder(at('empty')), 'unsupported', /config.json cannot be read/);
    await expectError(here.importFolder(at('nowhere')), 'disk', /nowhere could not be opened/);
    writeFileSync(at('file'), 'x');
    await expectError(here.importFolder(at('file')), 'name', /is a file. Choose the folder/);
    await expectError(here.importFolder('somewhere'), 'name', /not a whole path/);
    mkdirSync(at('pickle'));
    copyFileSync(`${TINY}/plain-names/config.json`, at('pickle', 'config.json'));
    writeFileSync(at('pickle', 'pytorch_model.bin'), 'x');
    await expectError(here.importFolder(at('pickle')), 'unsupported', /pytorch_model.bin instead/);
    expect(await here.list()).toEqual([]);
  });
});

describe('verify', () => {
  it('finds what has changed, is cut or is gone', async () => {
    const here = library();
    const { directory } = await here.download(REPO);
    const progress: number[] = [];
    const fine = await here.verify(REPO, { onProgress: (read) => progress.push(read) });
    expect(fine).toMatchObject({ ok: true, problem: undefined });
    expect(fine.files.map(({ path, assurance }) => [path, assurance])).toEqual(
      expect.arrayContaining([
        [WEIGHTS, 'sha256'],
        ['config.json', 'git'],
      ]),
    );
    expect(progress.at(-1)).toBe(WANTED.reduce((sum, name) => sum + FILES[name].length, 0));

    const path = join(directory, WEIGHTS);
    const changed = Buffer.from(weights);
    changed[weights.length - 1]! ^= 1;
    writeFileSync(path, changed);
    const found = await here.verify(REPO);
    expect(found.ok).toBe(false);
    expect(found.files.find((file) => file.path === WEIGHTS)!.problem).toMatch(/has changed: its SHA-256 is/);
    // The numbers are wrong, but it is a model all the same.
    expect(found.problem).toBeUndefined();

    writeFileSync(path, weights.subarray(0, 30_000));
    const cut = await here.verify(REPO);
    expect(cut.files.find((file) => file.path === WEIGHTS)!.problem).toMatch(
      /has 30000 bytes, expected 41376/,
    );
    expect(cut.problem).toMatch(/not a whole safetensors file/);

    rmSync(path);
    const gone = await here.verify(REPO);
    expect(gone.files.find((file) => file.path === WEIGHTS)!.problem).toMatch(/cannot be read/);
    expect((await here.find(REPO)).problem).toMatch(/cannot be read/);
  });

  it('records an imported model the first time, and compares it the next', async () => {
    await writeTiny(at('mine'), 'plain-names');
    const here = library();
    await here.importFolder(at('mine'));
    const first = await here.verify('mine');
    expect(first.ok).toBe(true);
    const bytes = readFileSync(at('mine', WEIGHTS));
    expect(first.files.find(({ path }) => path === WEIGHTS)).toMatchObject({
      assurance: 'first',
      sha256: sha256(bytes),
    });
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(at('mine', WEIGHTS), bytes);
    expect((await here.verify('mine')).files.find(({ path }) => path === WEIGHTS)!.problem).toMatch(
      /has changed/,
    );
  });

  it('can be stopped, and knows which models there are', async () => {
    const here = library();
    await here.download(REPO);
    await expectError(here.verify(REPO, { signal: AbortSignal.abort() }), 'stopped', /./);
    await expectError(here.verify('nothing'), 'missing', /nothing is not installed/);
  });
});

describe('a model in use', () => {
  it('is not removed, here or in another window, until it is released', async () => {
    const here = library();
    await here.download(REPO);
    const use = await here.use(REPO);
    const again = await library().use(REPO);
    await expectError(library().remove(REPO), 'busy', /in use, here or in another window/);
    expectRight(await here.find(REPO));
    expect((await here.find(REPO)).inUse).toBe(true);
    await use.release();
    await use.release();
    await expectError(here.remove(REPO), 'busy', /in use/);
    await again.release();
    expect((await here.find(REPO)).inUse).toBe(false);
    await here.remove(REPO);
    expect(await here.list()).toEqual([]);
    expect(existsSync(at('storage', 'tester--tiny'))).toBe(false);
    await expectError(here.use(REPO), 'missing', /is not installed/);
    expectRight(await here.download(REPO));
  });

  it('tells when it was used last', async () => {
    const here = library();
    expect((await here.download(REPO)).lastUsed).toBeUndefined();
    const before = Date.now() - 2000;
    await (await here.use(REPO)).release();
    expect((await here.find(REPO)).lastUsed!.getTime()).toBeGreaterThan(before);
  });

  it('is marked while it is verified, too', async () => {
    const here = library();
    await here.download(REPO);
    const marks: number[] = [];
    await here.verify(REPO, {
      onProgress: () => marks.push(readdirSync(at('storage', '.in-use', 'tester--tiny')).length),
    });
    expect(new Set(marks)).toEqual(new Set([1]));
    await here.remove(REPO);
  });

  it('that somebody deletes by hand is told as such', async () => {
    const here = library();
    const { directory } = await here.download(REPO);
    const use = await here.use(REPO);
    rmSync(directory, { recursive: true });
    await use.release();
    await expectError(here.use(REPO), 'missing', /Download or import it/);
  });
});

describe('models that are not the library’s own', () => {
  it('are listed beside its own, and never removed', async () => {
    const here = library({ bundled: 'models' });
    const [fireside, kindling, ...more] = await here.list();
    expect(more).toEqual([]);
    expect(kindling).toMatchObject({
      id: 'kindling',
      kind: 'bundled',
      problem: undefined,
      shape: { layers: 1, heads: 2, width: 16, context: 256, vocabulary: 50257 },
    });
    expect(fireside).toMatchObject({
      id: 'fireside',
      kind: 'bundled',
      format: 'safetensors',
      problem: undefined,
      shape: { layers: 4, heads: 4, width: 128, context: 256, vocabulary: 50257 },
    });
    await expectError(here.remove('fireside'), 'permission', /part of the extension/);
    const unwritable = library({ bundled: 'models', storage: at('storage', 'x') });
    mkdirSync(at('storage'));
    writeFileSync(at('storage', 'x'), 'a file, in which nothing can be written down');
    await (await unwritable.use('fireside')).release();
    expect((await unwritable.verify('fireside')).ok).toBe(true);
    rmSync(at('storage', 'x'));
    await writeTiny(at('storage', 'by-hand'), 'plain-names');
    expect((await here.list()).map(({ id, kind }) => [id, kind])).toEqual([
      ['by-hand', 'imported'],
      ['fireside', 'bundled'],
      ['kindling', 'bundled'],
    ]);
    await expectError(here.remove('by-hand'), 'permission', /by hand.*yourself/);
    expect(existsSync(at('storage', 'by-hand', WEIGHTS))).toBe(true);
  });

  it('can be anything: listing does not fail for them', async () => {
    mkdirSync(at('storage', 'junk'), { recursive: true });
    writeFileSync(at('storage', 'junk', 'decoding-lab.json'), '{"version":1,"id":7}');
    writeFileSync(at('storage', 'file.txt'), 'x');
    const [junk, ...more] = await library().list();
    expect(more).toEqual([]);
    expect(junk).toMatchObject({
      id: 'junk',
      problem: expect.stringMatching(/config.json cannot be read/) as string,
    });
  });
});
