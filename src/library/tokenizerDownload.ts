/** A model's tokenizer from the hub, without its weights: for models that run elsewhere. */
import { join } from 'node:path';
import { t } from '../l10n/language';
import { written } from '../l10n/numbers';
import { makeFolder, moveFolder, removeFolder } from './disk';
import type { DownloadTools } from './download';
import { LibraryError } from './libraryError';
import { stopped } from './retryPolicy';
import { transfer } from './transfer';

/** What is fetched where it is there; `tokenizer.json` always. */
const FILES: readonly string[] = [
  'tokenizer.json',
  'tokenizer_config.json',
  'generation_config.json',
  'config.json',
];

/** The largest tokenizer.json of a published model has a fifth of this. */
const MOST_BYTES = 100_000_000;

export interface TokenizerDownload {
  /** `owner/name` at the hub. */
  readonly repo: string;
  /** Folder that is to hold the files; it is replaced once all have arrived. */
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Called with the bytes that are here, and of how many. */
  readonly onBytes?: (received: number, total: number) => void;
}

/** @throws LibraryError; what was in the folder before is then as it was. */
export async function downloadTokenizer(
  { repo, directory, signal, onBytes = () => undefined }: TokenizerDownload,
  { hub, openFile, retryPolicy }: Pick<DownloadTools, 'hub' | 'openFile' | 'retryPolicy'>,
): Promise<void> {
  const { endpoint, commit, files } = await hub.describe(repo, 'main', signal);
  const chosen = files.filter(({ path }) => FILES.includes(path));
  if (!chosen.some(({ path }) => path === 'tokenizer.json')) {
    throw new LibraryError(
      'missing',
      t("{0} has no tokenizer.json. Choose a folder with the model's tokenizer instead.", repo),
    );
  }
  const large = chosen.find(({ bytes }) => bytes > MOST_BYTES);
  if (large) {
    throw new LibraryError(
      'unsupported',
      t(
        '{0} of {1} has {2} bytes, more than the {3} that such a file can have. It is not downloaded.',
        large.path,
        repo,
        written(large.bytes),
        written(MOST_BYTES),
      ),
    );
  }
  const staging = `${directory}.part`;
  // These files are small: what an earlier attempt has left is not worth a look.
  await removeFolder(staging);
  await makeFolder(staging);
  const total = chosen.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  for (const file of chosen) {
    await transfer({
      ...{ hub, repo, commit, endpoint, file, openFile, retryPolicy, signal },
      target: join(staging, file.path),
      onStart: () => undefined,
      onBytes: (bytes) => {
        onBytes(before + bytes, total);
      },
      onTrouble: () => undefined,
    });
    before += file.bytes;
  }
  if (signal.aborted) throw stopped();
  await removeFolder(directory);
  await moveFolder(staging, directory);
}
