/** The models in the engine's memory. */
import { isDeepStrictEqual } from 'node:util';
import type { LanguageModel } from '../core/languageModel';
import { RemoteError } from '../remote/remoteError';
import type { NetworkSettings } from '../remote/source';
import { PROCESS_BYTES } from '../library/memory';
import { EngineError, type EngineSettings, type HeldModel, type ModelSource } from './protocol';
import { lackOf, lacksMemory, type Lack, type Resources } from './memoryRoom';
import { keyOf } from './sourceKey';

/** What a loader may use and must heed. */
export interface LoadTools {
  /** Ends the loading early. */
  readonly signal: AbortSignal;
  /** Called while something that takes long is prepared. */
  readonly onProgress: (done: number, total: number) => void;
  readonly threads: number | undefined;
  readonly memoryLimit: number | undefined;
  readonly network: NetworkSettings | undefined;
}

export interface ModelsOptions {
  readonly load: (source: ModelSource, tools: LoadTools) => Promise<LanguageModel>;
  /** Bytes that a model needs, known before it is loaded; none when left out. */
  readonly memory?: (source: ModelSource) => Promise<number>;
  /** Models of each kind that are kept. */
  readonly limit: number;
  readonly onProgress?: (source: ModelSource, done: number, total: number) => void;
  /** Told which checkpoints are in memory whenever that changes. */
  readonly onHeld?: (models: readonly HeldModel[]) => void;
}

/** Changes of a model's memory below this are not told. */
const TOLD_BYTES = 10e6;

interface Entry {
  readonly source: ModelSource;
  readonly stop: AbortController;
  loading: Promise<LanguageModel>;
  /** Whether that is over, and the model is there. */
  loaded: boolean;
  /** What it takes, once that is known. */
  bytes: number;
  /** Of the process just before it was loaded, and how many models had come and gone by then. */
  before: { readonly bytes: number; readonly changes: number } | undefined;
  /** The most that the process has grown by since, while no other model came or went. */
  grown: number | null;
  /** Users that have not given it back. */
  uses: number;
  /** Set when it was removed while in use: the last user disposes it. */
  removed: boolean;
  /** Runs while nobody uses it. */
  timer?: NodeJS.Timeout | undefined;
}

/** Why a model that nobody used had to leave: too little memory for another, or only so many are kept. */
export type Displaced = 'memory' | 'number';

/**
 * Loads each source once, however many ask for it at the same time, and keeps the last `limit` of each kind that
 * were used: of each kind, because every edit of the toy makes another toy, which must not push GPT-2 out. A model
 * in use is never disposed; a failed load is forgotten, so that the next request tries again. A model for which
 * there is too little memory takes the place of others that nobody uses, or is refused before it is loaded.
 */
export class Models {
  readonly #options: ModelsOptions;
  #settings: EngineSettings = { prioritize: true };
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  /** Those with a user, also after they were removed. */
  readonly #used = new Set<Entry>();
  /** Of checkpoints: every edit of the toy makes another one, and none of them is missed. */
  readonly #displaced = new Map<string, Displaced>();
  /** How often a checkpoint was loaded or left. */
  #changes = 0;
  /** Bytes that work beside the models has claimed. */
  #claimed = 0;
  /** What was told last of the models in memory. */
  #told = '[]';

  constructor(options: ModelsOptions) {
    this.#options = options;
  }

