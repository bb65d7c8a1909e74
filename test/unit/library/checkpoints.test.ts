import { createHash } from 'node:crypto';
import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../src/core/languageModel';
import { fingerprintWeights, openCheckpoint } from '../../../src/gpt2/checkpoint/checkpoint';
import { ModelFileError } from '../../../src/gpt2/checkpoint/modelFileError';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';
import { depth, isDeep } from '../depth';
import { lastLogits } from './float64Gpt2';
import { hubCache } from './hubCache';
import { temporaryFolder } from './temporaryFolder';
import { reference, rounded, TINY, writeTiny, type Dtype, type TinyName, type Variant } from './tinyGpt2';

const at = temporaryFolder();

const names: readonly TinyName[] = ['plain-names', 'prefixed-names'];

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

async function withModel(directory: string, use: (model: LanguageModel) => Promise<void>): Promise<void> {
  const model = await loadGpt2({ id: 'tiny', name: 'tiny', directory });
  try {
    await use(model);
  } finally {
    await model.dispose();
  }
}

/** The float64 logits of a variant, computed from the numbers that its files really hold. */
async function expected(name: TinyName, variant: Variant, ids: readonly number[]): Promise<number[]> {
  const tensors = await writeTiny(at('again'), name, variant);
  const prefix = name === 'prefixed-names' ? 'transformer.' : '';
  const stored = (key: string): Float64Array =>
    tensors.get(key)!.values.map((value) => rounded(value, variant.dtype ?? 'F32'));
  const head = stored(variant.untied ? 'lm_head.weight' : `${prefix}wte.weight`);
  return lastLogits(ids, reference(name).config, (key) => stored(prefix + key), head);
}

describe.each(names)('the float64 computation of these tests, on %s', (name) => {
  it("gives PyTorch's logits", async () => {
    for (const { input_ids, last_logits } of reference(name).logits) {
      for (const [i, ids] of input_ids.entries()) {
        expect(largestDifference(await expected(name, {}, ids), last_logits[i]!)).toBeLessThan(1e-7);
      }
    }
  });
});

describe.each(names)('a checkpoint with %s', (name) => {
  it.each(depth([3], [2, 3, 7]))(
    "cut into %i files gives PyTorch's logits and greedy text",
    async (shards) => {
      await writeTiny(at('plain'), name, { shards });
      // The hub's own cache, whose files are links.
      const directory = hubCache(at('plain'), at('models--someone--tiny'));
      const { logits, greedy } = reference(name);
      await withModel(directory, async (model) => {
        for (const { input_ids, last_logits } of logits) {
          const answers = await model.next(input_ids.map((tokens) => ({ tokens })));
          answers.forEach((answer, i) => {
            expect(largestDifference(answer.logits, last_logits[i]!)).toBeLessThan(1e-4);
          });
        }
        for (const { prompt, output } of greedy) {
          const tokens = [...prompt];
          while (tokens.length < output.length) {
            const [answer] = await model.next([{ tokens }]);
            tokens.push(answer!.logits.indexOf(Math.max(...answer!.logits)));
          }
          expect(tokens).toEqual(output);
        }
      });
    },
  );

  const variants = (['F32', 'F16', 'BF16'] as Dtype[]).flatMap((dtype) =>
    [false, true].flatMap((untied) => [1, 3].map((shards) => ({ dtype, untied, shards }))),
  );
  // Of every kind of number both heads, one in a whole file and one in a cut one.
  const some = variants.filter(({ untied, shards }) => isDeep || untied === (shards === 3));
  it.each(some)(
    'as $dtype, untied $untied, in $shards file(s), gives the float64 logits',
    async (variant) => {
      await writeTiny(at('model'), name, variant);
      await withModel(at('model'), async (model) => {
        const all = reference(name).logits.flatMap(({ input_ids }) => input_ids);
        for (const ids of depth(all.slice(0, 2), all)) {
          const [answer] = await model.next([{ tokens: ids }]);
          const want = await expected(name, variant, ids);
          expect(largestDifference(answer!.logits, want)).toBeLessThan(1e-4);
        }
      });
    },
  );

  it('has a fingerprint of all its files', async () => {
    const fingerprint = async (variant: Variant): Promise<string> => {
      await writeTiny(at('model'), name, variant);
      return fingerprintWeights(await openCheckpoint(at('model')));
    };
    const whole = await fingerprint({});
    const digest = createHash('sha256').update(await readFile(at('model', 'model.safetensors')));
    expect(whole).toBe(digest.digest('hex'));
    await rm(at('model', 'model.safetensors'));
    const cut = await fingerprint({ shards: 2 });
    expect(await fingerprint({ shards: 2 })).toBe(cut);
    expect(await fingerprint({ shards: 2, dtype: 'F16' })).not.toBe(cut);
  });
});

