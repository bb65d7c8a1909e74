import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { copyFileSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findModelJson, openInside, readModelJson } from '../../../../src/gpt2/checkpoint/boundedFile';
import { parseBoundedJson } from '../../../../src/core/boundedJson';
import { openCheckpoint } from '../../../../src/gpt2/checkpoint/checkpoint';
import { ModelFileError } from '../../../../src/gpt2/checkpoint/modelFileError';
import { temporaryFolder } from '../../library/temporaryFolder';
import { TINY } from '../../library/tinyGpt2';
import { depth } from '../../depth';

const at = temporaryFolder();
const LIMITS = { bytes: 1000 };
const posix = process.platform !== 'win32';

/** The sentence with which a promise of a model's file fails. */
async function refusal(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => 'nothing was refused',
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(ModelFileError);
  return (error as Error).message;
}

const parse = (text: string, uniqueKeys = true): unknown =>
  parseBoundedJson(text, (what) => new ModelFileError(`It ${what}.`), { uniqueKeys });

describe('a JSON text that nobody vouches for', () => {
  it('gives what JSON.parse gives, or is refused', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parse(text, false)).toEqual(JSON.parse(text));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('{}[]",:\\1 a')) }), (text) => {
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(() => parse(text, false)).toThrow(ModelFileError);
          return;
        }
        expect(parse(text, false)).toEqual(expected);
      }),
    );
  });

  it('is refused for a key that an object has twice, however it is written', () => {
    const key = fc.string({ unit: fc.constantFrom('a', '"', '\\', '}', 'é') });
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 1 }), fc.nat(), fc.json(), (keys, which, value) => {
        const fields = keys.map((name) => `${JSON.stringify(name)} : ${value}`);
        expect(parse(`{"x":[{${fields.join()}}],"y":{${fields.join()}}}`, false)).toBeTruthy();
        const again = keys[which % keys.length]!;
        const escaped = Array.from(again, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
        fields.push(`"${escaped.join('')}":0`);
        expect(() => parse(`{"x":[{${fields.join()}}]}`)).toThrow(/twice/);
      }),
    );
    expect(parse('{"a":{"a":["a","a",{"a":1}]},"b":{"a":1}}')).toBeTruthy();
  });

  it('is refused when it is nested too deeply, at whatever length', () => {
    for (const open of ['[', '{"a":', '[{"a":[']) {
      expect(() => parse(open.repeat(10_000_000 / open.length))).toThrow(/nested more than 64 levels/);
    }
    const deepest = '['.repeat(64) + ']'.repeat(64);
    expect(parse(deepest)).toEqual(JSON.parse(deepest));
    expect(() => parse('{}'.repeat(3_000_000))).toThrow(/more than 2000000 objects and lists/);
    expect(() => parse('0,'.repeat(6_000_000))).toThrow(/more than 5000000 values/);
  });

  it('may have strings of any length, with whatever marks in them', () => {
    const length = depth(1_000_000, 10_000_000);
    const long = '["'.repeat(length);
    expect(parse(JSON.stringify([long]))).toEqual([long]);
    expect(() => parse('"'.concat('\\"'.repeat(length)))).toThrow(/is not JSON/);
  });
});

