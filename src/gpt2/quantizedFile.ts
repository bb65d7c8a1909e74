import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { quantizeMatrix } from './blockQuantization';
import { expectedShapes, type Checkpoint, type Weight } from './checkpoint';
import { readFloats } from './floats';
import { ModelFileError, reason } from './modelFileError';
import { layOut, matrixPlan, type Layout, type MatrixPlan, type QuantizedVariant } from './quantizedLayout';

/** Numbers of a large tensor that are in memory at once. */
const NUMBERS_AT_ONCE = 1 << 22;

export interface QuantizeOptions {
  /** Folder of the quantized file. */
  readonly directory: string;
  /** SHA-256 of the checkpoint's weights. */
  readonly sourceHash: string;
  /** Called with the parameters done and all of them, while the file is written. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface QuantizedFile {
  readonly file: string;
  readonly layout: Layout;
}

/**
 * Finds the quantized form of a checkpoint, and writes it first where it is missing, damaged or made from other
 * weights. It is written part by part beside its final place and then renamed, so a stop or a crash leaves no
 * half file, and two processes do not disturb each other.
 * @throws ModelFileError when the folder cannot be written to.
 */
export async function openQuantized(
  checkpoint: Checkpoint,
  variant: QuantizedVariant,
  options: QuantizeOptions,
): Promise<QuantizedFile> {
  const layout = layOut(checkpoint, variant, options.sourceHash);
  const file = join(options.directory, `model.${variant.name}.safetensors`);
  if (await isWritten(file, layout)) return { file, layout };
  const draft = `${file}.${randomUUID()}.part`;
  try {
    await write(draft, checkpoint, variant, layout, options);
    await rename(draft, file);
  } catch (error) {
    // What failed is told below; a draft that was never made is nothing to tell.
    await rm(draft, { force: true }).catch(() => undefined);
    if (options.signal?.aborted) throw error;
    throw new ModelFileError(
      `The ${variant.name} form of ${basename(checkpoint.file)} cannot be written to ${options.directory} ` +
        `(${reason(error)}). Make room for its ${Math.ceil(layout.byteLength / 1e6)} MB there, ` +
        `or use the model as it is.`,
    );
  }
  return { file, layout };
}

/** Whether a file begins with the layout's header, which names its source, and is as long as that says. */
async function isWritten(file: string, { header, byteLength }: Layout): Promise<boolean> {
  try {
    if ((await stat(file)).size !== byteLength) return false;
    const handle = await open(file, 'r');
    try {
      const found = Buffer.alloc(header.length);
      await handle.read(found, 0, found.length, 0);
      return found.equals(header);
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}

async function write(
  file: string,
  checkpoint: Checkpoint,
  variant: QuantizedVariant,
  { header, offsets }: Layout,
  { onProgress, signal }: QuantizeOptions,
): Promise<void> {
  const target = await open(file, 'wx');
  try {
    await writeAt(target, header, 0);
    let done = 0;
    const copied = async (count: number): Promise<void> => {
      done += count;
      onProgress?.(done, checkpoint.parameters);
      await setImmediate();
      signal?.throwIfAborted();
    };
    for (const [name, shape] of expectedShapes(checkpoint.config)) {
      const weight = checkpoint.weights.get(name)!;
      const plan = matrixPlan(name, shape, variant);
      if (plan) {
        const places = { codes: offsets.get(`${name}.codes`)!, scales: offsets.get(`${name}.scales`)! };
        await writeMatrix(target, weight, plan, places, copied);
      } else {
        const count = shape.reduce((a, b) => a * b, 1);
        await writeAt(target, await readFloats(weight, 0, count), offsets.get(name)!);
        await copied(count);
      }
    }
    await target.sync();
  } finally {
    await target.close();
  }
}

/** Quantizes one matrix: an embedding some outputs at a time, a layer's matrix, which is smaller, at once. */
async function writeMatrix(
  target: FileHandle,
  weight: Weight,
  { format, outputs, inputs, outputsFirst }: MatrixPlan,
  places: { readonly codes: number; readonly scales: number },
  copied: (count: number) => Promise<void>,
): Promise<void> {
  const step = outputsFirst ? Math.max(1, Math.floor(NUMBERS_AT_ONCE / inputs)) : outputs;
  for (let first = 0; first < outputs; first += step) {
    const count = Math.min(step, outputs - first);
    const floats = await readFloats(weight, first * inputs, count * inputs);
    const [outputStride, inputStride] = outputsFirst ? [inputs, 1] : [1, outputs];
    const { codes, scales } = quantizeMatrix(floats, count, inputs, outputStride, inputStride, format);
    await writeAt(target, scales, places.scales + first * (scales.byteLength / count));
    await writeAt(target, codes, places.codes + first * (codes.byteLength / count));
    await copied(count * inputs);
  }
}

async function writeAt(file: FileHandle, data: Uint8Array | Float32Array, position: number): Promise<void> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let written = 0;
  while (written < bytes.length) {
    written += (await file.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
  }
}
