import { createHash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { messageOf } from '../../core/messageOf';
import { quantizeMatrix } from './blockQuantization';
import { isThere, openRegular } from '../checkpoint/boundedFile';
import { expectedShapes, type Checkpoint, type Weight } from '../checkpoint/checkpoint';
import { draftOf, sweepDrafts } from './drafts';
import { allFinite, readFloats } from '../checkpoint/floats';
import { ModelFileError } from '../checkpoint/modelFileError';
import { layOut, matrixPlan, type Layout, type MatrixPlan, type QuantizedVariant } from './quantizedLayout';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';

/** Numbers of a large tensor that are in memory at once. */
const NUMBERS_AT_ONCE = 1 << 22;

export interface QuantizeOptions {
  /** Folder of the quantized file. */
  readonly directory: string;
  /** SHA-256 of the checkpoint's weights. */
  readonly sourceHash: string;
  /** Called with the parameters done and all of them, while the file is written. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Told in a sentence why a file that was there is written anew. */
  readonly onNote?: ((sentence: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface QuantizedFile {
  readonly file: string;
  readonly layout: Layout;
}

/**
 * Finds the quantized form of a checkpoint, and writes it first where it is missing, damaged or made from other
 * weights: what is there is read whole and compared with the digest that its header names. It is written part by
 * part beside its final place and then renamed, so a stop or a crash leaves no half file, and two processes do not
 * disturb each other.
 * @throws ModelFileError when the folder cannot be written to, or a weight of the checkpoint is no finite number.
 */
export async function openQuantized(
  checkpoint: Checkpoint,
  variant: QuantizedVariant,
  options: QuantizeOptions,
): Promise<QuantizedFile> {
  const layout = layOut(checkpoint, variant, options.sourceHash);
  const file = join(options.directory, `model.${variant.name}.safetensors`);
  await sweepDrafts(file);
  if (await isThere(file)) {
    const problem = await whatIsWrong(file, layout, options.signal);
    if (problem === undefined) return { file, layout };
    options.onNote?.(`${file} ${problem}. It is made anew from ${basename(checkpoint.file)}.`);
  }
  const draft = draftOf(file);
  try {
    await write(draft, checkpoint, variant, layout, options);
    await rename(draft, file);
  } catch (error) {
    // What failed is told below; a draft that was never made is nothing to tell.
    await rm(draft, { force: true }).catch(() => undefined);
    if (options.signal?.aborted || error instanceof NotFinite) throw error;
    throw new ModelFileError(
      t(
        'The {0} form of {1} cannot be written to {2} ({3}). Make room for its {4} MB there, or use the model as it is.',
        variant.name,
        basename(checkpoint.file),
        options.directory,
        messageOf(error),
        written(Math.ceil(layout.byteLength / 1e6)),
      ),
    );
  }
  return { file, layout };
}

/** A weight of the source is NaN or infinite: nobody's disk is to blame. */
class NotFinite extends ModelFileError {}

/** Why a file is not the one of this layout, whole and unchanged; undefined when it is. */
async function whatIsWrong(
  file: string,
  layout: Layout,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  let handle: FileHandle | undefined;
  try {
    const opened = await openRegular(file);
    handle = opened.handle;
    const { size } = opened;
    if (size !== layout.byteLength) return `has ${size} bytes, expected ${layout.byteLength}`;
    const found = Buffer.alloc(layout.headerBytes);
    await handle.read(found, 0, found.length, 0);
    const digest = DIGEST.exec(found.toString('latin1'))?.[1] ?? '';
    if (!found.equals(layout.header(digest))) return 'was made from other weights, or by another version';
    const data = await readData(handle, layout, signal);
    if (data.sha256 !== digest) return 'has changed since it was written: its digest is another';
    return data.notFinite === undefined
      ? undefined
      : `has a scale or weight in "${data.notFinite}" that is no finite number`;
  } catch (error) {
    signal?.throwIfAborted();
    return `cannot be read (${messageOf(error)})`;
  } finally {
    await handle?.close();
  }
}

const DIGEST = /"data_sha256":"([0-9a-f]{64})"/;

/** Reads all data of a quantized file: their digest, and the first tensor with a number that is not finite. */
async function readData(
  handle: FileHandle,
  { headerBytes, byteLength, floats }: Layout,
  signal: AbortSignal | undefined,
): Promise<{ readonly sha256: string; readonly notFinite: string | undefined }> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(BYTES_AT_ONCE);
  let notFinite: string | undefined;
  let next = 0;
  for (let at = headerBytes; at < byteLength;) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(BYTES_AT_ONCE, byteLength - at), at);
    if (bytesRead === 0) throw new Error(`it ended after ${at} bytes`);
    // Numbers lie at multiples of 4, so none is cut where all but the last read are whole.
    const end = at + bytesRead < byteLength ? at + bytesRead - (bytesRead % 4) : at + bytesRead;
    hash.update(buffer.subarray(0, end - at));
    for (; next < floats.length; next++) {
      const { name, start, end: stop } = floats[next]!;
      const [first, last] = [Math.max(start, at), Math.min(stop, end)];
      if (first < last && !allFinite(floatsIn(buffer, first - at, last - at))) notFinite ??= name;
      if (stop > end) break;
    }
    at = end;
    signal?.throwIfAborted();
  }
  return { sha256: hash.digest('hex'), notFinite };
}

/** Bytes of a quantized file that are in memory at once. */
const BYTES_AT_ONCE = 1 << 22;

/** The numbers of a part of a buffer; where they are not aligned, a copy. */
function floatsIn(buffer: Buffer, start: number, end: number): Float32Array {
  const part = buffer.subarray(start, end);
  const bytes = part.byteOffset % 4 === 0 ? part : Uint8Array.from(part);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

async function write(
  file: string,
  checkpoint: Checkpoint,
  variant: QuantizedVariant,
  layout: Layout,
  { onProgress, signal }: QuantizeOptions,
): Promise<void> {
  const { header, offsets } = layout;
  const target = await open(file, 'wx+');
  try {
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
        await writeAt(target, await readFinite(weight, 0, count), offsets.get(name)!);
        await copied(count);
      }
    }
    // In its order the data is hashed once it is whole, for the parts of a matrix do not lie side by side.
    await writeAt(target, header((await readData(target, layout, signal)).sha256), 0);
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
    const floats = await readFinite(weight, first * inputs, count * inputs);
    const [outputStride, inputStride] = outputsFirst ? [inputs, 1] : [1, outputs];
    const { codes, scales } = quantizeMatrix(floats, count, inputs, outputStride, inputStride, format);
    await writeAt(target, scales, places.scales + first * (scales.byteLength / count));
    await writeAt(target, codes, places.codes + first * (codes.byteLength / count));
    await copied(count * inputs);
  }
}

/** As `readFloats`. A quantized NaN would be some number or other, and nobody would notice. @throws NotFinite */
async function readFinite(weight: Weight, first: number, count: number): Promise<Float32Array> {
  const floats = await readFloats(weight, first, count);
  if (allFinite(floats)) return floats;
  const at = floats.findIndex((value) => !Number.isFinite(value));
  throw new NotFinite(
    t(
      '{0}: number {1} of tensor "{2}" is {3}, expected a finite number. The weights are damaged, or their training failed; get the model from its source again.',
      weight.file,
      written(first + at),
      weight.name,
      String(floats[at]),
    ),
  );
}

async function writeAt(file: FileHandle, data: Uint8Array | Float32Array, position: number): Promise<void> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let done = 0;
  while (done < bytes.length) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}
