import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/gpt2/checkpoint/checkpoint';
import { ModelFileError } from '../../../src/gpt2/checkpoint/modelFileError';
import { openQuantized } from '../../../src/gpt2/quantized/quantizedFile';
import { QUANTIZED_VARIANTS, type QuantizedVariant } from '../../../src/gpt2/quantized/quantizedLayout';
import { readSafetensorsHeader } from '../../../src/gpt2/checkpoint/safetensors';
import { Gpt2Tokenizer } from '../../../src/gpt2/tokenizer/tokenizer';
import type { CacheHandle, LanguageModel } from '../../../src/core/languageModel';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';
import { depth, isDeep } from '../depth';
import { dequantizeBlock } from '../gpt2/quantized/dequantizeBlock';
import { cutFireside, readTensors, writeTensors } from './checkpointFiles';

const TINY = 'test/fixtures/oracles/gpt2-tiny';
const VARIANTS = Object.values(QUANTIZED_VARIANTS);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'decoding-lab-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Writes the quantized model as an ordinary checkpoint of the numbers that it stands for. */
async function writeDequantized(source: string, variant: QuantizedVariant, target: string): Promise<void> {
  const checkpoint = await openCheckpoint(source);
  const { file } = await openQuantized(checkpoint, variant, { directory: folder, sourceHash: 'any' });
  const bytes = readFileSync(file);
  const header = await readSafetensorsHeader(file);
  const part = (name: string): Uint8Array => {
    const { offset, byteLength } = header.get(name)!;
    return Uint8Array.from(bytes.subarray(offset, offset + byteLength));
  };
  const tensors = readTensors(checkpoint.file);
  for (const [name, { shape, values }] of tensors) {
    const plain = name.replace(/^transformer\./, '');
    if (!header.has(`${plain}.codes`)) continue;
    const { bits } = plain === 'wte.weight' ? variant.embedding : variant.layers;
    const codes = part(`${plain}.codes`);
    const scales = new Float32Array(part(`${plain}.scales`).buffer);
    const [rows, columns] = shape as [number, number];
    const embedding = plain === 'wte.weight';
    const [outputs, inputs] = embedding ? [rows, columns] : [columns, rows];
    const [, blocks, size] = header.get(`${plain}.codes`)!.shape as [number, number, number];
    const blockSize = (size * 8) / bits;
    for (let at = 0; at < outputs * blocks; at++) {
      const block = dequantizeBlock(codes.subarray(at * size, (at + 1) * size), scales[at]!, bits);
      const output = Math.floor(at / blocks);
      const first = (at % blocks) * blockSize;
      for (let i = 0; first + i < inputs && i < blockSize; i++) {
        values[embedding ? output * inputs + first + i : (first + i) * outputs + output] = block[i]!;
      }
    }
  }
  copyFileSync(join(source, 'config.json'), join(target, 'config.json'));
  writeTensors(join(target, 'model.safetensors'), tensors, 'F32');
}

async function logitsOf(model: LanguageModel, tokens: readonly number[]): Promise<Float32Array> {
  return (await model.next([{ tokens }]))[0]!.logits;
}

const largestDifference = (a: Float32Array, b: ArrayLike<number>): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

const largest = (values: Float32Array): number => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

