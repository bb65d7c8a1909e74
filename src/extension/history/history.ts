import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { inBytes } from '../../l10n/bytes';
import { t } from '../../l10n/language';
import { parseBoundedJson } from '../../core/boundedJson';
import { reason, systemCode } from '../../library/libraryError';
import {
  historyEntrySchema,
  historyLineSchema,
  MAX_LINE_ID,
  type HistoryEntry,
  type HistoryLine,
} from '../../protocol/messages';

/** A history request that cannot be met, as a sentence for people. */
export class HistoryError extends Error {}

const fileSchema = v.object({ version: v.literal(1), line: historyLineSchema, entry: historyEntrySchema });

/** Largest file of a saved result in bytes. */
const MOST_BYTES = 100e6;

/** Probabilities are many, objects are few. */
const RESULT_LIMITS = { depth: 100, values: MOST_BYTES };

/**
 * What a file begins with: its line, whose texts are short. The list reads so many bytes of each file and no more,
 * six for every UTF-16 unit of the line's texts, as JSON writes them at worst.
 */
const HEAD_BYTES = 8192;
const HEAD =
  /^\s*\{\s*"version"\s*:\s*1\s*,\s*"line"\s*:\s*(\{(?:[^"{}\\]|"(?:[^"\\]|\\.)*")*\})\s*,\s*"entry"\s*:/;

/** Files that are open at once while the list is read. */
const AT_ONCE = 16;

/** What a window that ended in the middle of saving has left; another window's saving takes seconds. */
const STALE_MS = 600_000;

const PARTIAL = '.partial';

/**
 * Saved results, one file each, in the folder that VS Code gives the workspace. The id of a result is the name of its
 * file, whatever the file says: a copy is a result of its own.
 */
export class History {
  readonly #folder: string;
  readonly #changed: () => void;
  #swept: Promise<void> | undefined;

  /** @param changed called after every save and removal */
  constructor(folder: string, changed: () => void = () => undefined) {
    this.#folder = folder;
    this.#changed = changed;
  }

  /**
   * Keeps a result; whole or not at all, since the file is moved into place when it is written.
   * @throws HistoryError
   */
  async save(entry: HistoryEntry, now = Date.now()): Promise<string> {
    const id = `${String(now).padStart(13, '0')}-${randomBytes(4).toString('hex')}`;
    const { experiment, title, model } = entry;
    const line: HistoryLine = { id, savedAt: now, experiment, title, model };
    const partial = join(this.#folder, `${id}${PARTIAL}`);
    try {
      const content = this.#content(line, entry);
      await mkdir(this.#folder, { recursive: true });
      await this.#sweep();
      await writeFile(partial, content, { flush: true });
      await rename(partial, this.#file(id));
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined);
      throw this.#notSaved(error);
    }
    this.#changed();
    return id;
  }

  /** Newest first. A file that cannot be read is left out; opening it says why. */
  async lines(): Promise<HistoryLine[]> {
    await this.#sweep();
    const entries = await readdir(this.#folder, { withFileTypes: true }).catch(() => []);
    // A pipe or a device would be waited for forever.
    const ids = entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
      .map(({ name }) => name.slice(0, -'.json'.length))
      .filter(isId);
    const lines: HistoryLine[] = [];
    const waiting = ids.values();
    const readSome = async (): Promise<void> => {
      for (const id of waiting) {
        const line = await this.#readLine(id).catch(() => undefined);
        if (line) lines.push(line);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, readSome));
    return lines.sort((a, b) => b.savedAt - a.savedAt || (a.id < b.id ? 1 : -1));
  }

  /** @throws HistoryError */
  async open(id: string): Promise<HistoryEntry> {
    const path = this.#file(id);
    let value: unknown;
    try {
      const info = await lstat(path);
      if (!info.isFile()) throw this.#damaged(path);
      if (info.size > MOST_BYTES) {
        throw new HistoryError(
          t(
            'The saved result {0} has {1}, more than the limit of {2}; it was left unchanged.',
            path,
            inBytes(info.size),
            inBytes(MOST_BYTES),
          ),
        );
      }
      value = parseBoundedJson(await readFile(path, 'utf8'), (what) => new Error(what), RESULT_LIMITS);
    } catch (error) {
      if (error instanceof HistoryError) throw error;
      if (systemCode(error) === undefined) throw this.#damaged(path);
      throw new HistoryError(t('This saved result is no longer there. Run the experiment again.'));
    }
    const parsed = v.safeParse(fileSchema, value);
    if (!parsed.success) throw this.#damaged(path);
    return parsed.output.entry;
  }

  /** @throws HistoryError */
  async remove(id: string): Promise<void> {
    const path = this.#file(id);
    try {
      await rm(path, { force: true });
    } catch (error) {
      throw new HistoryError(t('The saved result {0} could not be deleted: {1}.', path, reason(error)));
    }
    this.#changed();
  }

  #file(id: string): string {
    if (!isId(id)) {
      throw new HistoryError(t('"{0}" is not the name of a saved result.', id));
    }
    return join(this.#folder, `${id}.json`);
  }

  async #readLine(id: string): Promise<HistoryLine | undefined> {
    const handle = await open(this.#file(id), 'r');
    let head: string;
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      head = buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
    const line = HEAD.exec(head)?.[1];
    if (line === undefined) return undefined;
    const parsed = v.safeParse(historyLineSchema, JSON.parse(line));
    return parsed.success ? { ...parsed.output, id } : undefined;
  }

  /** Removes, once, what was not written to its end. */
  #sweep(): Promise<void> {
    this.#swept ??= (async () => {
      const names = await readdir(this.#folder).catch(() => []);
      for (const name of names.filter((n) => n.endsWith(PARTIAL))) {
        const path = join(this.#folder, name);
        const info = await stat(path).catch(() => undefined);
        if (info && Date.now() - info.mtimeMs > STALE_MS)
          await rm(path, { force: true }).catch(() => undefined);
      }
    })();
    return this.#swept;
  }

  /** What a file holds. @throws HistoryError where it is too much; TypeError where JSON has no word for it. */
  #content(line: HistoryLine, entry: HistoryEntry): Buffer {
    const content = Buffer.from(JSON.stringify({ version: 1, line, entry }));
    if (content.length > MOST_BYTES) {
      throw new HistoryError(
        t(
          'This result has {0}, more than the limit of {1}. Export it to a file instead.',
          inBytes(content.length),
          inBytes(MOST_BYTES),
        ),
      );
    }
    return content;
  }

  #damaged(path: string): HistoryError {
    return new HistoryError(
      t('The saved result {0} is damaged or from another version; it was left unchanged.', path),
    );
  }

  #notSaved(error: unknown): HistoryError {
    if (error instanceof HistoryError) return error;
    const code = systemCode(error);
    return new HistoryError(
      code === 'ENOSPC' || code === 'EDQUOT'
        ? t('The result was not saved: the disk of {0} is full. Make room and save it again.', this.#folder)
        : t('The result could not be saved in {0}: {1}.', this.#folder, reason(error)),
    );
  }
}

/** Whether a name is one of a file in the folder itself, on every system. */
function isId(id: string): boolean {
  return id.length <= MAX_LINE_ID && /^[\p{L}\p{N}_][\p{L}\p{N}\p{M} _.()-]*$/u.test(id);
}
