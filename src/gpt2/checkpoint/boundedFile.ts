import { isUtf8 } from 'node:buffer';
import type { Stats } from 'node:fs';
import { constants, lstat, open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { parseBoundedJson, type JsonObject } from '../../core/boundedJson';
import { resolveInside } from './insideFolder';
import { refuseLfsPointer } from './lfsPointer';
import { ModelFileError, unreadable } from './modelFileError';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';

/** A regular file, open to be read. Whoever opened it closes it. */
export interface OpenFile {
  readonly handle: FileHandle;
  /** Absolute, links resolved. */
  readonly path: string;
  /** Bytes, when it was opened. */
  readonly size: number;
}

export interface TextLimits {
  /** Most bytes of the file. */
  readonly bytes: number;
}

/** Most bytes of `config.json` and other settings: 10,000 times the usual. */
export const SETTINGS_BYTES = 10_000_000;

/** Most bytes of an index, a vocabulary or merges: those of 250,000 tokens have less than 20 MB. */
export const TABLE_BYTES = 50_000_000;

/**
 * Opens a regular file; never waits for a pipe or a device, and reads from what was checked.
 * @throws ModelFileError when it does not exist or is something else.
 */
export async function openRegular(path: string): Promise<OpenFile> {
  let handle: FileHandle | undefined;
  try {
    // Before it is opened, because to open some devices does something.
    refuseOthers(path, await stat(path));
    // Should a pipe take its place meanwhile, nobody waits for its other end. Windows has no such flag.
    handle = await open(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
    const found = await handle.stat();
    refuseOthers(path, found);
    return { handle, path, size: found.size };
  } catch (error) {
    await handle?.close();
    throw error instanceof ModelFileError ? error : unreadable(path, error);
  }
}

/**
 * Opens a file of a model's folder by the rule for links (`resolveInside`). The file that is open is the one that
 * was checked, though others change the folder meanwhile.
 * @param path below `directory`.
 * @param index as for `resolveInside`.
 * @throws ModelFileError when it does not exist, is no regular file or lies elsewhere.
 */
export async function openInside(directory: string, path: string, index?: string): Promise<OpenFile> {
  const file = await openRegular(path);
  try {
    const target = await resolveInside(directory, path, index);
    if (!(await isSameFile(file.handle, target))) {
      throw new ModelFileError(
        t('{0} was exchanged while it was opened. Try again when nothing changes it.', path),
      );
    }
    return { ...file, path: target };
  } catch (error) {
    await file.handle.close();
    throw error instanceof ModelFileError ? error : unreadable(path, error);
  }
}

/**
 * Whether an open file is the one that a path names, which is no link. Both are asked for in the same way, as open
 * files: on Windows a file has another device number by its handle than by its path (libuv before 1.51).
 */
async function isSameFile(handle: FileHandle, path: string): Promise<boolean> {
  // Windows has neither flag.
  const { O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;
  const other = await open(path, constants.O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  try {
    const [a, b] = await Promise.all([handle, other].map((one) => one.stat({ bigint: true })));
    return a!.ino === b!.ino && a!.dev === b!.dev;
  } finally {
    await other.close();
  }
}

/** Whether a folder has something of this name, be it a link that leads nowhere. */
export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/**
 * The text of a file in a model's folder.
 * @param name relative to `directory`.
 * @throws ModelFileError when it does not exist, is too large, not UTF-8, no regular file or lies elsewhere.
 */
export async function readModelText(directory: string, name: string, limits: TextLimits): Promise<string> {
  const path = join(directory, name);
  const file = await openInside(directory, path);
  try {
    return decode(path, await readAll(file, path, limits.bytes));
  } finally {
    await file.handle.close();
  }
}

/** As `readModelText`; undefined where the folder has no such file. */
export async function findModelText(
  directory: string,
  name: string,
  limits: TextLimits,
): Promise<string | undefined> {
  return (await isThere(join(directory, name))) ? readModelText(directory, name, limits) : undefined;
}

/**
 * The JSON object in a file of a model's folder. Every JSON file of a model is read by this.
 * @param name relative to `directory`.
 * @param fix what to do when it is none, a sentence.
 * @throws ModelFileError as `readModelText` and `parseBoundedJson`, and when it is no object.
 */
export async function readModelJson(
  directory: string,
  name: string,
  limits: TextLimits,
  fix = t("Put the model's own {0} there.", name),
): Promise<JsonObject> {
  const path = join(directory, name);
  const json = parseBoundedJson(
    await readModelText(directory, name, limits),
    (what) => new ModelFileError(`${path} ${what}. ${fix}`),
  );
  if (isJsonObject(json)) return json;
  throw new ModelFileError(t('{0} is not a JSON object. {1}', path, fix));
}

/** As `readModelJson`; undefined where the folder has no such file. */
export async function findModelJson(
  directory: string,
  name: string,
  limits: TextLimits,
  fix?: string,
): Promise<JsonObject | undefined> {
  return (await isThere(join(directory, name))) ? readModelJson(directory, name, limits, fix) : undefined;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `length` bytes from `position` on, fewer where the file has ended. */
export async function readBytes(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await handle.read(buffer, read, length - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return buffer.subarray(0, read);
}

async function readAll({ handle, size }: OpenFile, path: string, most: number): Promise<Buffer> {
  if (size > most) {
    throw new ModelFileError(
      t(
        "{0} has {1} bytes, expected at most {2}. Put the model's own file there.",
        path,
        written(size),
        written(most),
      ),
    );
  }
  try {
    return await readBytes(handle, 0, size);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function decode(path: string, bytes: Buffer): string {
  refuseLfsPointer(path, bytes);
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new ModelFileError(t("{0} is not text in UTF-8. Put the model's own file there.", path));
}

function refuseOthers(path: string, found: Stats): void {
  if (found.isFile()) return;
  throw new ModelFileError(
    found.isDirectory()
      ? t("{0} is a folder, expected a file. Put the model's own file there.", path)
      : found.isFIFO()
        ? t("{0} is a named pipe, expected a file. Put the model's own file there.", path)
        : found.isSocket()
          ? t("{0} is a socket, expected a file. Put the model's own file there.", path)
          : t("{0} is a device, expected a file. Put the model's own file there.", path),
  );
}
