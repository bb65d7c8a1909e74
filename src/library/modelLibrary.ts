/** The model library: which models there are, and how they come and go. */
import { randomUUID } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { cachedRepository } from '../gpt2/checkpoint/insideFolder';
import { t } from '../l10n/language';
import { freeBytes, makeFolder, moveFolder, removeFolders } from './disk';
import type { DownloadTools } from './download';
import { Downloads } from './downloads';
import { HUGGING_FACE } from './endpoint';
import { Hub } from './hub';
import { inspectHere, type Inspect } from './inspect';
import { fileProblem, LibraryError, reason } from './libraryError';
import { Usage, withLock } from './lock';
import { listCatalog } from './listing';
import { machineMemory, type MachineMemory } from './memory';
import { freeId } from './names';
import { openFile } from './partialFile';
import { never, RETRY_POLICY } from './retryPolicy';
import { writeRecord } from './record';
import {
  bytesOf,
  describePlace,
  findPlaces,
  folderOf,
  LastUsed,
  lockOf,
  nameOf,
  type LibraryEntry,
  type Place,
} from './installedModels';
import { downloadTokenizer, type TokenizerDownload } from './tokenizerDownload';
import type {
  CatalogListing,
  DownloadOptions,
  ModelLibraryOptions,
  ModelUse,
  UnfinishedDownload,
} from './types';
import { unrecorded, verifyFiles, type Verification } from './verify';

const notInstalled = (id: string): LibraryError =>
  new LibraryError('missing', t('The model {0} is not installed. Download or import it.', id));

export class ModelLibrary {
  readonly #options: ModelLibraryOptions;
  readonly #tools: DownloadTools;
  readonly #usage: Usage;
  readonly #lastUsed: LastUsed;
  readonly #downloads: Downloads;

  constructor(options: ModelLibraryOptions) {
    this.#options = options;
    const retryPolicy = { ...RETRY_POLICY, ...options.retryPolicy };
    let hub: Hub | undefined;
    this.#tools = {
      // Made when it is asked: what is on this machine can be used though the hub's address is wrong.
      get hub() {
        hub ??= new Hub({
          endpoints: options.endpoints ?? [HUGGING_FACE],
          fetch: options.fetch ?? globalThis.fetch,
          token: options.token,
          retryPolicy,
        });
        return hub;
      },
      retryPolicy,
      openFile: options.openFile ?? openFile,
      inspect: this.inspect,
      inspectTokenizer: options.inspectTokenizer,
      freeBytes: options.freeBytes ?? freeBytes,
    };
    this.#usage = new Usage(this.#hidden('in-use'), retryPolicy.staleLockMs);
    this.#lastUsed = new LastUsed(this.#hidden('last-used'));
    const isHere = async (id: string): Promise<boolean> => (await this.#search(id)) !== undefined;
    this.#downloads = new Downloads(this.storage, options.catalog, this.#tools, isHere);
  }

  get storage(): string {
    return this.#options.storage;
  }

  /** Looks at a model's folder: in another process where the program has one for that. */
  get inspect(): Inspect {
    return this.#options.inspect ?? inspectHere;
  }

