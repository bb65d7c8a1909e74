import {
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCheckpoint, sha256 } from '../../../../src/gpt2/checkpoint/checkpoint';
import { readConfig } from '../../../../src/gpt2/checkpoint/config';
import { ModelFileError } from '../../../../src/gpt2/checkpoint/modelFileError';
import { readSafetensorsHeader } from '../../../../src/gpt2/checkpoint/safetensors';
import { hubCache } from '../../library/hubCache';

const TINY = 'test/fixtures/oracles/gpt2-tiny';
let folder: string;
let weights: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'decoding-lab-'));
  weights = join(folder, 'model.safetensors');
  await writeFile(join(folder, 'config.json'), await readFile(`${TINY}/plain-names/config.json`));
  await writeFile(weights, await readFile(`${TINY}/plain-names/model.safetensors`));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

type Header = Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;

/** Rewrites the header of the weights file; `length` lies about how long it is. */
async function rewriteHeader(change: (header: Header) => unknown, length?: bigint): Promise<void> {
  const file = await readFile(weights);
  const size = Number(file.readBigUInt64LE());
  const header = JSON.parse(file.subarray(8, 8 + size).toString()) as Header;
  const changed = Buffer.from(JSON.stringify(change(header) ?? header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(length ?? BigInt(changed.length));
  await writeFile(weights, Buffer.concat([prefix, changed, file.subarray(8 + size)]));
}

async function changeConfig(change: Record<string, unknown>): Promise<void> {
  const path = join(folder, 'config.json');
  const config = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  await writeFile(path, JSON.stringify({ ...config, ...change }));
}

/** Expects the folder to be refused with a sentence in which all patterns occur. */
async function expectRefusal(...patterns: RegExp[]): Promise<void> {
  const error: unknown = await openCheckpoint(folder).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(ModelFileError);
  for (const pattern of patterns) expect((error as Error).message).toMatch(pattern);
}

describe('openCheckpoint', () => {
  it.each(['plain-names', 'prefixed-names'])('reads %s without its mask buffers', async (name) => {
    const checkpoint = await openCheckpoint(`${TINY}/${name}`);
    const { width, layers, vocabularySize } = checkpoint.config;
    expect(vocabularySize).toBe(101);
    expect(checkpoint.weights.get('h.0.attn.c_attn.weight')?.shape).toEqual([width, 3 * width]);
    // Two embeddings, twelve tensors a layer, the last normalization.
    expect(checkpoint.weights.size).toBe(2 + 12 * layers + 2);
    expect([...checkpoint.weights.keys()]).not.toContain('h.0.attn.bias');
    const perLayer = 12 * width ** 2 + 13 * width;
    expect(checkpoint.parameters).toBe((101 + 24) * width + layers * perLayer + 2 * width);
  });

  it('points at the bytes of a tensor', async () => {
    const { weights: found, file } = await openCheckpoint(folder);
    const { offset, byteLength } = found.get('wte.weight')!;
    const header = await readSafetensorsHeader(weights);
    expect(header.get('wte.weight')).toMatchObject({ offset, byteLength: 101 * 16 * 4, dtype: 'F32' });
    const bytes = (await readFile(file)).subarray(offset, offset + byteLength);
    expect(Math.max(...new Float32Array(Uint8Array.from(bytes).buffer).map(Math.abs))).toBeLessThan(10);
  });

  it("follows links in the hub's own cache to the blobs of the same model, and no others", async () => {
    const snapshot = hubCache(folder, join(folder, 'models--someone--tiny'));
    const blobs = await realpath(join(folder, 'models--someone--tiny', 'blobs'));
    expect(dirname((await openCheckpoint(snapshot)).file)).toBe(blobs);

    const other = join(folder, 'models--someone--other', 'snapshots', '0123abcd');
    await mkdir(other, { recursive: true });
    await copyFile(join(folder, 'config.json'), join(other, 'config.json'));
    await symlink(join(blobs, 'model.safetensors-blob'), join(other, 'model.safetensors'));
    await expect(openCheckpoint(other)).rejects.toThrow(/is a link out of the model's folder/);
  });

  it('follows no link out of a folder', async () => {
    const dir = join(folder, 'inner');
    await mkdir(dir);
    await copyFile(join(folder, 'config.json'), join(dir, 'config.json'));
    await symlink(weights, join(dir, 'model.safetensors'));
    await expect(openCheckpoint(dir)).rejects.toThrow(/is a link out of the model's folder/);
  });

  it('hashes the weights', async () => {
    // Figure of sha256sum.
    expect(await sha256('models/fireside/model.safetensors')).toMatch(/^37ac8ef022f3469f/);
  });

  it('takes an untied output projection only where the config says so', async () => {
    await changeConfig({ tie_word_embeddings: false });
    await expectRefusal(/no tensor "lm_head.weight"/, /one and the same model/);
  });
});

describe('a bad model folder is refused in a sentence', () => {
  it('no config', async () => {
    await rm(join(folder, 'config.json'));
    await expectRefusal(/config\.json cannot be read/, /holds config\.json and model\.safetensors/);
  });

  it('a config that is not JSON', async () => {
    await writeFile(join(folder, 'config.json'), '{');
    await expectRefusal(/config\.json is not JSON/);
  });

  it('no weights', async () => {
    await rm(weights);
    await expectRefusal(/model\.safetensors cannot be read/);
  });

  it('weights in another format', async () => {
    await rm(weights);
    await writeFile(join(folder, 'pytorch_model.bin'), '');
    await expectRefusal(/pytorch_model\.bin/, /download model\.safetensors/);
  });

  it.each([0, 7])('a file of %i bytes', async (bytes) => {
    await truncate(weights, bytes);
    await expectRefusal(new RegExp(`it has ${bytes} bytes, expected at least 8`));
  });

  it('a file cut within its header', async () => {
    await truncate(weights, 500);
    await expectRefusal(/header says it is \d+ bytes long, expected at most 492/);
  });

  it('a file cut within its data', async () => {
    await truncate(weights, 20_000);
    await expectRefusal(/tensor "[\w.]+" lies at bytes/, /Download or copy the file again/);
  });

  it('a header longer than any memory', async () => {
    await rewriteHeader((h) => h, 2n ** 63n);
    await expectRefusal(/header says it is 9223372036854775808 bytes long/);
  });

  it('a header that is not JSON', async () => {
    await rewriteHeader((h) => h, 40n);
    await expectRefusal(/header is not JSON/);
  });

  it('a header that is no object', async () => {
    await rewriteHeader(() => [1]);
    await expectRefusal(/header is not a JSON object/);
  });

  it.each<[string, (tensor: Header[string]) => void, RegExp]>([
    [
      'before the data',
      (t) => (t.data_offsets = [-64, 0]),
      /data_offsets \[-64,0\], expected two whole numbers/,
    ],
    ['after the data', (t) => (t.data_offsets = [1e12, 1e12 + 64]), /expected a range within its \d+ bytes/],
    ['backwards', (t) => (t.data_offsets = [128, 64]), /lies at bytes 128 to 64/],
    ['over another tensor', (t) => (t.data_offsets = [0, 64]), /overlap those of/],
    ['of another size than its shape', (t) => (t.shape = [17]), /shape \[17\] has 64 bytes, expected 68/],
    ['of a negative shape', (t) => (t.shape = [-16]), /shape \[-16\]/],
    ['of an endless shape', (t) => (t.shape = [2 ** 40, 2 ** 40]), /has 64 bytes, expected/],
    ['without a type', (t) => delete (t as Partial<typeof t>).dtype, /has no dtype/],
    [
      'of whole numbers',
      (t) => Object.assign(t, { dtype: 'I32' }),
      /type I32, expected one of F32, F16, BF16/,
    ],
  ])('a tensor %s', async (_, change, pattern) => {
    await rewriteHeader((header) => {
      change(header['h.1.ln_2.weight']!);
    });
    await expectRefusal(pattern, /h\.1\.ln_2\.weight/);
  });

  it('a missing tensor', async () => {
    await rewriteHeader((header) => {
      header['h.1.ln_2.other'] = header['h.1.ln_2.weight']!;
      delete header['h.1.ln_2.weight'];
    });
    await expectRefusal(/no tensor "h\.1\.ln_2\.weight"/);
  });

  it('bytes that no tensor has, which readers of other programs refuse', async () => {
    // The format's rule: "the byte buffer needs to be entirely indexed, and cannot contain holes".
    const file = await readFile(weights);
    await writeFile(weights, Buffer.concat([file, Buffer.alloc(3)]));
    await expectRefusal(/it has 3 bytes after the last of its tensors, expected none/, /Download or copy/);
    await writeFile(weights, file);
    await rewriteHeader((header) => {
      delete header['h.1.ln_2.weight'];
    });
    await expectRefusal(/no tensor has the 64 bytes before tensor "h\.1\./);
  });

  it('a tensor of another shape than the config demands', async () => {
    await changeConfig({ vocab_size: 102 });
    await expectRefusal(/"wte\.weight" has shape \[101, 16\], but config\.json demands \[102, 16\]/);
  });
});

describe('readConfig', () => {
  const good = {
    model_type: 'gpt2',
    vocab_size: 50257,
    n_positions: 1024,
    n_embd: 768,
    n_layer: 12,
    n_head: 12,
  };

  it("reads GPT-2's own", () => {
    const config = readConfig({ ...good, n_inner: null, eos_token_id: 50256 }, 'config.json');
    expect(config).toMatchObject({
      innerWidth: 3072,
      tied: true,
      textEnds: { endOfText: [50256], startOfText: 50256, remarks: [] },
      layerNormEpsilon: 1e-5,
    });
    expect(config.attentionScale(3)).toBe(1 / 8);
  });

  it('scales attention by layer where the model was trained so', () => {
    const config = readConfig({ ...good, scale_attn_by_inverse_layer_idx: true }, 'config.json');
    expect(config.attentionScale(3)).toBeCloseTo(1 / 32, 12);
  });

  it.each<[Record<string, unknown>, RegExp]>([
    [{ model_type: 'llama' }, /model_type is "llama", expected "gpt2"/],
    [{ activation_function: 'mish' }, /activation_function is "mish", expected one of gelu_new/],
    [{ n_head: 7 }, /n_head is 7, expected a divisor of n_embd 768/],
    [{ n_layer: 0 }, /n_layer is 0, expected a whole number from 1 to/],
    [{ n_embd: 1e9 }, /n_embd is 1000000000, expected/],
    [{ vocab_size: '50257' }, /vocab_size is "50257"/],
    [{ n_positions: undefined }, /n_positions is missing/],
    [{ layer_norm_epsilon: 0 }, /layer_norm_epsilon is 0/],
    [{ add_cross_attention: true }, /add_cross_attention is true/],
  ])('refuses %j', (change, pattern) => {
    expect(() => readConfig({ ...good, ...change }, 'config.json')).toThrow(pattern);
  });

  it('refuses what is no object', () => {
    expect(() => readConfig([], 'config.json')).toThrow(/not a JSON object/);
  });
});