describe.each(VARIANTS)('the $name form', (variant) => {
  const tokens = [61, 3, 99, 42, 17, 8, 8, 1];

  it.each(['plain-names', 'prefixed-names'])(
    'of %s computes with the numbers that it stands for',
    async (name) => {
      const source = { id: name, name, directory: `${TINY}/${name}` };
      const quantized = await loadGpt2(source, { precision: variant.name, cacheDirectory: folder });
      const target = mkdtempSync(join(folder, 'as-f32-'));
      await writeDequantized(source.directory, variant, target);
      const exact = await loadGpt2({ ...source, directory: target });
      const own = await logitsOf(quantized, tokens);
      const expected = await logitsOf(exact, tokens);
      // What is left is the activations: rounded to 127 steps before each product, so by at most 1/254 of the
      // largest in the block, and there are four products in a layer and one for the output.
      const layers = name === 'plain-names' ? 2 : 3;
      const bound = ((4 * layers + 1) / 254) * largest(expected);
      expect(largestDifference(own, expected)).toBeLessThan(bound);
      await quantized.dispose();
      await exact.dispose();
    },
  );

  it('decodes with a cache as without', async () => {
    const source = { id: 'tiny', name: 'tiny', directory: `${TINY}/prefixed-names` };
    const model = await loadGpt2(source, { precision: variant.name, cacheDirectory: folder });
    let cache: CacheHandle | undefined;
    for (let length = 3; length <= tokens.length; length++) {
      const part = tokens.slice(0, length);
      const [answer] = await model.next([{ tokens: part, cache }]);
      cache = answer!.cache;
      // Keys and values are float32, but a rounding there can move an activation to the next step.
      const whole = await logitsOf(model, part);
      expect(largestDifference(answer!.logits, whole)).toBeLessThan((13 / 254) * largest(whole));
    }
    await model.dispose();
  });

  it('stays near the whole model', async () => {
    const directory = isDeep ? 'models/fireside' : join(folder, 'cut');
    if (!isDeep) cutFireside(directory);
    const source = { id: 'fireside', name: 'fireside', directory };
    const quantized = await loadGpt2(source, { precision: variant.name, cacheDirectory: folder });
    expect(quantized.info.precision).toBe(variant.name);
    const whole = await loadGpt2(source);
    expect(quantized.info.fingerprint).toBe(whole.info.fingerprint);
    const text = new Gpt2Tokenizer()
      .encode('Once upon a time there was a king who had a daughter, and she was so beautiful')
      .filter((id) => id < whole.info.vocabularySize);
    expect(text.length).toBeGreaterThan(12);
    const loss = async (model: LanguageModel): Promise<number> =>
      -(await model.score!(text)).logProbabilities.subarray(1).reduce((a, b) => a + b, 0) / (text.length - 1);
    const difference = Math.abs((await loss(quantized)) - (await loss(whole)));
    // Half a step is 0.4 % of a block's largest number with 8 bits, 6 % with 4.
    expect(difference).toBeLessThan(variant.layers.bits === 8 ? 0.02 : 0.2);
    await quantized.dispose();
    await whole.dispose();
  });
});

describe.each(['fp32', ...VARIANTS.map(({ name }) => name)] as const)('as %s, a model with', (precision) => {
  it.each([
    ['h.1.mlp.c_fc.weight', NaN],
    ['h.0.ln_1.bias', Infinity],
    ['wte.weight', -Infinity],
  ])('one number in %s that is %d draws nothing, and says so', async (name, value) => {
    copyFileSync(`${TINY}/plain-names/config.json`, join(folder, 'config.json'));
    const tensors = readTensors(`${TINY}/plain-names/model.safetensors`);
    tensors.get(name)!.values[7] = value;
    writeTensors(join(folder, 'model.safetensors'), tensors, 'F32');
    const draw = async (): Promise<void> => {
      const model = await loadGpt2({ id: 'm', name: 'the model', directory: folder }, { precision });
      try {
        await logitsOf(model, [0, 3, 99]);
      } finally {
        await model.dispose();
      }
    };
    const error: unknown = await draw().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ModelFileError);
    expect((error as Error).message).toMatch(
      precision === 'fp32'
        ? /^the model gave the logit (NaN|-?Infinity), expected finite numbers/
        : new RegExp(
            `model\\.safetensors: number 7 of tensor "${name}" is ${value}, expected a finite number`,
          ),
    );
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'model.safetensors']);
  });
});

