import { openSync, closeSync, writeSync } from 'node:fs';
import { openCheckpoint, type Weight } from '../../../src/gpt2/checkpoint/checkpoint';
import { readFloats } from '../../../src/gpt2/checkpoint/floats';

/** Numbers of GGUF's value types and of ggml's tensor types. */
const UINT32 = 4;
const INT32 = 5;
const FLOAT32 = 6;
const STRING = 8;
const ARRAY = 9;
const F32 = 0;

const ALIGNMENT = 32;
/** Numbers of a block, which have a scale in common: a float16 before their codes. */
const BLOCK = 32;
const SCALE_BYTES = 2;

/** Kinds of quantized matrices. @property file llama.cpp's number for a file of them */
const KINDS = {
  q8_0: { type: 8, file: 7, codeBytes: BLOCK, write: writeQ8 },
  q4_0: { type: 2, file: 2, codeBytes: BLOCK / 2, write: writeQ4 },
} as const;
export type GgufKind = keyof typeof KINDS;
type Kind = (typeof KINDS)[GgufKind];

/** ggml's names for the parts of a GPT-2 layer. */
const LAYER_NAMES: Readonly<Record<string, string>> = {
  ln_1: 'attn_norm',
  'attn.c_attn': 'attn_qkv',
  'attn.c_proj': 'attn_output',
  ln_2: 'ffn_norm',
  'mlp.c_fc': 'ffn_up',
  'mlp.c_proj': 'ffn_down',
};

/**
 * Writes a GPT-2 checkpoint as GGUF for llama.cpp (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md),
 * its matrices quantized, all of them alike (llama-quantize's `--pure`). The vocabulary is a stand-in: the benchmark
 * speaks in ids.
 */
export async function writeGguf(directory: string, file: string, kindName: GgufKind): Promise<void> {
  const kind = KINDS[kindName];
  const { config, weights } = await openCheckpoint(directory);
  const tensors = [...weights.values()].map((weight, i) => {
    const name = [...weights.keys()][i]!;
    const matrix = weight.shape.length === 2 && name !== 'wpe.weight';
    return {
      name: ggmlName(name),
      weight,
      kind: matrix ? kind : undefined,
      transposed: matrix && name.startsWith('h.'),
    };
  });
  const tokens = Array.from({ length: config.vocabularySize }, (_, i) => (i < 256 ? byteToken(i) : `t${i}`));
  const metadata = [
    entry('general.architecture', string('gpt2'), STRING),
    entry('general.file_type', uint32(kind.file), UINT32),
    entry('gpt2.context_length', uint32(config.contextLength), UINT32),
    entry('gpt2.embedding_length', uint32(config.width), UINT32),
    entry('gpt2.feed_forward_length', uint32(config.innerWidth), UINT32),
    entry('gpt2.block_count', uint32(config.layers), UINT32),
    entry('gpt2.attention.head_count', uint32(config.heads), UINT32),
    entry('gpt2.attention.layer_norm_epsilon', float32(config.layerNormEpsilon), FLOAT32),
    entry('tokenizer.ggml.model', string('gpt2'), STRING),
    entry('tokenizer.ggml.pre', string('gpt-2'), STRING),
    entry('tokenizer.ggml.tokens', array(STRING, tokens.map(string)), ARRAY),
    entry(
      'tokenizer.ggml.token_type',
      array(
        INT32,
        tokens.map(() => uint32(1)),
      ),
      ARRAY,
    ),
    entry('tokenizer.ggml.merges', array(STRING, [string('t h')]), ARRAY),
    entry('tokenizer.ggml.bos_token_id', uint32(config.vocabularySize - 1), UINT32),
    entry('tokenizer.ggml.eos_token_id', uint32(config.vocabularySize - 1), UINT32),
  ];
  let offset = 0;
  const infos = tensors.map(({ name, weight, kind, transposed }) => {
    // ggml counts dimensions from the innermost; a layer's matrix has its inputs innermost.
    const dims = transposed ? weight.shape : [...weight.shape].reverse();
    const info = [
      string(name),
      uint32(dims.length),
      ...dims.map(uint64),
      uint32(kind ? kind.type : F32),
      uint64(offset),
    ];
    offset = aligned(offset + storedBytes(weight, kind));
    return Buffer.concat(info);
  });
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(3),
    uint64(tensors.length),
    uint64(metadata.length),
    ...metadata,
    ...infos,
  ]);
  const target = openSync(file, 'w');
  let at = writeSync(target, Buffer.concat([head, Buffer.alloc(aligned(head.length) - head.length)]));
  for (const { weight, kind, transposed } of tensors) {
    const count = weight.shape.reduce((a, b) => a * b, 1);
    const floats = await readFloats(weight, 0, count);
    const ordered = transposed ? transpose(floats, weight.shape[0]!, weight.shape[1]!) : floats;
    const data = kind ? quantize(ordered, kind) : Buffer.from(ordered.buffer);
    at += writeSync(target, data);
    at += writeSync(target, Buffer.alloc(aligned(at) - at));
  }
  closeSync(target);
}

