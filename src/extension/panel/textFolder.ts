/** All texts of a folder as one: what a training takes that is to read more than a file. */
import { messageOf } from '../../core/messageOf';
import { t, whole } from '../../l10n/language';
import { decodeText } from './decodeText';

/** A folder's entry, as the file system tells it. */
export interface FolderEntry {
  readonly name: string;
  /** Links are followed by nobody: they may lead out of the folder, or in a circle. */
  readonly kind: 'file' | 'folder' | 'other';
}

/** The file system, by paths relative to the folder; its parts are joined by a slash, the folder itself is ''. */
export interface FolderPorts {
  readonly list: (path: string) => Promise<readonly FolderEntry[]>;
  readonly size: (path: string) => Promise<number>;
  readonly read: (path: string) => Promise<Uint8Array>;
}

export interface FolderOptions {
  readonly signal: AbortSignal;
  /** Files looked at, and all of them. */
  readonly onProgress: (done: number, total: number) => void;
  /** Most bytes of all texts. */
  readonly mostBytes: number;
}

export interface FolderText {
  readonly text: string;
  readonly files: number;
  /** Files that are no text in UTF-8, and files and folders that cannot be read. */
  readonly leftOut: number;
  /** Files that alone have more bytes than all texts may have. */
  readonly tooLarge: number;
}

export const MOST_FILES = 100_000;
const MOST_DEPTH = 64;

/** Files read at once, where they are small: disks answer several requests sooner than one after the other. */
const AT_ONCE = 16;
const SMALL = 1_000_000;

/** Names that hold no text of a user's: tools keep what is theirs behind a dot, and packages here. */
const NOT_TEXTS = new Set(['node_modules']);

/** An empty line, as between the paragraphs of one text: a tokenizer's special tokens are never made from text. */
const BETWEEN = '\n\n';

/** A file as it was read; null where it cannot be, or is too large to be tried. */
interface ReadFile {
  readonly size: number;
  readonly text: string | null;
}

/**
 * Reads the texts of a folder and of those within, in the order of their paths, so that the same files always
 * give the same text.
 * @throws RangeError where there are too many files or bytes, no text at all, or the folder cannot be read; the
 * signal's reason once it is aborted.
 */
export async function readFolderTexts(
  ports: FolderPorts,
  { signal, onProgress, mostBytes }: FolderOptions,
): Promise<FolderText> {
  const { paths, unreadable } = await allFiles(ports, signal);
  const texts: string[] = [];
  let bytes = 0;
  let tooLarge = 0;
  for (let from = 0; from < paths.length; from += AT_ONCE) {
    signal.throwIfAborted();
    onProgress(from, paths.length);
    for (const file of await readSome(ports, paths.slice(from, from + AT_ONCE), mostBytes)) {
      if (file !== null && file.size > mostBytes) tooLarge += 1;
      if (!file?.text?.trim()) continue;
      bytes += file.size;
      if (bytes > mostBytes) {
        throw new RangeError(
          t(
            'The texts of this folder have more than {0} bytes, the most that can be read. Choose a folder within it.',
            whole(mostBytes),
          ),
        );
      }
      texts.push(file.text);
    }
  }
  onProgress(paths.length, paths.length);
  if (texts.length === 0) throw noText(paths.length, tooLarge, mostBytes);
  return {
    text: texts.join(BETWEEN),
    files: texts.length,
    leftOut: paths.length - texts.length - tooLarge + unreadable,
    tooLarge,
  };
}

function noText(files: number, tooLarge: number, mostBytes: number): RangeError {
  return new RangeError(
    tooLarge > 0
      ? t(
          'No file in this folder can be read: {1} of {0} have more than {2} bytes, the limit. Split them.',
          whole(files),
          whole(tooLarge),
          whole(mostBytes),
        )
      : t(
          'None of the {0} files in this folder is UTF-8 text. Choose a folder with text files.',
          whole(files),
        ),
  );
}

/** Reads small files side by side and others one after the other, so that few are in memory at a time. */
async function readSome(
  ports: FolderPorts,
  paths: readonly string[],
  mostBytes: number,
): Promise<(ReadFile | null)[]> {
  const sizes = await Promise.all(paths.map((path) => ports.size(path).catch(() => null)));
  const read = async (path: string, size: number | null): Promise<ReadFile | null> => {
    if (size === null) return null;
    // A file beyond the limit is not read to learn whether it is a text.
    if (size > mostBytes) return { size, text: null };
    const content = await ports.read(path).catch(() => null);
    return content && { size, text: decodeText(content) };
  };
  if (sizes.every((size) => (size ?? 0) <= SMALL)) {
    return Promise.all(paths.map((path, i) => read(path, sizes[i]!)));
  }
  const files: (ReadFile | null)[] = [];
  for (const [i, path] of paths.entries()) files.push(await read(path, sizes[i]!));
  return files;
}

/** @returns the files, and how many folders within cannot be read. */
async function allFiles(
  ports: FolderPorts,
  signal: AbortSignal,
): Promise<{ readonly paths: readonly string[]; readonly unreadable: number }> {
  const paths: string[] = [];
  let unreadable = 0;
  const list = async (path: string): Promise<readonly FolderEntry[]> => {
    try {
      return await ports.list(path);
    } catch (error) {
      if (path !== '') {
        unreadable += 1;
        return [];
      }
      const why = messageOf(error);
      throw new RangeError(t('The folder cannot be read: {0}. Choose another one.', why), {
        cause: error,
      });
    }
  };
  const visit = async (path: string, depth: number): Promise<void> => {
    signal.throwIfAborted();
    const entries = [...(await list(path))].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name, kind } of entries) {
      if (name.startsWith('.') || NOT_TEXTS.has(name)) continue;
      const inside = path === '' ? name : `${path}/${name}`;
      if (kind === 'folder' && depth < MOST_DEPTH) await visit(inside, depth + 1);
      else if (kind === 'file') paths.push(inside);
      if (paths.length > MOST_FILES) {
        throw new RangeError(
          t(
            'This folder has more than {0} files, the most that are read. Choose a folder within it.',
            whole(MOST_FILES),
          ),
        );
      }
    }
  };
  await visit('', 0);
  return { paths, unreadable };
}
