import { blockBytes, blockCount, fitted, type BlockFormat } from './blockQuantization';
import { expectedShapes, type Checkpoint } from '../checkpoint/checkpoint';

/** A smaller form of a model: how its matrices are quantized, see also `fitted`. Everything else stays float32. */
export interface QuantizedVariant {
  readonly name: 'int8' | 'int8-fast' | 'int4';
  /** Matrices of the layers. */
  readonly layers: BlockFormat;
  /** The token embedding, and the output projection tied to it: 4 bits would cost too much there. */
  readonly embedding: BlockFormat;
}

/**
 * `int8` gives each sequence the same bits whatever runs with it, as float32 does; larger blocks are faster, but
 * ONNX Runtime then adds in another order for one sequence than for several.
 */
export const QUANTIZED_VARIANTS: Readonly<Record<QuantizedVariant['name'], QuantizedVariant>> = {
  int8: {
    name: 'int8',
    layers: { bits: 8, blockSize: 32 },
    embedding: { bits: 8, blockSize: 32 },
  },
  'int8-fast': {
    name: 'int8-fast',
    layers: { bits: 8, blockSize: 256 },
    embedding: { bits: 8, blockSize: 256 },
  },
  int4: {
    name: 'int4',
    layers: { bits: 4, blockSize: 32 },
    embedding: { bits: 8, blockSize: 256 },
  },
};

/** Raised whenever the same source would be written differently: older files are then written anew. */
const FORMAT_VERSION = '3';

/** One matrix of the model as it is quantized. */
export interface MatrixPlan {
  readonly format: BlockFormat;
  readonly outputs: number;
  readonly inputs: number;
  /** Whether the checkpoint stores one output's weights side by side, as in embeddings, or one input's. */
  readonly outputsFirst: boolean;
}

/** How a tensor is quantized; undefined for those that stay float32. */
export function matrixPlan(
  name: string,
  shape: readonly number[],
  variant: QuantizedVariant,
): MatrixPlan | undefined {
  const [rows, columns] = shape as [number, number];
  if (name === 'wte.weight' || name === 'lm_head.weight') {
    const format = fitted(variant.embedding, columns);
    return { format, outputs: rows, inputs: columns, outputsFirst: true };
  }
  if (/^h\.\d+\.(?:attn|mlp)\.\w+\.weight$/.test(name)) {
    const format = fitted(variant.layers, rows);
    return { format, outputs: columns, inputs: rows, outputsFirst: false };
  }
  return undefined;
}

/** A quantized file before it is written: the same for the same source and variant. */
export interface Layout {
  /** Length and JSON, as in every safetensors file, for data of a digest in hex (`DIGEST_LENGTH` digits). */
  readonly header: (dataSha256: string) => Buffer;
  /** Bytes of the header, whatever the digest. */
  readonly headerBytes: number;
  /** First byte of each tensor: `NAME.codes` and `NAME.scales` of matrices, `NAME` of others. */
  readonly offsets: ReadonlyMap<string, number>;
  /** First byte and end of the tensors with float32 numbers, in the order in which they lie in the file. */
  readonly floats: readonly { readonly name: string; readonly start: number; readonly end: number }[];
  /** Bytes of the whole file. */
  readonly byteLength: number;
}

/** Digits of a SHA-256 in hex. */
const DIGEST_LENGTH = 64;

/** Lays out the quantized form of a checkpoint; the header names the hashes of its source and of its data. */
export function layOut(checkpoint: Checkpoint, variant: QuantizedVariant, sourceHash: string): Layout {
  const entries: Record<string, object> = {};
  const floats: { name: string; start: number; end: number }[] = [];
  const relative = new Map<string, number>();
  let end = 0;
  const add = (name: string, dtype: 'F32' | 'U8', shape: readonly number[]): void => {
    relative.set(name, end);
    const start = end;
    end += shape.reduce((a, b) => a * b, dtype === 'F32' ? 4 : 1);
    entries[name] = { dtype, shape, data_offsets: [start, end] };
    if (dtype === 'F32') floats.push({ name, start, end });
  };
  for (const [name, shape] of expectedShapes(checkpoint.config)) {
    const plan = matrixPlan(name, shape, variant);
    if (plan) {
      const blocks = blockCount(plan.inputs, plan.format);
      add(`${name}.scales`, 'F32', [plan.outputs, blocks]);
      add(`${name}.codes`, 'U8', [plan.outputs, blocks, blockBytes(plan.format)]);
    } else {
      add(name, 'F32', shape);
    }
  }
  const header = (dataSha256: string): Buffer => {
    const metadata = {
      format_version: FORMAT_VERSION,
      variant: variant.name,
      source_sha256: sourceHash,
      data_sha256: dataSha256,
    };
    const json = JSON.stringify({ __metadata__: metadata, ...entries });
    // Data that begins at a multiple of 64 is aligned for every number type and vector unit.
    const padded = json.padEnd(Math.ceil((json.length + 8) / 64) * 64 - 8);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(padded.length));
    return Buffer.concat([length, Buffer.from(padded)]);
  };
  const headerBytes = header('0'.repeat(DIGEST_LENGTH)).length;
  const offsets = new Map([...relative].map(([name, offset]) => [name, headerBytes + offset]));
  return {
    header,
    headerBytes,
    offsets,
    floats: floats.map(({ name, start, end: after }) => ({
      name,
      start: headerBytes + start,
      end: headerBytes + after,
    })),
    byteLength: headerBytes + end,
  };
}
