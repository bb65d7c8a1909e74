/** Small GPT-2 models with seeded random weights, on disk, and the same numbers for a float64 computation. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomStream } from '../../../src/core/random';
import { expectedShapes } from '../../../src/gpt2/checkpoint/checkpoint';
import { readConfig } from '../../../src/gpt2/checkpoint/config';
import { safetensors, type Tensor } from '../library/tinyGpt2';

export interface RandomShape {
  readonly vocab_size: number;
  readonly n_positions: number;
  readonly n_embd: number;
  readonly n_layer: number;
  readonly n_head: number;
  readonly tie_word_embeddings?: boolean;
  readonly eos_token_id?: number;
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

/** The 256 bytes as a byte-level tokenizer writes them: printable ones as they are, the others from U+0100 on. */
const BYTES: readonly string[] = (() => {
  let next = 256;
  const printable = (byte: number): boolean =>
    (byte > 32 && byte < 127) || (byte > 160 && byte < 256 && byte !== 173);
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();

/** A model of 257 tokens, the bytes and the end of text: to train it takes milliseconds, not seconds. */
export async function writeByteGpt2(folder: string): Promise<void> {
  const shape = { n_positions: 32, n_embd: 32, n_layer: 2, n_head: 4 };
  await writeRandomGpt2(folder, { vocab_size: 257, eos_token_id: 256, ...shape });
  const vocabulary = Object.fromEntries([...BYTES, '<|endoftext|>'].map((token, id) => [token, id]));
  await writeFile(join(folder, 'vocab.json'), JSON.stringify(vocabulary));
  await writeFile(join(folder, 'merges.txt'), '#version: 0.2\n');
}
