import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { ModelFileError } from '../../../src/gpt2/checkpoint/modelFileError';
import { loadTokenizer } from '../../../src/gpt2/tokenizer/tokenizerFile';
import { inspectHere } from '../../../src/library/inspect';
import { Inspector, type InspectorOptions } from '../../../src/library/inspector';
import { LibraryError } from '../../../src/library/libraryError';
import { builtFile } from '../builtFile';
import { expectNothing, expectRight, libraryFixture, REPO } from './fixture';
import { writeTiny } from './tinyGpt2';

const { at, hub, library } = libraryFixture();
let inspector: Inspector;

afterEach(() => {
  inspector.dispose();
});

function start(options: Partial<InspectorOptions> = {}): Inspector {
  inspector = new Inspector({ entry: builtFile('inspectorMain.js'), ...options });
  return inspector;
}

/** A process that never answers, one that ends, one that cannot be started. */
function standIn(code: string): string {
  writeFileSync(at('entry.js'), code);
  return at('entry.js');
}

const ANSWERS = 'process.on("message", () => process.send({ folder: { parameters: 7 } }))';

const sentence = (attempt: Promise<unknown>): Promise<unknown> => attempt.catch((e: unknown) => e);

describe('the process that looks at models', () => {
  it('says what a look in this process says, and is one for all questions', async () => {
    await writeTiny(at('m'), 'plain-names', { shards: 2 });
    const { inspect } = start();
    // Two layers, a hundred tokens and no tokenizer: its ids can be used, but no text.
    const note = expect.stringMatching(
      /has no tokenizer, and with 101 tokens .* no text can be read/,
    ) as string;
    const expected = { ...(await inspectHere(at('m'))), notes: [note] };
    expect(await Promise.all([inspect(at('m')), inspect(at('m'))])).toEqual([expected, expected]);
    const { pid } = inspector;
    await expect(inspect(at('nothing'))).rejects.toThrow(ModelFileError);
    await expect(inspect(at('nothing'))).rejects.toThrow(/config\.json cannot be read/);
    expect(inspector.pid).toBe(pid);
  });

  it('refuses a model whose tokenizer loading would refuse, until its files are others', async () => {
    await writeTiny(at('m'), 'plain-names');
    writeFileSync(at('m', 'vocab.txt'), '[PAD]');
    const { inspect, inspectTokenizer } = start();
    const refusal =
      /has no tokenizer that can be read: .* it has vocab\.txt\. Put the model's tokenizer\.json/;
    for (const look of [inspect, inspectTokenizer]) {
      await expect(look(at('m'))).rejects.toThrow(refusal);
      expect(await sentence(look(at('m')))).toBeInstanceOf(ModelFileError);
    }
    await expect(loadTokenizer(at('m'), 101)).rejects.toThrow(refusal);
    const { tokenizer } = JSON.parse(
      readFileSync('test/fixtures/oracles/tokenizers/bl-prefix.json', 'utf8'),
    ) as { tokenizer: unknown };
    writeFileSync(at('m', 'tokenizer.json'), JSON.stringify(tokenizer));
    expect(await inspectTokenizer(at('m'))).toEqual([]);
    expect((await inspect(at('m'))).notes).toEqual([]);
  });

  it.runIf(process.platform !== 'win32')(
    'refuses pipes, devices and headers of brackets at once',
    async () => {
      await writeTiny(at('pipe'), 'plain-names');
      execFileSync('rm', [at('pipe', 'model.safetensors')]);
      execFileSync('mkfifo', [at('pipe', 'model.safetensors')]);
      await writeTiny(at('zero'), 'plain-names');
      execFileSync('rm', [at('zero', 'config.json')]);
      symlinkSync('/dev/zero', at('zero', 'config.json'));
      await writeTiny(at('brackets'), 'plain-names');
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(4_000_000n);
      writeFileSync(
        at('brackets', 'model.safetensors'),
        Buffer.concat([length, Buffer.alloc(4_000_000, '[')]),
      );
      const { inspect } = start();
      for (const [name, pattern] of [
        ['pipe', /is a named pipe/],
        ['zero', /is a device/],
        ['brackets', /its header is nested more than 64 levels deep/],
      ] as const) {
        expect(await sentence(inspect(at(name)))).toBeInstanceOf(ModelFileError);
        await expect(inspect(at(name))).rejects.toThrow(pattern);
      }
    },
  );

  it.each([
    [
      'does not answer',
      'process.on("message", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))',
      5000,
      /took more than 5 seconds/,
    ],
    [
      'takes too much memory',
      'process.on("message", () => { const a = []; for (;;) a.push(Array(10_000).fill(a)); })',
      50_000,
      /ended \(.*\), as it does when it needs more than 32 MB/,
    ],
    ['ends', 'process.on("message", () => process.exit(3))', 50_000, /ended \(exit code 3\)/],
    ['cannot be started', 'throw new Error()', 50_000, /ended|reached/],
  ])('that %s costs one answer, and the next question gets another', async (_, code, limitMs, pattern) => {
    const { inspect } = start({ entry: standIn(code), limitMs, heapMegabytes: 32 });
    const error = await sentence(inspect(at('m')));
    expect(error).toBeInstanceOf(LibraryError);
    expect((error as Error).message).toMatch(pattern);
    expect(inspector.pid).toBeUndefined();
    standIn(ANSWERS);
    expect((await inspect(at('other'))).parameters).toBe(7);
    // The folder itself is not tried again at once.
    expect(await sentence(inspect(at('m')))).toBe(error);
  });

  it('ends when it is not asked for a while, and starts again', async () => {
    const { inspect } = start({ entry: standIn(ANSWERS), idleMs: 1 });
    await inspect(at('m'));
    await expect.poll(() => inspector.pid).toBeUndefined();
    expect((await inspect(at('m'))).parameters).toBe(7);
  });

  it('that was ended while nobody asked is replaced', async () => {
    const { inspect } = start({ entry: standIn(ANSWERS) });
    await inspect(at('m'));
    const pid = inspector.pid!;
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => inspector.pid).toBeUndefined();
    expect((await inspect(at('m'))).parameters).toBe(7);
    expect(inspector.pid).not.toBe(pid);
  });

  it('is not needed to say where a model is', async () => {
    await writeTiny(at('m'), 'plain-names');
    const { id } = await library().importFolder(at('m'));
    const here = library({ inspect: () => Promise.reject(new Error('a disk that does not answer')) });
    expect(await here.locate(id)).toEqual({ name: 'm', kind: 'imported', directory: at('m') });
    await expect(here.locate('nothing')).rejects.toThrow(/is not installed/);
  });

  it('keeps a download that could not be looked at, and goes on with it', async () => {
    const { inspect } = start({ entry: standIn('process.on("message", () => process.exit(3))') });
    const first = library({ inspect });
    await expectNothing(
      first,
      first.download(REPO),
      'disk',
      /could not be looked at.*What has arrived is kept/s,
    );
    const [unfinished] = await first.unfinished();
    expect(unfinished!.receivedBytes).toBe(unfinished!.totalBytes);
    hub().seen.length = 0;
    expectRight(await library().download(REPO));
    expect(hub().seen).toEqual([]);
  });

  it('serves the library: a model that ends it is listed with the reason, beside the others', async () => {
    await writeTiny(at('good'), 'plain-names');
    const here = library({ inspect: start().inspect });
    const { id } = await here.importFolder(at('good'));
    await writeTiny(at('storage', 'bad'), 'plain-names');
    writeFileSync(at('storage', 'bad', 'config.json'), '['.repeat(1000));
    const [bad, good] = await here.list();
    expect(good).toMatchObject({ id, problem: undefined });
    expect(bad?.problem).toMatch(/nested more than 64 levels deep/);
    const error = await sentence(here.importFolder(at('storage', 'bad')));
    expect(error).toBeInstanceOf(LibraryError);
  });
});
