/** The models in the engine's memory. */
import type { LanguageModel } from '../core/languageModel';
import type { ModelSource } from './protocol';

interface Entry {
  readonly id: string;
  readonly kind: ModelSource['kind'];
  readonly loading: Promise<LanguageModel>;
  /** Users that have not given it back. */
  uses: number;
  /** Set when it was removed while in use: the last user disposes it. */
  removed: boolean;
}

/**
 * Loads each source once, however many ask for it at the same time, and keeps the last `limit` of each kind that
 * were used: of each kind, because every edit of the toy makes another toy, which must not push GPT-2 out. A model in use is never disposed; a failed load is forgotten, so that the next request tries again.
 */
export class Models {
  readonly #load: (source: ModelSource) => Promise<LanguageModel>;
  readonly #limit: number;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();

  constructor(load: (source: ModelSource) => Promise<LanguageModel>, limit: number) {
    this.#load = load;
    this.#limit = limit;
  }

  /** Ids of the models in memory, least recently used first. */
  get ids(): string[] {
    return [...this.#entries.values()].map(({ id }) => id);
  }

  /** Calls `action` with the model of a source, loaded if need be, and keeps it loaded meanwhile. */
  async use<T>(source: ModelSource, action: (model: LanguageModel) => T | Promise<T>): Promise<T> {
    const key = keyOf(source);
    const entry = this.#entries.get(key) ?? this.#begin(source);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.uses += 1;
    try {
      return await action(await entry.loading);
    } finally {
      entry.uses -= 1;
      if (entry.removed) await this.#disposeIdle(entry);
      await this.#shrink(source.kind);
    }
  }

  /** Forgets a model, and frees it once nothing uses it. True when it was there. */
  async unload(source: ModelSource): Promise<boolean> {
    const entry = this.#entries.get(keyOf(source));
    if (!entry) return false;
    await this.#remove(keyOf(source), entry);
    return true;
  }

  #begin(source: ModelSource): Entry {
    const entry: Entry = {
      id: source.kind === 'toy' ? 'toy' : source.id,
      kind: source.kind,
      loading: this.#load(source),
      uses: 0,
      removed: false,
    };
    entry.loading.catch(() => {
      if (this.#entries.get(keyOf(source)) === entry) this.#entries.delete(keyOf(source));
    });
    return entry;
  }

  async #shrink(kind: ModelSource['kind']): Promise<void> {
    const entries = [...this.#entries].filter(([, entry]) => entry.kind === kind);
    const idle = entries.filter(([, { uses }]) => uses === 0);
    const surplus = idle.slice(0, Math.max(0, entries.length - this.#limit));
    await Promise.all(surplus.map(([key, entry]) => this.#remove(key, entry)));
  }

  async #remove(key: string, entry: Entry): Promise<void> {
    this.#entries.delete(key);
    entry.removed = true;
    await this.#disposeIdle(entry);
  }

  async #disposeIdle(entry: Entry): Promise<void> {
    if (entry.uses > 0) return;
    const model = await entry.loading.catch(() => undefined);
    await model?.dispose();
  }
}

/** Equal for sources that give the same model. */
function keyOf(source: ModelSource): string {
  return source.kind === 'toy'
    ? JSON.stringify(['toy', source.words, source.logits])
    : JSON.stringify(['gpt2', source.id, source.directory]);
}
