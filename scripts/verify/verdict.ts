import { readFile } from 'node:fs/promises';
import { withLf } from '../../src/core/lineEnds';
import { THE_VERDICT_ADDRESS } from '../../src/experiments/kit/theVerdict';
import { Failure } from '../lib/failure';

/**
 * "The Verdict" with LF, from a file or from its public source.
 * @returns undefined, and says so, when it can be had from neither.
 * @throws Failure when the file cannot be read.
 */
export async function readVerdict(
  file: string | undefined,
  fetchText: typeof fetch,
): Promise<string | undefined> {
  if (file !== undefined) {
    try {
      return withLf(await readFile(file, 'utf8'));
    } catch (error) {
      throw new Failure(
        `${file} cannot be read (${String(error)}). Give the path of the text of The Verdict.`,
      );
    }
  }
  try {
    const response = await fetchText(THE_VERDICT_ADDRESS, { signal: AbortSignal.timeout(60_000) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return withLf(await response.text());
  } catch (error) {
    console.log(
      `  The Verdict could not be fetched (${String(error)}): what needs it is not checked; give --verdict FILE`,
    );
    return undefined;
  }
}