describe('a shard index that lies', () => {
  const index = 'model.safetensors.index.json';

  async function changeIndex(change: (map: Record<string, string>) => void): Promise<void> {
    const json = JSON.parse(await readFile(at('model', index), 'utf8')) as {
      weight_map: Record<string, string>;
    };
    change(json.weight_map);
    await writeFile(at('model', index), JSON.stringify(json));
  }

  async function refusal(): Promise<string> {
    const error: unknown = await openCheckpoint(at('model')).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ModelFileError);
    return (error as Error).message;
  }

  it.each([
    '../secret.safetensors',
    'a/../../secret.safetensors',
    '/etc/passwd',
    'C:\\secret.safetensors',
    '..\\secret.safetensors',
    './model-00001-of-00002.safetensors',
    '',
  ])('is refused when it points to %j', async (target) => {
    await writeTiny(at('model'), 'plain-names', { shards: 2 });
    await writeTiny(at('other'), 'plain-names');
    await writeFile(at('secret.safetensors'), await readFile(at('other', 'model.safetensors')));
    await changeIndex((map) => (map['wte.weight'] = target));
    expect(await refusal()).toMatch(/expected a name below its own folder/);
  });

  it('is refused when a file is a link out of the folder', async () => {
    await writeTiny(at('model'), 'plain-names', { shards: 2 });
    await writeTiny(at('other'), 'plain-names');
    await symlink(at('other', 'model.safetensors'), at('model', 'linked.safetensors'));
    await changeIndex((map) => (map['wte.weight'] = 'linked.safetensors'));
    expect(await refusal()).toMatch(/link out of the model's folder/);
  });

  it('is refused when a whole folder is a link out of the folder', async () => {
    await writeTiny(at('model'), 'plain-names', { shards: 2 });
    await writeTiny(at('other'), 'plain-names');
    await symlink(at('other'), at('model', 'inner'));
    await changeIndex((map) => (map['wte.weight'] = 'inner/model.safetensors'));
    expect(await refusal()).toMatch(/link out of the model's folder/);
  });

  it('is read when a link stays inside the folder', async () => {
    await writeTiny(at('model'), 'plain-names', { shards: 2 });
    await symlink(at('model', 'model-00001-of-00002.safetensors'), at('model', 'linked.safetensors'));
    await changeIndex((map) => (map['wte.weight'] = 'linked.safetensors'));
    await expect(openCheckpoint(at('model'))).resolves.toMatchObject({
      parameters: expect.any(Number) as number,
    });
  });

  it('is refused when a tensor is not in the file it names, or the file is missing', async () => {
    await writeTiny(at('model'), 'plain-names', { shards: 2 });
    await changeIndex((map) => (map['wpe.weight'] = map['wte.weight']!));
    expect(await refusal()).toMatch(/says that tensor "wpe.weight" is in .*no such tensor/);
    await changeIndex((map) => (map['wpe.weight'] = 'model-00009-of-00002.safetensors'));
    expect(await refusal()).toMatch(/cannot be read/);
  });

  it.each([
    ['{', /not JSON/],
    ['null', /no object weight_map/],
    ['{"weight_map":[]}', /no object weight_map/],
    ['{"weight_map":{}}', /empty/],
    ['{"weight_map":{"a":1}}', /"a" has no file name/],
    ['{"weight_map":{"a":"x","\\u0061":"y"}}', /names "a" twice/],
  ])('is refused as %j', async (text, sentence) => {
    await writeTiny(at('model'), 'plain-names', { shards: 2 });
    await writeFile(at('model', index), text);
    expect(await refusal()).toMatch(sentence);
  });
});

describe('a safetensors header that names a tensor twice', () => {
  it.each(['wte.weight', '\\u0077te.weight'])('is refused, written as %s', async (twin) => {
    await writeTiny(at('model'), 'plain-names');
    const bytes = await readFile(`${TINY}/plain-names/model.safetensors`);
    const size = Number(bytes.readBigUInt64LE());
    const header = bytes.subarray(8, 8 + size).toString();
    const changed = Buffer.from(
      header.replace(
        '"wte.weight"',
        `"${twin}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"wte.weight"`,
      ),
    );
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(changed.length));
    await writeFile(
      at('model', 'model.safetensors'),
      Buffer.concat([length, changed, bytes.subarray(8 + size)]),
    );
    await expect(openCheckpoint(at('model'))).rejects.toThrow(/names "wte.weight" twice/);
  });
});
