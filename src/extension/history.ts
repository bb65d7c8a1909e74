import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import {
  historyEntrySchema,
  historyLineSchema,
  type HistoryEntry,
  type HistoryLine,
} from '../protocol/messages';
import { english, type Translate } from './translate';

/** A history request that cannot be met, as a sentence for people. */
export class HistoryError extends Error {}

const fileSchema = v.object({ version: v.literal(1), line: historyLineSchema, entry: historyEntrySchema });

/** Ids are made here and used as file names: anything else is refused. */
const ID = /^\d{13}-[0-9a-f]{8}$/;

/** Saved results, one file each, in the folder that VS Code gives the workspace. */
export class History {
  readonly #folder: string;
  readonly #changed: () => void;

  /**
   * @param changed called after every save and removal
   * @param translate puts errors into the language of VS Code
   */
  constructor(
    folder: string,
    changed: () => void = () => undefined,
    private readonly translate: Translate = english,
  ) {
    this.#folder = folder;
    this.#changed = changed;
  }

  /** Keeps a result; whole or not at all, since the file is moved into place when it is written. */
  async save(entry: HistoryEntry, now = Date.now()): Promise<string> {
    const id = `${String(now).padStart(13, '0')}-${randomBytes(4).toString('hex')}`;
    const { experiment, title, model } = entry;
    const line: HistoryLine = { id, savedAt: now, experiment, title, model };
    await mkdir(this.#folder, { recursive: true });
    const partial = join(this.#folder, `${id}.partial`);
    await writeFile(partial, JSON.stringify({ version: 1, line, entry }));
    await rename(partial, this.#file(id));
    this.#changed();
    return id;
  }

  /** Newest first. A file that cannot be read is left out; opening it says why. */
  async lines(): Promise<HistoryLine[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
    const lines = await Promise.all(
      ids.filter((id) => ID.test(id)).map(async (id) => (await this.#read(id).catch(() => undefined))?.line),
    );
    return lines.filter((line) => line !== undefined).sort((a, b) => b.savedAt - a.savedAt);
  }

  /** @throws HistoryError */
  async open(id: string): Promise<HistoryEntry> {
    return (await this.#read(id)).entry;
  }

  /** @throws HistoryError */
  async remove(id: string): Promise<void> {
    await rm(this.#file(id), { force: true });
    this.#changed();
  }

  #file(id: string): string {
    if (!ID.test(id)) throw new HistoryError(this.translate('"{0}" is not the name of a saved result.', id));
    return join(this.#folder, `${id}.json`);
  }

  async #read(id: string): Promise<v.InferOutput<typeof fileSchema>> {
    const path = this.#file(id);
    let content: string;
    try {
      content = await readFile(path, 'utf8');
    } catch {
      throw new HistoryError(
        this.translate('This saved result is no longer there. Run the experiment again.'),
      );
    }
    let value: unknown;
    try {
      value = JSON.parse(content);
    } catch {
      value = undefined;
    }
    const parsed = v.safeParse(fileSchema, value);
    if (!parsed.success) {
      throw new HistoryError(
        this.translate('The saved result {0} is damaged or of another version; it was left as it is.', path),
      );
    }
    return parsed.output;
  }
}
