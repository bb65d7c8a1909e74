/** All texts of a folder as one: what a training takes that is to read more than a file. */
import { decodeText } from './decodeText';
import { english, type Translate } from './translate';

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
  /** Puts errors into the language of VS Code, and writes whole numbers as it does; English where left out. */
  readonly translate?: Translate;
  readonly count?: (value: number) => string;
}

export interface FolderText {
  readonly text: string;
  readonly files: number;
  /** Files that are no text in UTF-8, or cannot be read. */
  readonly leftOut: number;
}

export const MOST_FILES = 100_000;
const inEnglish = (value: number): string => value.toLocaleString('en');
const MOST_DEPTH = 64;

/** Files read at once: disks answer several requests sooner than one after the other. */
const AT_ONCE = 16;

/** Names that hold no text of a person's: tools keep what is theirs behind a dot, and packages here. */
const NOT_TEXTS = new Set(['node_modules']);

/** An empty line, as between the paragraphs of one text: a tokenizer's special tokens are never made from text. */
const BETWEEN = '\n\n';

/**
 * Reads the texts of a folder and of those within, in the order of their paths, so that the same files always
 * give the same text.
 * @throws RangeError where there are too many files or bytes, or no text at all; the signal's reason once it is aborted.
 */
export async function readFolderTexts(ports: FolderPorts, options: FolderOptions): Promise<FolderText> {
  const { signal, onProgress, mostBytes, translate, count } = {
    translate: english,
    count: inEnglish,
    ...options,
  };
  const paths = await allFiles(ports, { signal, translate, count });
  const texts: string[] = [];
  let bytes = 0;
  for (let from = 0; from < paths.length; from += AT_ONCE) {
    signal.throwIfAborted();
    onProgress(from, paths.length);
    const read = await Promise.all(
      paths.slice(from, from + AT_ONCE).map(async (path) => {
        const size = await ports.size(path).catch(() => Infinity);
        // A file beyond the limit is not read to learn whether it is a text.
        if (size > mostBytes) return null;
        const content = await ports.read(path).catch(() => null);
        return content && { size, text: decodeText(content) };
      }),
    );
    for (const file of read) {
      if (!file?.text?.trim()) continue;
      bytes += file.size;
      if (bytes > mostBytes) {
        throw new RangeError(
          translate(
            'The texts of this folder have more than {0} bytes, the most that can be read. Choose a folder within it.',
            count(mostBytes),
          ),
        );
      }
      texts.push(file.text);
    }
  }
  onProgress(paths.length, paths.length);
  if (texts.length === 0) {
    throw new RangeError(
      translate(
        'None of the {0} files of this folder is a text in UTF-8. Choose a folder with text files.',
        count(paths.length),
      ),
    );
  }
  return { text: texts.join(BETWEEN), files: texts.length, leftOut: paths.length - texts.length };
}

async function allFiles(
  ports: FolderPorts,
  { signal, translate, count }: Required<Pick<FolderOptions, 'signal' | 'translate' | 'count'>>,
): Promise<string[]> {
  const files: string[] = [];
  const visit = async (path: string, depth: number): Promise<void> => {
    signal.throwIfAborted();
    const entries = [...(await ports.list(path))].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name, kind } of entries) {
      if (name.startsWith('.') || NOT_TEXTS.has(name)) continue;
      const inside = path === '' ? name : `${path}/${name}`;
      if (kind === 'folder' && depth < MOST_DEPTH) await visit(inside, depth + 1);
      else if (kind === 'file') files.push(inside);
      if (files.length > MOST_FILES) {
        throw new RangeError(
          translate(
            'This folder has more than {0} files, the most that are read. Choose a folder within it.',
            count(MOST_FILES),
          ),
        );
      }
    }
  };
  await visit('', 0);
  return files;
}
