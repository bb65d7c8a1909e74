import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { shownJson } from '../../core/shownJson';
import { isJsonObject, openRegular, readBytes, type OpenFile } from './boundedFile';
import { parseBoundedJson } from '../../core/boundedJson';
import { refuseLfsPointer } from './lfsPointer';
import { ModelFileError, unreadable } from './modelFileError';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';

/** Number types of weights, with their size in bytes. */
export const DTYPE_BYTES = { F32: 4, F16: 2, BF16: 2 } as const;
export type Dtype = keyof typeof DTYPE_BYTES;

/** Where one tensor's numbers lie in its file: little-endian, row-major. */
export interface StoredTensor {
  readonly name: string;
  /** As the file says; only those of `DTYPE_BYTES` can be run. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte, from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

/** Enough to recognize a pointer of Git LFS. */
const LFS_BYTES = 100;

/** The format's own limit, that of its reference reader; every known checkpoint's header is far below it. */
const MAX_HEADER_BYTES = 100_000_000;

/** Values of a header, about ten to a tensor: a GPT-2 of 1,000 layers, the most that can be run, has 170,000. */
const MAX_HEADER_VALUES = 1_000_000;

/**
 * Reads the header of a safetensors file (https://huggingface.co/docs/safetensors): eight bytes of length, JSON
 * with each tensor's type, shape and byte range, then the bytes. The header is not trusted: every range must lie
 * in the file, they must cover its data without overlap, hole or rest (as the format demands and its reference reader
 * checks), and no name may occur twice.
 * @returns the tensors by name.
 * @throws ModelFileError with a sentence that names the file, the tensor, what was found and what was expected.
 */
export async function readSafetensorsHeader(file: string): Promise<Map<string, StoredTensor>> {
  return readHeader(await openRegular(file), file);
}

/**
 * As `readSafetensorsHeader`, of a file that is open, and is closed afterwards.
 * @param file its name, for sentences.
 */
export async function readHeader(
  { handle, size }: OpenFile,
  file: string,
): Promise<Map<string, StoredTensor>> {
  try {
    const headerBytes = await readHeaderLength(handle, file, size);
    const bytes = await readExactly(handle, 8, headerBytes, file);
    if (!isUtf8(bytes)) throw damaged(file, t('its header is not text in UTF-8'));
    const json = parseBoundedJson(
      bytes.toString('utf8'),
      (what) => damaged(file, t('its header {0}', what)),
      {
        uniqueKeys: true,
        values: MAX_HEADER_VALUES,
      },
    );
    return readEntries(json, file, 8 + headerBytes, size);
  } catch (error) {
    throw error instanceof ModelFileError ? error : unreadable(file, error);
  } finally {
    await handle.close();
  }
}

async function readHeaderLength(handle: FileHandle, file: string, fileBytes: number): Promise<number> {
  if (fileBytes < 8) throw damaged(file, t('it has {0} bytes, expected at least 8', written(fileBytes)));
  refuseLfsPointer(file, await readExactly(handle, 0, Math.min(fileBytes, LFS_BYTES), file));
  const length = (await readExactly(handle, 0, 8, file)).readBigUInt64LE();
  const limit = Math.min(MAX_HEADER_BYTES, fileBytes - 8);
  if (length > BigInt(limit)) {
    throw damaged(
      file,
      t('its header says it is {0} bytes long, expected at most {1}', length.toString(), written(limit)),
    );
  }
  return Number(length);
}

async function readExactly(handle: FileHandle, at: number, length: number, file: string): Promise<Buffer> {
  const bytes = await readBytes(handle, at, length);
  if (bytes.length < length)
    throw damaged(file, t('it ended after {0} bytes while it was read', written(at + bytes.length)));
  return bytes;
}

function readEntries(
  json: unknown,
  file: string,
  dataStart: number,
  fileBytes: number,
): Map<string, StoredTensor> {
  if (!isJsonObject(json)) throw damaged(file, t('its header is not a JSON object'));
  const tensors = Object.entries(json)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => readEntry(name, entry, file, dataStart, fileBytes));
  let end = dataStart;
  let before: StoredTensor | undefined;
  const inOrder = [...tensors].sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  for (const tensor of inOrder) {
    if (before && tensor.offset < end) {
      throw damaged(file, t('the bytes of tensor "{0}" overlap those of "{1}"', tensor.name, before.name));
    }
    if (tensor.offset > end) {
      throw damaged(
        file,
        t(
          'no tensor has the {0} bytes before tensor "{1}", expected none between tensors',
          written(tensor.offset - end),
          tensor.name,
        ),
      );
    }
    end += tensor.byteLength;
    before = tensor;
  }
  if (end < fileBytes) {
    throw damaged(
      file,
      t(
        'it has {0} bytes after the last of its tensors, expected none; all of them together have {1} bytes',
        written(fileBytes - end),
        written(end - dataStart),
      ),
    );
  }
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}

function readEntry(
  name: string,
  entry: unknown,
  file: string,
  dataStart: number,
  fileBytes: number,
): StoredTensor {
  const { dtype, shape, data_offsets: range } = (entry ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof dtype !== 'string') throw damaged(file, t('tensor "{0}" has no dtype', name));
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw damaged(
      file,
      t('tensor "{0}" has shape {1}, expected a list of whole numbers', name, shownJson(shape)),
    );
  }
  if (!Array.isArray(range) || range.length !== 2 || !range.every(isCount)) {
    throw damaged(
      file,
      t('tensor "{0}" has data_offsets {1}, expected two whole numbers', name, shownJson(range)),
    );
  }
  const [begin, end] = range as [number, number];
  const dataBytes = fileBytes - dataStart;
  if (begin > end || end > dataBytes) {
    throw damaged(
      file,
      t(
        'tensor "{0}" lies at bytes {1} to {2} of the data, expected a range within its {3} bytes',
        name,
        written(begin),
        written(end),
        written(dataBytes),
      ),
    );
  }
  const elementBytes = Object.hasOwn(DTYPE_BYTES, dtype) ? DTYPE_BYTES[dtype as Dtype] : undefined;
  const expected = elementBytes === undefined ? undefined : shape.reduce((a, b) => a * b, elementBytes);
  if (expected !== undefined && expected !== end - begin) {
    throw damaged(
      file,
      t(
        'tensor "{0}" of type {1} and shape {2} has {3} bytes, expected {4}',
        name,
        dtype,
        shownJson(shape),
        written(end - begin),
        written(expected),
      ),
    );
  }
  return { name, dtype, shape, offset: dataStart + begin, byteLength: end - begin };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function damaged(file: string, what: string): ModelFileError {
  return new ModelFileError(
    t('{0} is not a whole safetensors file: {1}. Download or copy the file again.', file, what),
  );
}
