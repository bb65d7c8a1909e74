/** Which files of a repository make up a model that can be run here. */
import { chooseOnnxFile } from '../gpt2/import/onnxExport';
import { SHARD_INDEX } from '../gpt2/checkpoint/sharded';
import { TOKENIZER_FILES, UNREAD_TOKENIZER_FILES, unreadTokenizer } from '../gpt2/tokenizer/tokenizerNames';
import { t } from '../l10n/language';
import { written } from '../l10n/numbers';
import { LibraryError } from './libraryError';
import type { RemoteFile } from './hub';

/** Small files that belong to a model where they exist, beside its config.json. */
export const COMPANIONS: readonly string[] = [
  'generation_config.json',
  ...TOKENIZER_FILES,
  // Not read, but they say that the tokenizer is not GPT-2's.
  ...UNREAD_TOKENIZER_FILES,
];

/** A companion larger than this is something else. */
const MOST_COMPANION_BYTES = 50_000_000;

/** Files that have a few kilobytes: they are read as a whole, so they stay small. */
const MOST_BYTES: Readonly<Record<string, number>> = {
  'config.json': 1_000_000,
  'generation_config.json': 1_000_000,
  [SHARD_INDEX]: 10_000_000,
};

export interface ChosenFiles {
  readonly files: readonly RemoteFile[];
  /** The index of weights in several files, whose names it holds: they are chosen when it has been read. */
  readonly index: boolean;
}

/**
 * Chooses safetensors before ONNX: they run faster here, and at every precision.
 * @throws LibraryError when there is nothing that can be run.
 */
export function chooseFiles(repo: string, all: readonly RemoteFile[]): ChosenFiles {
  const byPath = new Map(all.map((file) => [file.path, file]));
  const config = byPath.get('config.json');
  if (!config) {
    throw new LibraryError(
      'unsupported',
      t("{0} has no config.json: it is not a model in Hugging Face's format.", repo),
    );
  }
  const companions = [config, ...COMPANIONS.flatMap((path) => byPath.get(path) ?? [])];
  const whole = byPath.get('model.safetensors');
  const index = byPath.get(SHARD_INDEX);
  const graph = chooseOnnxFile([...byPath.keys()]);
  let files: RemoteFile[];
  if (whole) files = [...companions, whole];
  else if (index) files = [...companions, index];
  else if (graph !== undefined) files = [...companions, ...withExternalData(graph, byPath)];
  else {
    const code = byPath.has('pytorch_model.bin');
    throw new LibraryError(
      'unsupported',
      code
        ? t(
            '{0} has neither model.safetensors nor an ONNX export of a decoder; its pytorch_model.bin is not read, because such files can hold programs. Choose a model with one of them.',
            repo,
          )
        : t(
            '{0} has neither model.safetensors nor an ONNX export of a decoder. Choose a model with one of them.',
            repo,
          ),
    );
  }
  const refusal = unreadTokenizer(repo, (name) => byPath.has(name));
  if (refusal !== undefined) throw new LibraryError('unsupported', refusal);
  for (const { path, bytes } of whole || index ? [...companions, ...(whole ? [] : [index!])] : companions) {
    const most = MOST_BYTES[path] ?? MOST_COMPANION_BYTES;
    if (bytes > most) {
      throw new LibraryError(
        'unsupported',
        t(
          '{0} of {1} has {2} bytes, more than the {3} that such a file can have. It is not downloaded.',
          path,
          repo,
          written(bytes),
          written(most),
        ),
      );
    }
  }
  for (const { path } of files) checkPath(repo, path);
  return { files, index: !whole && index !== undefined };
}

/** The files that an index names. @throws LibraryError when one of them does not exist. */
export function chooseShards(
  repo: string,
  all: readonly RemoteFile[],
  names: Iterable<string>,
): RemoteFile[] {
  return [...new Set(names)].map((name) => {
    checkPath(repo, name);
    if (!name.endsWith('.safetensors')) {
      throw new LibraryError(
        'unsupported',
        t('The index of {0} names {1}, expected files *.safetensors.', repo, name),
      );
    }
    const file = all.find(({ path }) => path === name);
    if (!file)
      throw new LibraryError('missing', t('{0} has no file {1}, which its own index names.', repo, name));
    return file;
  });
}

/** A graph and the files beside it that carry its name: exporters put large weights there. */
function withExternalData(graph: string, byPath: ReadonlyMap<string, RemoteFile>): RemoteFile[] {
  const data = [...byPath.keys()].filter(
    (path) =>
      path.startsWith(graph) &&
      /^(?:_data|\.data|\.external_data)(?:[_.]?\d+)?$/.test(path.slice(graph.length)),
  );
  return [graph, ...data].map((path) => byPath.get(path)!);
}

/** A name from a server is a place on this disk: it may lead nowhere but below the model's folder. */
function checkPath(repo: string, path: string): void {
  const parts = path.split('/');
  const harmless =
    path.length <= 200 && parts.every((part) => /^[\w][\w.+=-]*$/.test(part) && !part.endsWith('.'));
  if (!harmless) {
    throw new LibraryError(
      'unsupported',
      t('{0} has a file named {1}, which is not used.', repo, JSON.stringify(path)),
    );
  }
}