  /** Ids of the models in memory, least recently used first. */
  get ids(): string[] {
    return [...this.#entries.values()].map(({ source }) => (source.kind === 'toy' ? 'toy' : source.id));
  }

  /** Why a checkpoint is not there any more, where another took its place. */
  displaced(source: ModelSource): Displaced | undefined {
    return this.#displaced.get(keyOf(source));
  }

  /**
   * Bytes that a model in memory is expected to take beside the process, and by how much the process has grown with
   * it so far: null where another model came or went meanwhile. undefined where it is not in memory.
   */
  memoryOf(source: ModelSource): { readonly needed: number; readonly grown: number | null } | undefined {
    const entry = this.#entries.get(keyOf(source));
    if (!entry) return undefined;
    this.#measure(entry);
    return { needed: entry.bytes, grown: entry.grown };
  }

  #measure(entry: Entry): void {
    const { before } = entry;
    if (before?.changes !== this.#changes) return;
    entry.grown = Math.max(entry.grown ?? 0, process.memoryUsage.rss() - before.bytes);
  }

  /** Ids of the models that a run or a request uses now. */
  get busy(): string[] {
    return [...this.#used].flatMap(({ source }) => (source.kind === 'toy' ? [] : [source.id]));
  }

  /** Models that use another number of threads, or are reached in another way, are loaded again at their next use. */
  async configure(settings: EngineSettings): Promise<void> {
    const { threads, network } = this.#settings;
    this.#settings = settings;
    const outdated: Record<ModelSource['kind'], boolean> = {
      toy: false,
      gpt2: threads !== settings.threads,
      remote: !isDeepStrictEqual(network, settings.network),
    };
    for (const [key, entry] of [...this.#entries]) {
      if (outdated[entry.source.kind]) await this.#remove(key, entry);
      else if (entry.uses === 0) this.#watchIdle(key, entry);
    }
  }

  /** Calls `action` with the model of a source, loaded if need be, and keeps it loaded meanwhile. */
  async use<T>(source: ModelSource, action: (model: LanguageModel) => T | Promise<T>): Promise<T> {
    const key = keyOf(source);
    const entry = this.#entries.get(key) ?? this.#begin(source);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    clearTimeout(entry.timer);
    entry.uses += 1;
    this.#used.add(entry);
    try {
      return await action(await entry.loading);
    } catch (error) {
      // Who answers next may be a server that was started anew, with other options or another model.
      if (error instanceof RemoteError && error.code === 'network') await this.#remove(key, entry);
      throw error;
    } finally {
      entry.uses -= 1;
      if (entry.uses === 0) this.#used.delete(entry);
      this.#measure(entry);
      if (entry.removed) await this.#disposeIdle(entry);
      else if (entry.uses === 0) this.#watchIdle(key, entry);
      await this.#shrink(source.kind);
      this.#tell();
    }
  }

  /** Forgets a model, and frees it once nothing uses it; one that is being prepared stops. True when it was there. */
  async unload(source: ModelSource): Promise<boolean> {
    const entry = this.#entries.get(keyOf(source));
    if (!entry) return false;
    entry.stop.abort();
    await this.#remove(keyOf(source), entry);
    return true;
  }

  #begin(source: ModelSource): Entry {
    this.#displaced.delete(keyOf(source));
    const entry = {
      ...{ source, stop: new AbortController(), bytes: 0, uses: 0, removed: false, loaded: false },
      ...{ before: undefined, grown: null },
    };
    const begun: Entry = Object.assign(entry, { loading: this.#load(source, entry) });
    begun.loading.then(
      () => {
        begun.loaded = true;
        this.#tell();
      },
      () => {
        if (this.#entries.get(keyOf(source)) === begun) this.#entries.delete(keyOf(source));
      },
    );
    return begun;
  }

  async #load(source: ModelSource, entry: Omit<Entry, 'loading'>): Promise<LanguageModel> {
    const { load, memory, onProgress } = this.#options;
    if (memory) {
      entry.bytes = await memory(source);
      await this.#makeRoom(source, entry.bytes);
    }
    if (source.kind === 'gpt2') {
      this.#changes += 1;
      entry.before = { bytes: process.memoryUsage.rss(), changes: this.#changes };
    }
    const { threads, memoryLimit, network } = this.#settings;
    let total = 0;
    try {
      return await load(source, {
        signal: entry.stop.signal,
        onProgress: (done, all) => {
          total = all;
          if (done < all) onProgress?.(source, done, all);
        },
        threads,
        memoryLimit,
        network,
      });
    } finally {
      if (total > 0) onProgress?.(source, total, total);
    }
  }

  /** @throws EngineError `model` when a model does not fit, though all that nobody uses has made room for it. */
  async #makeRoom(source: ModelSource, bytes: number): Promise<void> {
    if (source.kind !== 'gpt2') return;
    const lack = await this.#clear(bytes, keyOf(source));
    if (!lack) return;
    throw new EngineError('model', lacksMemory(source.name, bytes, lack));
  }

  /** How servers are reached. */
  get network(): NetworkSettings | undefined {
    return this.#settings.network;
  }

  /** What work beside the models may use. */
  get resources(): Resources {
    const { threads } = this.#settings;
    return { threads, claim: (bytes, refused, action) => this.#claim(bytes, refused, action) };
  }

  async #claim<T>(bytes: number, refused: (lack: Lack) => Error, action: () => Promise<T>): Promise<T> {
    const lack = await this.#clear(bytes);
    if (lack) throw refused(lack);
    this.#claimed += bytes;
    try {
      return await action();
    } finally {
      this.#claimed -= bytes;
    }
  }

  /** Makes room for `bytes`. @returns what is lacking, though all models that nobody uses have left. */
  async #clear(bytes: number, except?: string): Promise<Lack | undefined> {
    const { memoryLimit } = this.#settings;
    const others = (): [string, Entry][] => [...this.#entries].filter(([key]) => key !== except);
    const lack = (): Lack | undefined => {
      const held = others().reduce((sum, [, entry]) => sum + entry.bytes, PROCESS_BYTES + this.#claimed);
      return lackOf(bytes, held, memoryLimit);
    };
    for (const [key, entry] of others()) {
      if (lack() === undefined) return undefined;
      if (entry.uses === 0) await this.#remove(key, entry, 'memory');
    }
    return lack();
  }

  #watchIdle(key: string, entry: Entry): void {
    clearTimeout(entry.timer);
    const { unloadAfter } = this.#settings;
    if (unloadAfter === undefined || entry.source.kind === 'toy') return;
    entry.timer = setTimeout(() => {
      void this.#remove(key, entry);
    }, unloadAfter);
    entry.timer.unref();
  }

  async #shrink(kind: ModelSource['kind']): Promise<void> {
    const entries = [...this.#entries].filter(([, { source }]) => source.kind === kind);
    const idle = entries.filter(([, { uses }]) => uses === 0);
    const surplus = idle.slice(0, Math.max(0, entries.length - this.#options.limit));
    await Promise.all(surplus.map(([key, entry]) => this.#remove(key, entry, 'number')));
  }

  async #remove(key: string, entry: Entry, displaced?: Displaced): Promise<void> {
    if (entry.source.kind === 'gpt2') {
      this.#changes += 1;
      if (displaced) this.#displaced.set(key, displaced);
    }
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    entry.removed = true;
    clearTimeout(entry.timer);
    await this.#disposeIdle(entry);
    this.#tell();
  }

  #tell(): void {
    const held = [...this.#entries.values()].flatMap(({ source, bytes, grown, loaded }): HeldModel[] =>
      source.kind === 'gpt2' && loaded
        ? [{ id: source.id, bytes: grown ?? bytes, measured: grown !== null }]
        : [],
    );
    const rounded = held.map((model) => ({ ...model, bytes: Math.round(model.bytes / TOLD_BYTES) }));
    const told = JSON.stringify(rounded);
    if (told === this.#told) return;
    this.#told = told;
    this.#options.onHeld?.(held);
  }

  async #disposeIdle(entry: Entry): Promise<void> {
    if (entry.uses > 0) return;
    const model = await entry.loading.catch(() => undefined);
    await model?.dispose();
  }
}
