/**
 * `npm run package:try -- FOLDER`: takes this machine's package out of a folder of packages, unpacks it, and lets its
 * model process read a prompt with the bundled model: on every platform, without a VS Code, it shows that the native
 * library is whole. Where the library has no package for this machine, the sentence that says so is what must come.
 */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { EngineClient } from '../src/engine/client';
import { runExperiment } from '../src/engine/runExperiment';
import { explain, Failure } from './lib/failure';
import { runMain } from './lib/main';
import { readArchive } from './packaging/archive';
import { packages } from './packaging/pack';
import { ownTarget } from './packaging/targets';

const GREEDY = { prompt: 'Once upon a time', chain: [], greedy: true, seed: 0, samples: 1, maxNewTokens: 8 };

async function main(): Promise<number> {
  const from = process.argv[2] ?? packages;
  const target = ownTarget();
  const names = (await readdir(from)).filter(
    (name) => name.endsWith('.vsix') && name.includes(`-${target}-`),
  );
  if (names.length !== 1)
    throw new Failure(`${from} has ${names.length} packages for ${target}; exactly one can be tried.`);
  const folder = await mkdtemp(join(tmpdir(), 'decoding-lab-package-'));
  try {
    for (const [name, content] of Object.entries(await readArchive(join(from, names[0]!)))) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    const said = await greedyText(join(folder, 'extension'));
    console.log(`${names[0]!} on ${process.platform} ${process.arch}: ${said}`);
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What the bundled model writes after the prompt; without a library for this machine, why it writes nothing. */
async function greedyText(extension: string): Promise<string> {
  const engine = new EngineClient({ entry: join(extension, 'dist', 'engine.js'), log: () => undefined });
  const directory = join(extension, 'models', 'fireside');
  const source = { kind: 'gpt2', id: 'fireside', name: 'fireside', directory } as const;
  try {
    const { completions } = await runExperiment(engine, 'explore', source, GREEDY);
    const text = completions[0]?.text ?? '';
    if (text.trim() === '') throw new Failure('The model wrote nothing.');
    return JSON.stringify(GREEDY.prompt + text);
  } catch (error) {
    const sentence = explain(error);
    if (ownTarget() !== 'universal' || !sentence.includes('has no library for this platform')) throw error;
    return sentence;
  } finally {
    await engine.dispose();
  }
}

runMain(main);
