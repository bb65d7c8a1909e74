/** The models on disk: which there are, what they are, and how much room they take. */
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inBytes } from '../l10n/bytes';
import { counted, t } from '../l10n/language';
import { fixed, written } from '../l10n/numbers';
import type { BundledModel, CatalogEntry, ModelShape } from './catalog';
import { inspectHere, type Inspect, type InspectedFolder } from './inspect';
import { reason } from './libraryError';
import { cacheBytes, memoryNeed, type MachineMemory, type MemoryNeed } from './memory';
import { readRecord, type ModelRecord } from './record';

/** A model that is here. */
export interface LibraryEntry {
  readonly id: string;
  readonly name: string;
  /** Shipped with the extension, fetched from a hub, or used where it lies elsewhere on the disk. */
  readonly kind: 'bundled' | 'downloaded' | 'imported';
  /** Folder with the files, for `ModelSource`. */
  readonly directory: string;
  /** One line for people. */
  readonly description: string;
  /** What it was trained on and what it is for, where that is known. */
  readonly about: string | undefined;
  /** What is known of it, where it comes with the extension. */
  readonly bundled: BundledModel | undefined;
  readonly format: 'safetensors' | 'onnx' | undefined;
  readonly parameters: number | undefined;
  readonly shape: ModelShape | undefined;
  /** Bytes of all its files on disk. */
  readonly bytes: number;
  readonly memory: MemoryNeed | undefined;
  readonly license: string | undefined;
  readonly repo: string | undefined;
  readonly commit: string | undefined;
  readonly added: Date | undefined;
  readonly lastUsed: Date | undefined;
  /** Whether this or another window has it loaded. */
  readonly inUse: boolean;
  /** Why it cannot be run; undefined when it can. */
  readonly problem: string | undefined;
}

/** Where a model is, before it has been looked at. */
export interface Place {
  readonly id: string;
  readonly kind: LibraryEntry['kind'];
  /** Name of its folder in the library, by which locks and marks are named. */
  readonly folder: string;
  readonly directory: string;
  readonly record: ModelRecord | undefined;
}

/** Name of a model's folder. Ids have at most one slash, and no two dashes in a row on either side of it. */
export function folderOf(id: string): string {
  return id.replace('/', '--');
}

/** Path of a model's lock, which is held while the model comes or goes. */
export function lockOf(storage: string, id: string): string {
  return join(storage, '.locks', folderOf(id));
}

/** The models below `storage`, and those of `bundled` that no one in `storage` replaces, by id. */
export async function findPlaces(storage: string, bundled: string | undefined): Promise<Place[]> {
  const shipped = bundled === undefined ? [] : await foldersIn(bundled);
  const places = new Map<string, Place>(
    shipped.map((folder) => [
      folder,
      { id: folder, kind: 'bundled', folder, directory: join(bundled!, folder), record: undefined },
    ]),
  );
  for (const folder of await foldersIn(storage)) {
    const record = await readRecord(join(storage, folder));
    const id = record?.id ?? folder;
    const here = record?.directory === undefined;
    places.set(id, {
      id,
      // A folder that somebody put there by hand is used like one that lies elsewhere.
      kind: record && here ? 'downloaded' : 'imported',
      folder,
      directory: record?.directory ?? join(storage, folder),
      record,
    });
  }
  return [...places.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function foldersIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  return entries.filter((e) => e.isDirectory() && !e.name.startsWith('.')).map(({ name }) => name);
}

/** The name of a model for people. */
export const nameOf = ({ id, record }: Place): string => record?.name ?? id;

/**
 * Looks at a model. Never fails: what is wrong with it is part of the answer.
 * @param inspect looks at a model that does not come with the extension.
 * @param known what is said of models by their ids.
 */
export async function describePlace(
  place: Place,
  memory: MachineMemory,
  state: { readonly inUse: boolean; readonly lastUsed: Date | undefined },
  inspect: Inspect,
  known: { readonly bundled: readonly BundledModel[]; readonly catalog: readonly CatalogEntry[] },
): Promise<LibraryEntry> {
  const { id, kind, directory, record } = place;
  const [model, problem] = await (kind === 'bundled' ? inspectHere : inspect)(directory).then(
    (found) => [found, undefined] as const,
    (error: unknown) => [undefined, reason(error)] as const,
  );
  const shape = model?.shape;
  const bundled = kind === 'bundled' ? known.bundled.find((one) => one.id === id) : undefined;
  const listed = kind === 'downloaded' ? known.catalog.find((one) => one.id === id) : undefined;
  const bytes = await bytesOf(directory, 2);
  return {
    id,
    name: nameOf(place),
    kind,
    directory,
    description: model ? describe(model, bytes) : t('cannot be used: {0}', problem),
    about: bundled?.about ?? listed?.about,
    bundled,
    format: model?.format,
    parameters: model?.parameters,
    shape,
    bytes,
    memory:
      model &&
      memoryNeed(shape!, memory, model.format === 'onnx' ? model.bytes + cacheBytes(shape!) : undefined),
    license: record?.license,
    repo: record?.repo,
    commit: record?.commit,
    added: record && new Date(record.added),
    ...state,
    problem,
  };
}

function describe(model: InspectedFolder, bytes: number): string {
  const { layers, heads, width, context } = model.shape;
  const line = t(
    '{0}: {1} million parameters, {2}, {3}, width {4}, context {5}, {6} on disk',
    model.format === 'onnx' ? t('GPT-2 as ONNX') : 'GPT-2',
    fixed(model.parameters / 1e6, model.parameters < 1e7 ? 1 : 0),
    counted(layers, '{0} layer', '{0} layers'),
    counted(heads, '{0} head', '{0} heads'),
    written(width),
    written(context),
    inBytes(bytes),
  );
  return [line, ...model.notes.map((note) => note.replace(/\.$/, ''))].join('. ');
}

/** Bytes of the files in a folder and, `depth` levels down, in the folders in it; links count as what they lead to. */
export async function bytesOf(folder: string, depth: number): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return depth > 0 ? bytesOf(path, depth - 1) : 0;
      const info = await stat(path).catch(() => undefined);
      return info?.isFile() === true ? info.size : 0;
    }),
  );
  return sizes.reduce((a, b) => a + b, 0);
}

/** Times of last use, each the time of an empty file: any window may set it at any moment. */
export class LastUsed {
  constructor(private readonly folder: string) {}

  /** Never fails: nobody must be kept from a model because a time could not be written. */
  async touch(name: string): Promise<void> {
    const path = join(this.folder, name);
    const now = new Date();
    await utimes(path, now, now).catch(async () => {
      await mkdir(this.folder, { recursive: true }).catch(() => undefined);
      await writeFile(path, '').catch(() => undefined);
    });
  }

  async read(name: string): Promise<Date | undefined> {
    return (await stat(join(this.folder, name)).catch(() => undefined))?.mtime;
  }
}