  /** A tokenizer of the hub, without its model. @throws LibraryError */
  downloadTokenizer(download: TokenizerDownload): Promise<void> {
    return downloadTokenizer(download, this.#tools);
  }

  /** Memory of this machine. */
  memory(): MachineMemory {
    return (this.#options.memory ?? machineMemory)();
  }

  /** Room that the library takes, and room that is left; undefined where the system does not say. */
  async room(): Promise<{ readonly usedBytes: number; readonly freeBytes: number | undefined }> {
    const usedBytes = await bytesOf(this.storage, 4);
    return { usedBytes, freeBytes: await this.#tools.freeBytes(this.storage) };
  }

  /** The models that are here, by id. */
  async list(): Promise<LibraryEntry[]> {
    const places = await findPlaces(this.storage, this.#options.bundled);
    return Promise.all(places.map((place) => this.#describe(place)));
  }

  /** @throws LibraryError `missing` */
  async find(id: string): Promise<LibraryEntry> {
    return this.#describe(await this.#place(id));
  }

  /** Where a model is, without a look into its files, which takes long on some disks. @throws LibraryError `missing` */
  async locate(id: string): Promise<Pick<LibraryEntry, 'name' | 'kind' | 'directory'>> {
    const place = await this.#place(id);
    return { name: nameOf(place), kind: place.kind, directory: place.directory };
  }

  /** The known models, with what they need and what of them is here; and others whose download has begun. */
  async catalog(): Promise<CatalogListing[]> {
    const here = new Set((await findPlaces(this.storage, this.#options.bundled)).map(({ id }) => id));
    return listCatalog(
      this.#options.catalog,
      this.memory(),
      (id) => here.has(id),
      (id) => this.#downloads.isActive(id),
      await this.unfinished(),
    );
  }

  /** Downloads that were paused, or ended with the program: `download` with their id goes on with them. */
  unfinished(): Promise<UnfinishedDownload[]> {
    return this.#downloads.unfinished();
  }

  /** The download of a model that is named as for `download`, if it has begun and is not whole. @throws LibraryError */
  unfinishedOf(name: string): Promise<UnfinishedDownload | undefined> {
    return this.#downloads.unfinishedOf(name);
  }

  /**
   * Fetches a model of the catalog by its id, or any GPT-2 of the hub by `owner/name` or the address of its page;
   * goes on where an earlier download stopped. A model that is here already is not fetched again; one that another
   * window fetches is waited for.
   * @throws LibraryError
   */
  async download(name: string, options: DownloadOptions = {}): Promise<LibraryEntry> {
    return this.find(await this.#downloads.download(name, options));
  }

  /** Stops this window's download of a model; what has arrived is kept. @returns whether there was one. */
  pause(id: string): boolean {
    return this.#downloads.pause(id);
  }

  /** Stops this window's download of a model and removes what has arrived. @throws LibraryError `busy` */
  cancel(id: string): Promise<void> {
    return this.#downloads.cancel(id);
  }

  /**
   * Reads all files of a model and compares them with what they were when they arrived. The digests of an imported
   * model are recorded the first time.
   * @throws LibraryError `missing` or `stopped`.
   */
  async verify(
    id: string,
    { onProgress, signal }: { onProgress?: (read: number, total: number) => void; signal?: AbortSignal } = {},
  ): Promise<Verification> {
    const place = await this.#place(id);
    const { directory, record } = place;
    const options = { inspect: this.inspect, onProgress, signal: signal ?? never };
    const done = await this.#mark(place);
    try {
      const verification = await verifyFiles(directory, record?.files, options);
      if (record?.directory !== undefined && record.files.some(({ sha256 }) => sha256 === undefined)) {
        const files = verification.files.map(({ path, bytes, sha256, assurance }) => ({
          path,
          bytes,
          assurance,
          ...(sha256 !== undefined && { sha256 }),
        }));
        await writeRecord(join(this.storage, place.folder), { ...record, files });
      }
      return verification;
    } finally {
      await done();
    }
  }

  /**
   * Marks a model as used, here and for other windows, until it is released.
   * @throws LibraryError `missing`
   */
  async use(id: string): Promise<ModelUse> {
    const place = await this.#place(id);
    const release = await this.#mark(place);
    // A removal that began before the mark was set has taken the record away first.
    if (!(await this.#search(id))) {
      await release();
      throw notInstalled(id);
    }
    await this.#lastUsed.touch(place.folder);
    return { entry: await this.#describe(place), release };
  }

  /**
   * Removes a downloaded model from the disk, or forgets an imported one, whose files stay where they are.
   * @throws LibraryError `busy` while it is in use, here or in another window.
   */
  async remove(id: string): Promise<void> {
    const { folder, kind, record } = await this.#place(id);
    if (kind === 'bundled') {
      throw new LibraryError('permission', t('{0} is part of the extension and cannot be removed.', id));
    }
    if (!record) {
      throw new LibraryError(
        'permission',
        t(
          '{0} was put into {1} by hand, so it is not removed. Delete its folder yourself.',
          id,
          this.storage,
        ),
      );
    }
    const home = join(this.storage, folder);
    const aside = join(this.storage, `.removing-${randomUUID()}`);
    await withLock(
      lockOf(this.storage, id),
      { signal: never, what: id, staleLockMs: this.#tools.retryPolicy.staleLockMs },
      async () => {
        // Out of sight first: whoever begins to use it now does not find it, whoever did before is seen.
        await moveFolder(home, aside);
        if (await this.#usage.isUsed(folder)) {
          await moveFolder(aside, home);
          throw new LibraryError(
            'busy',
            t('{0} is in use, here or in another window. Unload it there, then remove it.', id),
          );
        }
        await moveFolder(aside, join(this.storage, `.removed-${randomUUID()}`));
        // What an earlier removal could not finish goes too.
        await removeFolders(this.storage, '.removed-');
      },
    );
  }

  /**
   * Takes a model folder on this disk into the library. Its files stay where they are and are used there.
   * @param path absolute; with `config.json` and safetensors (whole or in several files) or an ONNX export.
   * @throws LibraryError `unsupported` with the reason when it is not a model that can be run.
   */
  async importFolder(path: string, name?: string): Promise<LibraryEntry> {
    if (!isAbsolute(path)) {
      throw new LibraryError(
        'name',
        t("{0} is not a whole path. Choose the model's folder.", JSON.stringify(path)),
      );
    }
    const directory = await realpath(path).catch((error: unknown) => {
      throw fileProblem(path, 'be opened', error);
    });
    if (!(await stat(directory)).isDirectory()) {
      throw new LibraryError(
        'name',
        t("{0} is a file. Choose the folder that the model's files are in.", path),
      );
    }
    const model = await this.inspect(directory).catch((error: unknown) => {
      throw new LibraryError('unsupported', reason(error), { cause: error });
    });
    const files = await unrecorded(directory, model.files);
    const lock = {
      signal: never,
      onWait: () => undefined,
      what: t('The library'),
      staleLockMs: this.#tools.retryPolicy.staleLockMs,
    };
    return withLock(join(this.#hidden('locks'), 'import'), lock, async () => {
      const places = await findPlaces(this.storage, this.#options.bundled);
      const known = places.find((place) => place.directory === directory);
      if (known) return this.#describe(known);
      const taken = new Set([...places.map(({ id }) => id), ...this.#options.catalog.map(({ id }) => id)]);
      // A version in the hub's own cache has a commit for a name.
      const own = cachedRepository(directory) ?? basename(directory);
      const id = freeId(own, taken);
      const home = join(this.storage, folderOf(id));
      await makeFolder(home);
      const added = new Date().toISOString();
      await writeRecord(home, { version: 1, id, name: name ?? own, directory, files, added });
      return this.find(id);
    });
  }

  /** Marks a model as used; one that nobody can remove needs no mark, and perhaps no folder to put it into. */
  #mark({ kind, folder }: Place): Promise<() => Promise<void>> {
    return kind === 'bundled' ? Promise.resolve(() => Promise.resolve()) : this.#usage.begin(folder);
  }

  async #search(id: string): Promise<Place | undefined> {
    const places = await findPlaces(this.storage, this.#options.bundled);
    return places.find((place) => place.id === id);
  }

  async #place(id: string): Promise<Place> {
    const place = await this.#search(id);
    if (!place) throw notInstalled(id);
    return place;
  }

  async #describe(place: Place): Promise<LibraryEntry> {
    const inUse = await this.#usage.isUsed(place.folder);
    const lastUsed = await this.#lastUsed.read(place.folder);
    const { aboutBundled: bundled = [], catalog } = this.#options;
    return describePlace(place, this.memory(), { inUse, lastUsed }, this.inspect, { bundled, catalog });
  }

  #hidden(name: string): string {
    return join(this.storage, `.${name}`);
  }
}
