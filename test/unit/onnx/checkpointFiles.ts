import { readFileSync, writeFileSync } from 'node:fs';

/** Float32 tensors by name, for tests that change a checkpoint. */
export type TensorsByName = Map<string, { shape: number[]; values: Float32Array }>;

type Header = Record<string, { shape: number[]; data_offsets: [number, number] }>;

/** Reads a float32 checkpoint. */
export function readTensors(file: string): TensorsByName {
  const bytes = readFileSync(file);
  const start = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.subarray(8, start).toString()) as Header;
  return new Map(
    Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(
        ([
          name,
          {
            shape,
            data_offsets: [begin, end],
          },
        ]) => {
          const values = new Float32Array(Uint8Array.from(bytes.subarray(start + begin, start + end)).buffer);
          return [name, { shape, values }];
        },
      ),
  );
}

/** Writes a checkpoint; BF16 keeps the upper half of each number's bits. */
export function writeTensors(file: string, tensors: TensorsByName, dtype: 'F32' | 'BF16'): void {
  const header: Record<string, object> = {};
  const parts: Buffer[] = [];
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    const data = dtype === 'F32' ? bits : Uint16Array.from(bits, (b) => b >>> 16);
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
    parts.push(bytes);
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(file, Buffer.concat([length, json, ...parts]));
}
