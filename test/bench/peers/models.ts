import { existsSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync, closeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expectedShapes } from '../../../src/gpt2/checkpoint/checkpoint';
import { readConfig } from '../../../src/gpt2/checkpoint/config';
import { writeExport } from '../../unit/library/optimumExport';
import { readTensors } from '../../unit/library/tinyGpt2';
import { writeGguf } from './gguf';

/** The shape of GPT-2 124M; the weights are random, since speed does not depend on them. */
const CONFIG = {
  model_type: 'gpt2',
  architectures: ['GPT2LMHeadModel'],
  activation_function: 'gelu_new',
  vocab_size: 50257,
  n_positions: 1024,
  n_ctx: 1024,
  n_embd: 768,
  n_layer: 12,
  n_head: 12,
  layer_norm_epsilon: 1e-5,
  'transformers.js_config': { use_external_data_format: true },
};

export interface BenchModels {
  /** Folder with the checkpoint. */
  readonly checkpoint: string;
  /** Folder and name for transformers.js. */
  readonly transformers: readonly [folder: string, name: string];
  readonly q8_0: string;
}

/** Makes the model in every form that the contestants read; files made earlier are used again. */
export async function prepareModels(folder: string): Promise<BenchModels> {
  const checkpoint = join(folder, 'gpt2-124m');
  mkdirSync(join(checkpoint, 'onnx'), { recursive: true });
  writeFileSync(join(checkpoint, 'config.json'), JSON.stringify(CONFIG));
  const weights = join(checkpoint, 'model.safetensors');
  await once(weights, (file) => {
    writeRandomWeights(file);
  });
  await once(join(checkpoint, 'onnx', 'model.onnx'), (file) => {
    // Both are renamed at the end: the graph names its data file.
    writeExport(file, readTensors(weights), CONFIG, { cache: 'past', externalData: 'model.onnx_data' });
  });
  const q8_0 = join(folder, 'gpt2-124m.q8_0.gguf');
  await once(q8_0, (file) => writeGguf(checkpoint, file, 'q8_0'));
  return {
    checkpoint: resolve(checkpoint),
    transformers: [resolve(folder), 'gpt2-124m'],
    q8_0: resolve(q8_0),
  };
}

/** Writes a file beside its place and renames it, unless it is there. */
async function once(file: string, write: (draft: string) => void | Promise<void>): Promise<void> {
  if (existsSync(file)) return;
  console.log(`  making ${file}`);
  await write(`${file}.part`);
  renameSync(`${file}.part`, file);
}

function writeRandomWeights(file: string): void {
  const shapes = expectedShapes(readConfig(CONFIG, 'config.json'));
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
