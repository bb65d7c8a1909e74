/**
 * `npm run bench -- engine`: this project against transformers.js and llama.cpp on the shape of GPT-2 124M. Two
 * contestants at a time take turns, and each ratio is within one turn of both: other work on the machine, and its own
 * changes of speed, meet both alike.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { NODE_BUNDLE } from '../../scripts/lib/nodeBundle';
import { fight, Ring, startUp, type Arena, type Outcome } from './engine/duel';
import { DUELS, JOB_NAMES, jobsOf, type Duel, type Job } from './engine/jobs';
import { placeFor } from './engine/machine';
import { report } from './engine/report';
import type { BenchOptions } from './options';
import { prepareModels } from './peers/models';

const FOLDER = 'artifacts/bench';
const PAIRS = 9;
const QUICK_PAIRS = 2;

/** Words that choose jobs and opponents. */
export const words = [...JOB_NAMES, ...Object.keys(DUELS)];

export async function run({ words: chosen, quick, threads }: BenchOptions): Promise<void> {
  const place = placeFor(threads);
  installPeers();
  const models = await prepareModels(FOLDER);
  const pairs = quick ? QUICK_PAIRS : PAIRS;
  const ours = await bundleOurs();
  const arena: Arena = { models, folder: FOLDER, threads, place, pairs, ours, rehearsed: !quick };
  console.log(`  ${place.said}; ${threads === 1 ? 'one thread' : `${threads} threads`}, ${pairs} pairs`);
  const yardstick: number[] = [];
  const outcomes: Outcome[] = [];
  const duels = program(chosen, quick);
  const ring = new Ring(arena);
  try {
    for (const [duel, jobs] of duels) {
      if (jobs.every(({ task }) => !task)) continue;
      announce(duel);
      outcomes.push(...(await fight(duel, jobs, ring, arena, (time) => yardstick.push(time))));
    }
  } finally {
    await ring.hold();
  }
  for (const [duel, jobs] of duels) {
    for (const job of jobs) {
      if (job.task) continue;
      announce(duel);
      outcomes.push(await startUp(duel, job, arena));
    }
  }
  const text = report(outcomes, { threads, pairs, place: place.said, yardstick });
  const file = join(FOLDER, threads === 1 ? 'table.md' : `table-${threads}-threads.md`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(file, text);
  console.log(`\n${text}\n  written to ${file}`);
}

function announce({ ours, peer }: Duel): void {
  console.log(`  ${ours.name} against ${peer.name}; how many times as fast, median and each pair:`);
}

/** Which duels are fought over which jobs: those that are named, or all; where it has to be quick, those with goals. */
function program(chosen: readonly string[], quick: boolean): [Duel, Job[]][] {
  const all = jobsOf(quick);
  const named = all.filter(({ name }) => chosen.includes(name));
  const entries = Object.entries(DUELS);
  const duels = entries.filter(([name]) => chosen.includes(name));
  return (duels.length > 0 ? duels : entries).flatMap(([, duel]): [Duel, Job[]][] => {
    const usual = all.filter(({ name }) => (quick ? name in duel.goals : duel.jobs.includes(name)));
    const jobs = named.length > 0 ? named : usual;
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
  await build({ ...NODE_BUNDLE, entryPoints: ['test/bench/peers/ours.ts'], outfile });
  return outfile;
}
