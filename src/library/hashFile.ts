import { createHash } from 'node:crypto';
import { openRegular } from '../gpt2/checkpoint/boundedFile';
import { fileProblem } from './libraryError';
import { stopped } from './retryPolicy';

/**
 * Digests of a file in hex, read as a stream.
 * @param gitBytes number of bytes the file should have, where git's hash is wanted too.
 * @throws LibraryError when it cannot be read, or `stopped`.
 */
export async function hashFile(
  path: string,
  signal: AbortSignal,
  gitBytes?: number,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<{ readonly sha256: string; readonly gitOid: string | undefined }> {
  const sha256 = createHash('sha256');
  const git = gitBytes === undefined ? undefined : createHash('sha1').update(`blob ${gitBytes}\0`);
  try {
    const { handle } = await openRegular(path);
    for await (const chunk of handle.createReadStream({ highWaterMark: 1 << 20, signal })) {
      sha256.update(chunk as Buffer);
      git?.update(chunk as Buffer);
      onBytes((chunk as Buffer).length);
    }
  } catch (error) {
    if (signal.aborted) throw stopped();
    throw fileProblem(path, 'be read', error);
  }
  return { sha256: sha256.digest('hex'), gitOid: git?.digest('hex') };
}
