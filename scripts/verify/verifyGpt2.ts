/** What `npm run verify:gpt2` does, so that it can be done without a process of its own. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import prettyBytes from 'pretty-bytes';
import { withLf } from '../../src/core/lineEnds';
import { THE_VERDICT_PATH } from '../../src/experiments/kit/theVerdict';
import { loadCatalog } from '../../src/library/catalog';
import { HUGGING_FACE } from '../../src/library/endpoint';
import { LibraryError } from '../../src/library/libraryError';
import { ModelLibrary } from '../../src/library/modelLibrary';
import type { DownloadProgress } from '../../src/library/progress';
import { ModelFileError } from '../../src/gpt2/checkpoint/modelFileError';
import { loadGpt2 } from '../../src/onnx/loadGpt2';
import { Failure } from '../lib/failure';
import { checkModel, PUBLISHED, type Check } from './checks';

/** Takes a line of what is told. */
type Say = (line: string) => void;

function readOptions(
  given: readonly string[],
): Record<'model' | 'endpoint' | 'storage' | 'verdict', string> & { from?: string } {
  try {
    return parseArgs({
      args: [...given],
      options: {
        model: { type: 'string', default: 'gpt2' },
        from: { type: 'string' },
        endpoint: { type: 'string', default: HUGGING_FACE },
        storage: { type: 'string', default: 'artifacts/models' },
        verdict: { type: 'string', default: THE_VERDICT_PATH },
      },
    }).values;
  } catch (error) {
    throw new Failure((error as Error).message);
  }
}

/** A line at the beginning of each phase, and one for every tenth of the bytes. */
function printer(say: Say): (progress: DownloadProgress) => void {
  let last = '';
  return ({ phase, receivedBytes, totalBytes, bytesPerSecond, note }) => {
    const tenths = totalBytes > 0 ? Math.floor((10 * receivedBytes) / totalBytes) : 0;
    const key = `${phase} ${tenths}`;
    if (key === last) return;
    last = key;
    const speed = bytesPerSecond === undefined ? '' : `, ${prettyBytes(Math.round(bytesPerSecond))}/s`;
    say(
      `  ${phase}: ${prettyBytes(receivedBytes)} of ${prettyBytes(totalBytes)}${speed}${note ? `, ${note}` : ''}`,
    );
  };
}

function print({ name, problems }: Check, say: Say): void {
  say(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  for (const problem of problems) say(`       ${problem}`);
}

/** "The Verdict", or what is to be checked in its place, with LF. @throws Failure when the file cannot be read */
async function readVerdict(file: string): Promise<string> {
  try {
    return withLf(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Failure(`${file} cannot be read (${String(error)}). Give the path of the text of The Verdict.`);
  }
}

/** The model's folder, and whether its files are those that were published. */
async function getModel(
  options: ReturnType<typeof readOptions>,
  say: Say,
): Promise<{ directory: string; files: Check[] }> {
  if (options.from !== undefined) return { directory: resolve(options.from), files: [] };
  const library = new ModelLibrary({
    storage: resolve(options.storage),
    catalog: (await loadCatalog('models/catalog.json')).models,
    endpoints: [options.endpoint],
  });
  const { id, directory } = await library.download(options.model, { onProgress: printer(say) });
  const { files, problem } = await library.verify(id);
  const checks = files.map(({ path, assurance, problem: wrong }) => ({
    name: `${path} by ${assurance}`,
    problems: wrong === undefined ? [] : [wrong],
  }));
  return {
    directory,
    files: [...checks, { name: 'tensors', problems: problem === undefined ? [] : [problem] }],
  };
}

/**
 * The command with its options. @returns the exit code.
 * @throws Failure for what a user can put right
 */
export async function verifyGpt2(given: readonly string[], say: Say): Promise<number> {
  const options = readOptions(given);
  const tell = (check: Check): void => {
    print(check, say);
  };
  const figures = PUBLISHED[options.model] ?? {};
  try {
    const { directory, files } = await getModel(options, say);
    files.forEach(tell);
    const verdict = await readVerdict(options.verdict);
    const model = await loadGpt2({ id: options.model, name: options.model, directory });
    const checks = [...files, ...(await checkModel(model, figures, verdict, tell))];
    await model.dispose();
    const failed = checks.filter(({ problems }) => problems.length > 0).length;
    say(`${checks.length - failed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof LibraryError || error instanceof ModelFileError) throw new Failure(error.message);
    throw error;
  }
}
