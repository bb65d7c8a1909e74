/** Whether a model's files are still what they were. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { t } from '../l10n/language';
import { written } from '../l10n/numbers';
import { hashFile } from './hashFile';
import type { Inspect } from './inspect';
import { LibraryError, reason } from './libraryError';
import type { RecordedFile } from './record';

export interface VerifiedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string | undefined;
  /** By whose word the file is right: the hub's digest, git's, its size alone, or only the first look at it. */
  readonly assurance: RecordedFile['assurance'];
  /** What is wrong with it; undefined when it is as it was recorded. */
  readonly problem: string | undefined;
}

export interface Verification {
  /** Whether every file is as recorded and the model can be run. */
  readonly ok: boolean;
  readonly files: readonly VerifiedFile[];
  /** Why the model cannot be run; undefined when it can. */
  readonly problem: string | undefined;
}

export interface VerifyOptions {
  readonly inspect: Inspect;
  readonly signal: AbortSignal;
  readonly onProgress?: ((readBytes: number, totalBytes: number) => void) | undefined;
}

/**
 * Reads all files of a model and compares them with the record.
 * @param recorded the files as recorded; undefined where there is no record, and this look becomes the first.
 */
export async function verifyFiles(
  directory: string,
  recorded: readonly RecordedFile[] | undefined,
  { inspect, signal, onProgress }: VerifyOptions,
): Promise<Verification> {
  const model = await inspect(directory).then(
    ({ files }) => ({ files, problem: undefined }),
    (error: unknown) => ({ files: [], problem: reason(error) }),
  );
  const expected = recorded ?? (await unrecorded(directory, model.files));
  const total = expected.reduce((sum, { bytes }) => sum + bytes, 0);
  let read = 0;
  const files: VerifiedFile[] = [];
  for (const file of expected) {
    const { path, bytes, assurance } = file;
    const found = await look(join(directory, path), signal, (count) => {
      read += count;
      onProgress?.(read, total);
    });
    const problem = 'problem' in found ? found.problem : compare(file, found);
    files.push({ path, bytes, sha256: 'problem' in found ? undefined : found.sha256, assurance, problem });
  }
  const ok = model.problem === undefined && files.every(({ problem }) => problem === undefined);
  return { ok, files, problem: model.problem };
}

interface Found {
  readonly bytes: number;
  readonly sha256: string;
}

async function look(
  path: string,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<Found | { readonly problem: string }> {
  try {
    const { size } = await stat(path);
    const { sha256 } = await hashFile(path, signal, undefined, onBytes);
    return { bytes: size, sha256 };
  } catch (error) {
    if (error instanceof LibraryError && error.code === 'stopped') throw error;
    return { problem: t('cannot be read ({0})', reason(error)) };
  }
}

function compare(expected: RecordedFile, found: Found): string | undefined {
  if (found.bytes !== expected.bytes)
    return t('has {0} bytes, expected {1}', written(found.bytes), written(expected.bytes));
  if (expected.sha256 === undefined || expected.sha256 === found.sha256) return undefined;
  return t('has changed: its SHA-256 is {0}, expected {1}', found.sha256, expected.sha256);
}

/** The files of a model that nobody recorded: those with its numbers, and its config. */
export async function unrecorded(directory: string, files: readonly string[]): Promise<RecordedFile[]> {
  const root = await realpath(directory).catch(() => directory);
  const links = await linksIn(root);
  const named = files.map((file) => links.get(file) ?? relative(root, file).replaceAll('\\', '/'));
  return Promise.all(
    [...new Set([...named, 'config.json'])].map(async (path) => {
      const info = await stat(join(directory, path)).catch(() => undefined);
      return { path, bytes: info?.size ?? 0, assurance: 'first' as const };
    }),
  );
}

/** Names of the links in a model's folder, with `/` between folders, by where they lead. */
async function linksIn(directory: string): Promise<Map<string, string>> {
  const links = new Map<string, string>();
  for (const prefix of ['', 'onnx/']) {
    const entries = await readdir(join(directory, prefix), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.filter((one) => one.isSymbolicLink())) {
      const target = await realpath(join(directory, prefix, entry.name)).catch(() => undefined);
      if (target !== undefined && !links.has(target)) links.set(target, prefix + entry.name);
    }
  }
  return links;
}
