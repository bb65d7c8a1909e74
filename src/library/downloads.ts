/** The downloads of this window: begun, waited for where another window is at them, paused and cancelled. */
import { join } from 'node:path';
import { t } from '../l10n/language';
import type { CatalogEntry } from './catalog';
import { removeFolder } from './disk';
import { downloadModel, downloadState, type DownloadTools } from './download';
import { folderOf, lockOf } from './installedModels';
import { LibraryError } from './libraryError';
import { unfinishedIn } from './listing';
import { withLock } from './lock';
import { targetOf } from './names';
import { ProgressMeter } from './progress';
import { never, stopped } from './retryPolicy';
import type { DownloadOptions, UnfinishedDownload } from './types';

export class Downloads {
  readonly #storage: string;
  readonly #catalog: readonly CatalogEntry[];
  readonly #tools: DownloadTools;
  readonly #isHere: (id: string) => Promise<boolean>;
  /** By id. */
  readonly #active = new Map<string, Set<AbortController>>();

  /** @param isHere whether the library has a model of this id */
  constructor(
    storage: string,
    catalog: readonly CatalogEntry[],
    tools: DownloadTools,
    isHere: (id: string) => Promise<boolean>,
  ) {
    this.#storage = storage;
    this.#catalog = catalog;
    this.#tools = tools;
    this.#isHere = isHere;
  }

  isActive(id: string): boolean {
    return this.#active.has(id);
  }

  /** Downloads that were paused, or ended with the program. */
  async unfinished(): Promise<UnfinishedDownload[]> {
    return unfinishedIn(join(this.#storage, '.downloads'), (id) => this.isActive(id));
  }

  /** The download of a model that is named as for `download`, if it has begun and is not whole. @throws LibraryError */
  async unfinishedOf(name: string): Promise<UnfinishedDownload | undefined> {
    const { id } = targetOf(name, this.#catalog);
    return (await this.unfinished()).find((one) => one.id === id);
  }

  /** Downloads what is not here; see `ModelLibrary.download`. @returns the model's id. @throws LibraryError */
  async download(name: string, { onProgress, signal }: DownloadOptions): Promise<string> {
    const target = targetOf(name, this.#catalog);
    const stop = new AbortController();
    const ended = AbortSignal.any([stop.signal, ...(signal ? [signal] : [])]);
    const running = this.#active.get(target.id) ?? new Set();
    this.#active.set(target.id, running.add(stop));
    const meter = new ProgressMeter(onProgress ?? (() => undefined));
    try {
      const onWait = async (): Promise<void> => {
        const state = await downloadState(this.#staging(target.id));
        meter.total(state?.totalBytes ?? 0);
        meter.received(state?.receivedBytes ?? 0);
        meter.begin('other-window', {
          note: t('Another window or command is downloading {0}.', target.name),
        });
      };
      const lock = lockOf(this.#storage, target.id);
      const { staleLockMs } = this.#tools.retryPolicy;
      await withLock(lock, { signal: ended, onWait, what: target.name, staleLockMs }, async (inLock) => {
        if (inLock.aborted) throw stopped();
        if (await this.#isHere(target.id)) return;
        const destination = join(this.#storage, folderOf(target.id));
        await downloadModel(target, this.#staging(target.id), destination, this.#tools, meter, inLock);
      });
    } finally {
      meter.end();
      running.delete(stop);
      if (running.size === 0) this.#active.delete(target.id);
    }
    return target.id;
  }

  /** Stops the download of a model; what has arrived is kept. @returns whether there was one. */
  pause(id: string): boolean {
    const running = this.#active.get(id);
    running?.forEach((stop) => {
      stop.abort();
    });
    return running !== undefined;
  }

  /** Stops the download of a model and removes what has arrived. @throws LibraryError `busy` */
  async cancel(id: string): Promise<void> {
    this.pause(id);
    let waits = 0;
    const onWait = (): void => {
      // This window's own download lets go at once; another window's does not.
      if (++waits > 10) {
        throw new LibraryError(
          'busy',
          t('{0} is being downloaded by another window. Pause it there first.', id),
        );
      }
    };
    await withLock(
      lockOf(this.#storage, id),
      { signal: never, onWait, what: id, staleLockMs: this.#tools.retryPolicy.staleLockMs },
      async () => {
        await removeFolder(this.#staging(id));
      },
    );
  }

  #staging(id: string): string {
    return join(this.#storage, '.downloads', folderOf(id));
  }
}
