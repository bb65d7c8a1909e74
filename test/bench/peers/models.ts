import { existsSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync, closeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expectedShapes } from '../../../src/gpt2/checkpoint/checkpoint';
import { readConfig } from '../../../src/gpt2/checkpoint/config';
import { writeExport } from '../../unit/library/optimumExport';
import { readTensors } from '../../unit/library/tinyGpt2';
import { writeGguf, type GgufKind } from './gguf';
import { quantizeExport } from './quantizedExport';

/** A GPT-2 of some shape; the weights are random, since speed does not depend on them. */
const configOf = (layers: number, heads: number, width: number) => ({
  model_type: 'gpt2',
  architectures: ['GPT2LMHeadModel'],
  activation_function: 'gelu_new',
  vocab_size: 50257,
  n_positions: 1024,
  n_ctx: 1024,
  n_embd: width,
  n_layer: layers,
  n_head: heads,
  layer_norm_epsilon: 1e-5,
  // Random weights must not end a text.
  eos_token_id: null,
});

/** The shape of GPT-2 124M. */
const CONFIG = configOf(12, 12, 768);

export interface BenchModels {
  /** Folder with the checkpoint, and its exports for transformers.js in `onnx`. */
  readonly checkpoint: string;
  /** llama.cpp's files. */
  readonly gguf: Readonly<Record<GgufKind, string>>;
}

/** Makes the model in every form that the contestants read; files made earlier are used again. */
export async function prepareModels(folder: string): Promise<BenchModels> {
  const checkpoint = await prepareCheckpoint(join(folder, 'gpt2-124m'), CONFIG);
  mkdirSync(join(checkpoint, 'onnx'), { recursive: true });
  const weights = join(checkpoint, 'model.safetensors');
  await once(join(checkpoint, 'onnx', 'model.onnx'), (file) => {
    // Both are renamed at the end: the graph names its data file.
    writeExport(file, readTensors(weights), CONFIG, { cache: 'past', externalData: 'model.onnx_data' });
  });
  await once(join(checkpoint, 'onnx', 'model_quantized.onnx'), (file) => {
    writeExport(file, readTensors(weights), CONFIG, { cache: 'past', change: quantizeExport });
  });
  const gguf = async (kind: GgufKind): Promise<string> => {
    const made = join(folder, `gpt2-124m.${kind}.gguf`);
    await once(made, (file) => writeGguf(checkpoint, file, kind));
    return resolve(made);
  };
  return { checkpoint: resolve(checkpoint), gguf: { q8_0: await gguf('q8_0'), q4_0: await gguf('q4_0') } };
}

/** A checkpoint of some shape, in a folder below `folder`; one made earlier is used again. */
export function prepareShape(
  folder: string,
  { layers, heads, width }: { readonly layers: number; readonly heads: number; readonly width: number },
): Promise<string> {
  return prepareCheckpoint(join(folder, `gpt2-${layers}x${width}`), configOf(layers, heads, width));
}

async function prepareCheckpoint(directory: string, config: object): Promise<string> {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  await once(join(directory, 'model.safetensors'), (file) => {
    writeRandomWeights(file, config);
  });
  return directory;
}

/** Writes a file beside its place and renames it, unless it is there. */
async function once(file: string, write: (draft: string) => void | Promise<void>): Promise<void> {
  if (existsSync(file)) return;
  console.log(`  making ${file}`);
  await write(`${file}.part`);
  renameSync(`${file}.part`, file);
}

function writeRandomWeights(file: string, config: object): void {
  const shapes = expectedShapes(readConfig(config, 'config.json'));
  const header: Record<string, object> = {};
  let end = 0;
  for (const [name, shape] of shapes) {
    const start = end;
    end += shape.reduce((a, b) => a * b, 4);
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] };
  }
  const json = JSON.stringify(header);
  const padded = json.padEnd(Math.ceil(json.length / 8) * 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const target = openSync(file, 'w');
  writeSync(target, Buffer.concat([length, Buffer.from(padded)]));
  let state = 1;
  for (const [name, shape] of shapes) {
    const count = shape.reduce((a, b) => a * b, 1);
    const values = new Float32Array(count);
    if (/ln_\w+\.weight$/.test(name)) values.fill(1);
    else {
      for (let i = 0; i < count; i++) {
        // A linear congruential generator is random enough for weights whose values do not matter.
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        values[i] = (state / 2 ** 32 - 0.5) * 0.1;
      }
    }
    writeSync(target, new Uint8Array(values.buffer));
  }
  closeSync(target);
}
