/**
 * `npm run verify:gpt2`: downloads GPT-2 as published, checks its files by their digests, and its answers by what
 * is printed in Raschka's book. Needs the internet once; the files are kept for the next time.
 *
 * --model ID       another model of models/catalog.json (gpt2)
 * --from FOLDER    a copy on this disk, in place of a download
 * --endpoint URL   another hub (https://huggingface.co)
 * --storage FOLDER where downloads are kept (artifacts/models)
 * --verdict FILE   the text of The Verdict, in place of its public source
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatBytes } from '../src/library/bytes';
import { loadCatalog } from '../src/library/catalog';
import { HUGGING_FACE } from '../src/library/endpoint';
import { LibraryError } from '../src/library/libraryError';
import { ModelLibrary } from '../src/library/modelLibrary';
import type { DownloadProgress } from '../src/library/progress';
import { proxyFetch } from '../src/library/proxy';
import { ModelFileError } from '../src/gpt2/modelFileError';
import { loadGpt2 } from '../src/onnx/loadGpt2';
import { Failure } from './lib/failure';
import { runMain } from './lib/main';
import { checkModel, PUBLISHED, type Check } from './verify/checks';
import { readVerdict } from './verify/verdict';

function readOptions(): Record<'model' | 'endpoint' | 'storage', string> & {
  from?: string;
  verdict?: string;
} {
  try {
    return parseArgs({
      options: {
        model: { type: 'string', default: 'gpt2' },
        from: { type: 'string' },
        endpoint: { type: 'string', default: HUGGING_FACE },
        storage: { type: 'string', default: 'artifacts/models' },
        verdict: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new Failure((error as Error).message);
  }
}

/** A line at the beginning of each phase, and one for every tenth of the bytes. */
function printer(): (progress: DownloadProgress) => void {
  let last = '';
  return ({ phase, receivedBytes, totalBytes, bytesPerSecond, note }) => {
    const tenths = totalBytes > 0 ? Math.floor((10 * receivedBytes) / totalBytes) : 0;
    const key = `${phase} ${tenths}`;
    if (key === last) return;
    last = key;
    const speed = bytesPerSecond === undefined ? '' : `, ${formatBytes(Math.round(bytesPerSecond))}/s`;
    console.log(
      `  ${phase}: ${formatBytes(receivedBytes)} of ${formatBytes(totalBytes)}${speed}${note ? `, ${note}` : ''}`,
    );
  };
}

function print({ name, problems }: Check): void {
  console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  for (const problem of problems) console.log(`       ${problem}`);
}

/** The model's folder, and whether its files are those that were published. */
async function getModel(
  options: ReturnType<typeof readOptions>,
): Promise<{ directory: string; files: Check[] }> {
  if (options.from !== undefined) return { directory: resolve(options.from), files: [] };
  const library = new ModelLibrary({
    storage: resolve(options.storage),
    catalog: await loadCatalog('models/catalog.json'),
    endpoints: [options.endpoint],
    fetch: proxyFetch(),
  });
  const { id, directory } = await library.download(options.model, { onProgress: printer() });
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

async function main(): Promise<number> {
  const options = readOptions();
  const figures = PUBLISHED[options.model] ?? {};
  try {
    const { directory, files } = await getModel(options);
    files.forEach(print);
    const verdict = await readVerdict(options.verdict, proxyFetch());
    const model = await loadGpt2({ id: options.model, name: options.model, directory });
    const checks = [...files, ...(await checkModel(model, figures, verdict, print))];
    await model.dispose();
    const failed = checks.filter(({ problems }) => problems.length > 0).length;
    console.log(`${checks.length - failed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof LibraryError || error instanceof ModelFileError) throw new Failure(error.message);
    throw error;
  }
}

runMain(main);
