import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ModelFileError } from '../../../src/gpt2/checkpoint/modelFileError';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';
import { readTensors, writeTensors, type TensorsByName } from './checkpointFiles';

const TINY = 'test/fixtures/oracles/gpt2-tiny/plain-names';
const TOKENS = [5, 17, 100, 42, 3];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'decoding-lab-'));
  copyFileSync(`${TINY}/config.json`, join(folder, 'config.json'));
});
afterEach(() => {
  vi.doUnmock('onnxruntime-node');
  rmSync(folder, { recursive: true });
});

/** Logits of a changed copy of the tiny model. */
async function logitsOf(
  tensors: TensorsByName,
  dtype: 'F32' | 'BF16' = 'F32',
  config: object = {},
): Promise<Float32Array> {
  writeTensors(join(folder, 'model.safetensors'), tensors, dtype);
  const own = JSON.parse(readFileSync(`${TINY}/config.json`, 'utf8')) as object;
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...own, ...config }));
  const model = await loadGpt2({ id: 'changed', name: 'changed', directory: folder });
  const [answer] = await model.next([{ tokens: TOKENS }]);
  await model.dispose();
  return answer!.logits;
}

const tiny = (): TensorsByName => readTensors(`${TINY}/model.safetensors`);

describe('loadGpt2', () => {
  it('gives with BF16 weights what it gives with the same numbers as F32', async () => {
    const tensors = tiny();
    for (const { values } of tensors.values()) {
      const bits = new Uint32Array(values.buffer);
      bits.forEach((b, i) => (bits[i] = b & 0xffff0000));
    }
    expect(await logitsOf(tensors, 'BF16')).toEqual(await logitsOf(tensors));
  });

  it('uses an output projection of its own', async () => {
    const tensors = tiny();
    const tied = await logitsOf(tensors);
    const wte = tensors.get('wte.weight')!;
    tensors.set('lm_head.weight', { shape: wte.shape, values: wte.values.map((v) => 2 * v) });
    const doubled = tied.map((v) => 2 * v);
    expect(await logitsOf(tensors, 'F32', { tie_word_embeddings: false })).toEqual(doubled);
    // Whatever the config says, as transformers 5 has it.
    expect(await logitsOf(tensors)).toEqual(doubled);
  });

  it('divides attention scores by the layer where the config says so', async () => {
    const tensors = tiny();
    const plain = await logitsOf(tensors);
    for (const [name, { shape, values }] of tensors) {
      const layer = /^h\.(\d+)\.attn\.c_attn\.(?:weight|bias)$/.exec(name)?.[1];
      if (layer === undefined) continue;
      // The first third of the columns makes the queries.
      const columns = shape.at(-1)!;
      values.forEach((v, i) => {
        if (i % columns < columns / 3) values[i] = v * (Number(layer) + 1);
      });
    }
    const scaled = await logitsOf(tensors, 'F32', { scale_attn_by_inverse_layer_idx: true });
    plain.forEach((logit, i) => {
      expect(scaled[i]).toBeCloseTo(logit, 4);
    });
  });

  it('writes nothing to the model folder', async () => {
    await logitsOf(tiny());
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'model.safetensors']);
  });

  it('refuses a damaged model before anything runs', async () => {
    writeFileSync(join(folder, 'model.safetensors'), 'no model');
    await expect(loadGpt2({ id: 'x', name: 'x', directory: folder })).rejects.toThrow(ModelFileError);
  });

  it('says so when the native binding cannot be loaded', async () => {
    vi.doMock('onnxruntime-node', () => {
      throw new Error('libonnxruntime.so.1: cannot open shared object file');
    });
    await expect(loadGpt2({ id: 'x', name: 'x', directory: TINY })).rejects.toThrow(
      /onnxruntime could not be loaded on \w+ \w+ \(.*The toy vocabulary works here/s,
    );
  });
});
