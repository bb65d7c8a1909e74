/** The tiny reference checkpoints, rewritten: other number types, cut into files, with an output matrix of its own. */
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shape } from './float64Gpt2';

export const TINY = 'test/fixtures/oracles/gpt2-tiny';
export type TinyName = 'plain-names' | 'prefixed-names';
export type Dtype = 'F32' | 'F16' | 'BF16';

export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

export interface TinyReference {
  readonly config: Shape & { readonly vocab_size: number; readonly n_positions: number };
  readonly logits: readonly {
    readonly input_ids: readonly number[][];
    readonly last_logits: readonly number[][];
  }[];
  readonly greedy: readonly { readonly prompt: number[]; readonly output: number[] }[];
}

export function reference(name: TinyName): TinyReference {
  return JSON.parse(readFileSync(`${TINY}/${name}/reference.json`, 'utf8')) as TinyReference;
}

/** The tensors of a float32 safetensors file, by name. */
export function readTensors(file: string): Map<string, Tensor> {
  const bytes = readFileSync(file);
  const start = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.subarray(8, start).toString()) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const data = Uint8Array.from(
      bytes.subarray(start + entry.data_offsets[0], start + entry.data_offsets[1]),
    );
    tensors.set(name, { shape: entry.shape, values: Float64Array.from(new Float32Array(data.buffer)) });
  }
  return tensors;
}

/** The nearest number with `bits` bits of precision, ties to even; `smallest` is the step of the smallest ones. */
function round(value: number, bits: number, smallest: number): number {
  if (value === 0) return 0;
  const step = Math.max(2 ** (Math.floor(Math.log2(Math.abs(value))) - bits + 1), smallest);
  const scaled = value / step;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  return (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor) * step;
}

/** What remains of a number when it is stored as `dtype`. */
export function rounded(value: number, dtype: Dtype): number {
  if (dtype === 'F32') return Math.fround(value);
  return dtype === 'F16' ? round(value, 11, 2 ** -24) : round(value, 8, 2 ** -133);
}

/** Bits of a number that `dtype` holds exactly. */
function bits(value: number, dtype: 'F16' | 'BF16'): number {
  const float = new DataView(new ArrayBuffer(4));
  float.setFloat32(0, value);
  const all = float.getUint32(0);
  if (dtype === 'BF16') return all >>> 16;
  const sign = (all >>> 16) & 0x8000;
  const magnitude = Math.abs(value);
  if (magnitude < 2 ** -14) return sign | (magnitude / 2 ** -24);
  const exponent = Math.floor(Math.log2(magnitude));
  return sign | ((exponent + 15) << 10) | ((magnitude / 2 ** exponent - 1) * 1024);
}

/** The bytes of a safetensors file. */
export function safetensors(tensors: ReadonlyMap<string, Tensor>, dtype: Dtype): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const parts: Buffer[] = [];
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    const data =
      dtype === 'F32'
        ? Float32Array.from(values)
        : Uint16Array.from(values, (value) => bits(rounded(value, dtype), dtype));
    parts.push(Buffer.from(data.buffer));
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...parts]);
}

export interface Variant {
  readonly dtype?: Dtype;
  /** Number of files; one is `model.safetensors` without an index. */
  readonly shards?: number;
  /** Gives the output a matrix of its own: the embedding, each row turned around. */
  readonly untied?: boolean;
}

/** The embedding with each row turned around: an output matrix unlike it, but of the same size. */
export function turned({ shape, values }: Tensor): Tensor {
  const [rows, width] = shape as [number, number];
  return {
    shape,
    values: Float64Array.from(
      { length: rows * width },
      (_, i) => values[i - (i % width) + (width - 1 - (i % width))]!,
    ),
  };
}

/** Writes a variant of a tiny checkpoint into a folder. @returns its tensors, by their stored names. */
export async function writeTiny(
  folder: string,
  name: TinyName,
  variant: Variant = {},
): Promise<Map<string, Tensor>> {
  const { dtype = 'F32', shards = 1, untied = false } = variant;
  await mkdir(folder, { recursive: true });
  const tensors = readTensors(`${TINY}/${name}/model.safetensors`);
  const config = JSON.parse(readFileSync(`${TINY}/${name}/config.json`, 'utf8')) as Record<string, unknown>;
  if (untied) {
    const prefix = tensors.has('wte.weight') ? '' : 'transformer.';
    tensors.set('lm_head.weight', turned(tensors.get(`${prefix}wte.weight`)!));
    config['tie_word_embeddings'] = false;
  }
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  if (shards === 1) {
    await writeFile(join(folder, 'model.safetensors'), safetensors(tensors, dtype));
    return tensors;
  }
  const names = [...tensors.keys()];
  const weightMap: Record<string, string> = {};
  for (let shard = 0; shard < shards; shard++) {
    const file = `model-0000${shard + 1}-of-0000${shards}.safetensors`;
    const part = names.filter((_, i) => i % shards === shard);
    for (const tensor of part) weightMap[tensor] = file;
    await writeFile(
      join(folder, file),
      safetensors(new Map(part.map((tensor) => [tensor, tensors.get(tensor)!])), dtype),
    );
  }
  await writeFile(
    join(folder, 'model.safetensors.index.json'),
    JSON.stringify({ metadata: { total_size: 0 }, weight_map: weightMap }),
  );
  return tensors;
}
