/**
 * `npm run bench -- engine`: this project against transformers.js and llama.cpp on the shape of GPT-2 124M. Two
 * contestants at a time take turns, and each ratio is within one turn of both: other work on the machine, and its own
 * changes of speed, meet both alike.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { fight, type Arena, type Outcome } from './engine/duel';
import { DUELS, JOB_NAMES, type Duel, type JobName } from './engine/jobs';
import { placeFor } from './engine/machine';
import { report } from './engine/report';
import type { BenchOptions } from './options';
import { prepareModels } from './peers/models';

const FOLDER = 'artifacts/bench';
const PAIRS = 9;
const QUICK_PAIRS = 3;

/** Words that choose jobs and opponents. */
export const words = [...JOB_NAMES, ...Object.keys(DUELS)];

export async function run({ words: chosen, quick, threads }: BenchOptions): Promise<void> {
  const place = placeFor(threads);
  installPeers();
  const models = await prepareModels(FOLDER);
  const pairs = quick ? QUICK_PAIRS : PAIRS;
  const arena: Arena = { models, folder: FOLDER, threads, place, pairs, ours: await bundleOurs() };
  console.log(`  ${place.said}; ${threads === 1 ? 'one thread' : `${threads} threads`}, ${pairs} pairs`);
  const yardstick: number[] = [];
  const outcomes: Outcome[] = [];
  for (const [duel, jobs] of program(chosen, quick)) {
    console.log(
      `  ${duel.ours.name} against ${duel.peer.name}; how many times as fast, median and each pair:`,
    );
    outcomes.push(...(await fight(duel, jobs, arena, (milliseconds) => yardstick.push(milliseconds))));
  }
  const text = report(outcomes, { threads, pairs, place: place.said, yardstick });
  const file = join(FOLDER, threads === 1 ? 'table.md' : `table-${threads}-threads.md`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(file, text);
  console.log(`\n${text}\n  written to ${file}`);
}

/** Which duels are fought over which jobs: those that are named, or all; where it has to be quick, those with goals. */
function program(chosen: readonly string[], quick: boolean): [Duel, JobName[]][] {
  const named = JOB_NAMES.filter((job) => chosen.includes(job));
  const entries = Object.entries(DUELS);
  const duels = entries.some(([name]) => chosen.includes(name))
    ? entries.filter(([name]) => chosen.includes(name))
    : entries;
  return duels.flatMap(([, duel]): [Duel, JobName[]][] => {
    const jobs = named.length > 0 ? named : JOB_NAMES.filter((job) => !quick || job in duel.goals);
    return jobs.length > 0 ? [[duel, jobs]] : [];
  });
}

function installPeers(): void {
  if (existsSync('test/bench/node_modules')) return;
  console.log('  installing the peers into test/bench');
  // Not `npm ci`, which wants binaries of every other platform in the lock file.
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund'], {
    cwd: 'test/bench',
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('The peers of the benchmark could not be installed in test/bench.');
}

/** Our own contestant, bundled as the model process is when it is shipped. */
async function bundleOurs(): Promise<string> {
  const outfile = 'out/bench/ours.js';
  await build({
    entryPoints: ['test/bench/peers/ours.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
    external: ['onnxruntime-node'],
  });
  return outfile;
}