describe('a file of a model', () => {
  it('is read', async () => {
    writeFileSync(at('config.json'), '{"a":1}');
    expect(await readModelJson(at(), 'config.json', LIMITS)).toEqual({ a: 1 });
    expect(await findModelJson(at(), 'tokenizer.json', LIMITS)).toBeUndefined();
  });

  it('is refused by its size before it is read', async () => {
    writeFileSync(at('config.json'), '');
    truncateSync(at('config.json'), 2 ** 40);
    expect(await refusal(readModelJson(at(), 'config.json', LIMITS))).toMatch(
      /config\.json has 1099511627776 bytes, expected at most 1000/,
    );
  });

  it('is refused when it is a folder, no text, or no object', async () => {
    mkdirSync(at('config.json'));
    expect(await refusal(readModelJson(at(), 'config.json', LIMITS))).toMatch(/config\.json is a folder/);
    for (const [text, sentence] of [
      [Buffer.of(0x22, 0xff, 0x22), /UTF-8/],
      ['[]', /not a JSON object/],
      ['', /not JSON/],
      ['\ufeff{}', /not JSON/],
    ] as const) {
      writeFileSync(at('x.json'), text);
      expect(await refusal(readModelJson(at(), 'x.json', LIMITS))).toMatch(sentence);
    }
  });

  it('is refused when it is a link that leads nowhere, not taken to be absent', async () => {
    symlinkSync(at('gone'), at('tokenizer.json'));
    expect(await refusal(findModelJson(at(), 'tokenizer.json', LIMITS))).toMatch(/cannot be read/);
    symlinkSync(at('loop.json'), at('loop.json'));
    expect(await refusal(findModelJson(at(), 'loop.json', LIMITS))).toMatch(/cannot be read/);
  });

  it.runIf(posix)('is refused at once when it is a pipe, a device or a socket', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    expect(await refusal(openInside(at(), at('pipe')))).toMatch(/is a named pipe/);
    symlinkSync(at('pipe'), at('linked'));
    expect(await refusal(openInside(at(), at('linked')))).toMatch(/is a named pipe/);
    symlinkSync('/dev/zero', at('zero'));
    expect(await refusal(openInside(at(), at('zero')))).toMatch(/is a device/);
    const server = createServer().listen(at('socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    expect(await refusal(openInside(at(), at('socket')))).toMatch(/is a socket/);
    server.close();
  });
});

describe('links', () => {
  const folder = (): string => at('hub', 'models--someone--tiny', 'snapshots', '0123abcd');
  const allowed = async (target: string): Promise<unknown> => {
    mkdirSync(folder(), { recursive: true });
    mkdirSync(dirname(join(folder(), target)), { recursive: true });
    writeFileSync(join(folder(), target), '{}');
    symlinkSync(target, join(folder(), 'link.json'));
    return readModelJson(folder(), 'link.json', LIMITS);
  };

  it('lead within the folder', async () => {
    expect(await allowed('inner/config.json')).toEqual({});
  });

  it("lead from a snapshot of the hub's cache into its blobs", async () => {
    expect(await allowed('../../blobs/0123')).toEqual({});
  });

  it.each([
    '../config.json',
    '../other/config.json',
    '../../config.json',
    '../../blobs-of-others/config.json',
    '../../refs/main',
    '../../../models--someone--private/blobs/0123',
    '../../../../secret',
  ])('that lead elsewhere are refused: %s', async (target) => {
    expect(await refusal(allowed(target))).toMatch(/is a link out of the model's folder to .*It is refused/);
  });

  it.each(['snapshots/0123', 'models--a--b/0123', 'models--a--b/snapshots/0123/inner', 'a/snapshots/0123'])(
    'lead into no blobs from %s, which is no snapshot',
    async (place) => {
      const plain = at(...place.split('/'));
      mkdirSync(plain, { recursive: true });
      mkdirSync(join(plain, '..', '..', 'blobs'), { recursive: true });
      writeFileSync(join(plain, '..', '..', 'blobs', '0'), '{}');
      symlinkSync('../../blobs/0', join(plain, 'config.json'));
      expect(await refusal(readModelJson(plain, 'config.json', LIMITS))).toMatch(/link out of/);
    },
  );

  it('are judged where the folder itself is reached by a link', async () => {
    await allowed('../../blobs/0123');
    symlinkSync(folder(), at('shortcut'));
    expect(await readModelJson(at('shortcut'), 'link.json', LIMITS)).toEqual({});
  });

  it('of the weights are judged as those of the configuration are', async () => {
    mkdirSync(at('model'));
    for (const name of ['config.json', 'model.safetensors']) {
      copyFileSync(`${TINY}/plain-names/${name}`, at('model', name));
    }
    await rename(at('model', 'model.safetensors'), at('elsewhere'));
    symlinkSync(at('elsewhere'), at('model', 'model.safetensors'));
    expect(await refusal(openCheckpoint(at('model')))).toMatch(/model\.safetensors is a link out of/);
  });
});
