/** Small GPT-2 models with seeded random weights, on disk, and the same numbers for a float64 computation. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomStream } from '../../../src/core/random';
import { expectedShapes } from '../../../src/gpt2/checkpoint';
import { readConfig } from '../../../src/gpt2/config';
import { safetensors, type Tensor } from '../library/tinyGpt2';

export interface RandomShape {
  readonly vocab_size: number;
  readonly n_positions: number;
  readonly n_embd: number;
  readonly n_layer: number;
  readonly n_head: number;
  readonly tie_word_embeddings?: boolean;
}

/** A model whose numbers are all different from 0 and 1, so that no gradient is small by accident. */
export async function writeRandomGpt2(
  folder: string,
  shape: RandomShape,
  seed = 1,
): Promise<Map<string, Tensor>> {
  const json = { model_type: 'gpt2', ...shape };
  const stream = randomStream(seed, 'weights');
  const tensors = new Map<string, Tensor>();
  for (const [name, dims] of expectedShapes(readConfig(json, 'config.json'))) {
    const length = dims.reduce((a, b) => a * b, 1);
    const level = /ln_.*weight$/.test(name) ? 1 : 0;
    const values = Float64Array.from({ length }, () => Math.fround(level + (stream.next() - 0.5) * 0.8));
    tensors.set(name, { shape: dims, values });
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(json));
  await writeFile(join(folder, 'model.safetensors'), safetensors(tensors, 'F32'));
  return tensors;
}

/** Random windows: ids and the token after each. */
export function randomBatch(
  windows: number,
  length: number,
  vocabulary: number,
  seed = 1,
): { windows: number; length: number; ids: Int32Array; targets: Int32Array } {
  const stream = randomStream(seed, 'batch');
  const draw = (): Int32Array =>
    Int32Array.from({ length: windows * length }, () => Math.floor(stream.next() * vocabulary));
  return { windows, length, ids: draw(), targets: draw() };
}