function ggmlName(name: string): string {
  if (name === 'wte.weight') return 'token_embd.weight';
  if (name === 'wpe.weight') return 'position_embd.weight';
  if (name.startsWith('ln_f.')) return name.replace('ln_f', 'output_norm');
  const [, layer, part, kind] = /^h\.(\d+)\.(.+)\.(weight|bias)$/.exec(name)!;
  return `blk.${layer!}.${LAYER_NAMES[part!]!}.${kind!}`;
}

function storedBytes(weight: Weight, kind: Kind | undefined): number {
  const count = weight.shape.reduce((a, b) => a * b, 1);
  return kind ? (count / BLOCK) * (SCALE_BYTES + kind.codeBytes) : 4 * count;
}

/** The rows of a [rows, columns] matrix become its columns. */
function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) result[j * rows + i] = values[i * columns + j]!;
  return result;
}

function quantize(values: Float32Array, { codeBytes, write }: Kind): Buffer {
  const out = Buffer.alloc((values.length / BLOCK) * (SCALE_BYTES + codeBytes));
  for (let from = 0, at = 0; from < values.length; from += BLOCK, at += SCALE_BYTES + codeBytes) {
    write(values.subarray(from, from + BLOCK), out, at);
  }
  return out;
}

/** 32 signed bytes; the largest number is 127. */
function writeQ8(block: Float32Array, out: Buffer, at: number): void {
  const scale = block.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
  out.writeUInt16LE(float16(scale), at);
  block.forEach((value, i) => {
    out.writeInt8(scale === 0 ? 0 : Math.round(value / scale), at + SCALE_BYTES + i);
  });
}

/** 32 codes of 4 bits, the number plus 8; the largest number is -8. Byte i has numbers i and i + 16. */
function writeQ4(block: Float32Array, out: Buffer, at: number): void {
  const scale = block.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0) / -8;
  out.writeUInt16LE(float16(scale), at);
  const code = (value: number): number => (scale === 0 ? 8 : Math.min(15, Math.round(value / scale) + 8));
  for (let i = 0; i < BLOCK / 2; i++) {
    out[at + SCALE_BYTES + i] = code(block[i]!) | (code(block[i + BLOCK / 2]!) << 4);
  }
}

/** The bits of a number as float16, cut off; scales of weights are in its normal range. */
function float16(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude < 2 ** -14) return 0;
  const exponent = Math.floor(Math.log2(magnitude));
  const sign = value < 0 ? 0x8000 : 0;
  return sign | ((exponent + 15) << 10) | Math.floor((magnitude / 2 ** exponent - 1) * 1024);
}

/** GPT-2's printable stand-in for a byte. */
function byteToken(byte: number): string {
  const printable = (b: number): boolean => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  if (printable(byte)) return String.fromCharCode(byte);
  const before = Array.from({ length: byte }, (_, b) => b).filter((b) => !printable(b)).length;
  return String.fromCharCode(256 + before);
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function uint64(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

function float32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeFloatLE(value);
  return buffer;
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function array(type: number, items: readonly Buffer[]): Buffer {
  return Buffer.concat([uint32(type), uint64(items.length), ...items]);
}

function entry(key: string, value: Buffer, type: number): Buffer {
  return Buffer.concat([string(key), uint32(type), value]);
}