describe('openQuantized', () => {
  const variant = QUANTIZED_VARIANTS['int8'];
  const open = async (sourceHash = 'a', options: object = {}): Promise<string> => {
    const checkpoint = await openCheckpoint(`${TINY}/plain-names`);
    return (await openQuantized(checkpoint, variant, { directory: folder, sourceHash, ...options })).file;
  };

  it('writes once, with progress, and again when the source is another', async () => {
    const seen: number[] = [];
    const onProgress = (done: number, total: number): void => {
      seen.push(done / total);
    };
    const file = await open('a', { onProgress });
    expect(seen.at(-1)).toBe(1);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    const written = readFileSync(file);
    const { ino } = statSync(file);
    await open();
    expect(statSync(file).ino).toBe(ino);
    await open('b');
    expect(readFileSync(file).equals(written)).toBe(false);
    expect(readdirSync(folder)).toEqual(['model.int8.safetensors']);
  });

  it.each<[string, (file: string) => void]>([
    [
      'cut short',
      (file) => {
        truncateSync(file, 5000);
      },
    ],
    [
      'overwritten',
      (file) => {
        writeFileSync(file, 'nothing');
      },
    ],
    [
      'changed in 200,000 bytes, or as many as it has',
      (file) => {
        const bytes = readFileSync(file);
        for (let at = Math.max(3000, bytes.length - 200_000); at < bytes.length; at++) bytes[at]! ^= 0xff;
        writeFileSync(file, bytes);
      },
    ],
    [
      'written without a digest by an older version',
      (file) => {
        const bytes = readFileSync(file);
        const text = bytes.toString('latin1');
        writeFileSync(
          file,
          text.replace(/"data_sha256":"[0-9a-f]{64}"/, (m) => ' '.repeat(m.length)),
          'latin1',
        );
      },
    ],
    [
      'given a scale that is no number, and the digest that goes with it',
      (file) => {
        const bytes = readFileSync(file);
        const data = 8 + Number(bytes.readBigUInt64LE());
        bytes.writeFloatLE(NaN, data);
        const digest = createHash('sha256').update(bytes.subarray(data)).digest('hex');
        bytes.write(digest, bytes.indexOf('"data_sha256":"') + '"data_sha256":"'.length);
        writeFileSync(file, bytes);
      },
    ],
  ])('writes a file anew that was %s, and says so', async (_, damage) => {
    const file = await open();
    const whole = readFileSync(file);
    damage(file);
    const notes: string[] = [];
    await open('a', { onNote: (sentence: string) => notes.push(sentence) });
    expect(readFileSync(file).equals(whole)).toBe(true);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/model\.int8\.safetensors .*\. It is made anew from model\.safetensors\.$/);
    await open('a', { onNote: (sentence: string) => notes.push(sentence) });
    expect(notes).toHaveLength(1);
  });

  it('writes a file anew whichever of its bytes was changed', async () => {
    const file = await open();
    const whole = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= flip;
        writeFileSync(file, bytes);
        await open();
        expect(readFileSync(file).equals(whole)).toBe(true);
      }),
      { numRuns: depth(10, 30) },
    );
  });

  it('removes old drafts of processes that are gone, and no others', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const id = '01234567-89ab-4def-8123-456789abcdef';
    const draft = (pid: string, variantName = 'int8'): string =>
      `model.${variantName}.safetensors.${pid}${id}.part`;
    const old = [draft(`${gone}.`), draft(`${gone}.`, 'int4'), draft('')];
    const kept = [draft(`${process.pid}.`), 'model.safetensors.part', `model.int8.safetensors.x.part`];
    for (const name of [...old, ...kept]) {
      writeFileSync(join(folder, name), 'x');
      utimesSync(join(folder, name), 0, 0);
    }
    const fresh = draft(`${gone}.`, 'int8-fast');
    writeFileSync(join(folder, fresh), 'x');
    await open();
    const whole = 'model.int8.safetensors';
    expect(readdirSync(folder).sort()).toEqual([...kept, fresh, whole].sort());
    utimesSync(join(folder, fresh), 0, 0);
    await open();
    expect(readdirSync(folder).sort()).toEqual([...kept, whole].sort());
  });

  it('leaves nothing behind when it is stopped', async () => {
    const stop = new AbortController();
    const stopped = open('a', {
      signal: stop.signal,
      onProgress: () => {
        stop.abort(new Error('stopped here'));
      },
    });
    await expect(stopped).rejects.toThrow('stopped here');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says what to do when it cannot write', async () => {
    const inTheWay = join(folder, 'file');
    writeFileSync(inTheWay, '');
    await expect(open('a', { directory: inTheWay })).rejects.toThrow(
      /int8 form .* cannot be written to .*Make room/,
    );
  });
});
