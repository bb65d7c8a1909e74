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
 * @returns its size in bytes
 */
export async function writeSafetensors(file: string, tensors: readonly WrittenTensor[]): Promise<number> {
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
  const handle = await open(file, 'w');
  try {
    await handle.write(length);
    await handle.write(text);
    for (const { values } of tensors) {
      await handle.writeFile(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return 8 + text.length + offset;
}
