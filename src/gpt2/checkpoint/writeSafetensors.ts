import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** A tensor to be written: float32, row-major. */
export interface WrittenTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * Writes float32 tensors as a safetensors file (https://huggingface.co/docs/safetensors), and has the system put
 * it on the disk before this is done. Little-endian, as every machine that onnxruntime-node runs on.
 * @returns its size and its digest, which is computed while the system writes
 */
export async function writeSafetensors(
  file: string,
  tensors: readonly WrittenTensor[],
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const header: Record<string, object> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const { name, shape, values } of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const json = JSON.stringify(header);
  // The data begin at a multiple of 8, as the format asks for.
  const text = Buffer.from(json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const hash = createHash('sha256');
  const handle = await open(file, 'w');
  try {
    const parts = tensors.map(({ values }) =>
      Buffer.from(values.buffer, values.byteOffset, values.byteLength),
    );
    for (const part of [length, text, ...parts]) {
      const written = handle.writeFile(part);
      hash.update(part);
      await written;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes: 8 + text.length + offset, sha256: hash.digest('hex') };
}
