import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadGpt2 } from '../../src/onnx/loadGpt2';
import { Contestant } from './peers/contestant';
import { prepareModels, type BenchModels } from './peers/models';
import type { Task, Timing } from './peers/tasks';

/** One figure with what it is to reach. */
interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the value must be at least, or at most where `most` is set. */
  readonly goal?: number;
  readonly most?: boolean;
}

const FOLDER = 'artifacts/bench';
const PEERS = 'test/bench/peers';
const ROUNDS = 3;

const tokens = (length: number): number[] => Array.from({ length }, (_, i) => (i * 7919) % 50000);
const ONE: Task = { prompt: tokens(64), samples: 1, tokens: 64 };
const MANY: Task = { prompt: tokens(64), samples: 32, tokens: 32 };
const LONG: Task = { prompt: tokens(512), samples: 1, tokens: 0 };

export async function run(): Promise<void> {
  for (const figure of [...(await measureKeystrokes()), ...(await measurePeers())]) {
    console.log(`  ${describeFigure(figure)}`);
  }
}

/** How soon the bundled model answers: after loading, and to a user who types. */
async function measureKeystrokes(): Promise<Figure[]> {
  const begin = performance.now();
  const model = await loadGpt2({ id: 'fireside', name: 'fireside', directory: 'models/fireside' });
  let text = 'Once upon a time there was a king who had a daughter, and she was so beautiful that '.repeat(9);
  await model.next([{ tokens: await model.encode(text) }]);
  const first = performance.now() - begin;
  const times: number[] = [];
  for (const letter of 'the sun himself, who had seen so much, was amazed') {
    text += letter;
    const start = performance.now();
    await model.next([{ tokens: await model.encode(text) }]);
    times.push(performance.now() - start);
  }
  await model.dispose();
  const median = times.sort((a, b) => a - b)[times.length >> 1]!;
  return [
    {
      name: 'bundled model: loaded and first distribution',
      value: first,
      unit: 'ms',
      goal: 1000,
      most: true,
    },
    {
      name: 'bundled model: distribution after a keystroke',
      value: median,
      unit: 'ms',
      goal: 20,
      most: true,
    },
  ];
}

/**
 * Measures the engine against transformers.js and llama.cpp on the shape of GPT-2 124M, all on one thread and in
 * turns, and against the machine's memory. Each figure is the best of several rounds: other work on the machine
 * can only slow a run down.
 */
async function measurePeers(): Promise<Figure[]> {
  installPeers();
  const models = await prepareModels(FOLDER);
  const names = await start(models);
  try {
    const bandwidths: number[] = [];
    const one = new Map<string, Timing[]>();
    const many = new Map<string, Timing[]>();
    const long = new Map<string, Timing[]>();
    for (let round = 1; round <= ROUNDS; round++) {
      console.log(`  round ${round} of ${ROUNDS}`);
      for (const contestant of names.values()) {
        bandwidths.push(bandwidth());
        for (const [task, timings] of [
          [ONE, one],
          [MANY, many],
          [LONG, long],
        ] as const) {
          const timing = await contestant.measure(task);
          timings.set(contestant.name, [...(timings.get(contestant.name) ?? []), timing]);
        }
      }
    }
    return summarize(models, Math.max(...bandwidths), one, many, long);
  } finally {
    for (const contestant of names.values()) await contestant.stop();
  }
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

async function start(models: BenchModels): Promise<Map<string, Contestant>> {
  const ours = join(PEERS, 'ours.ts');
  const contestants = [
    ['transformers.js', join(PEERS, 'transformers.mjs'), [...models.transformers]],
    ['llama.cpp q8_0', join(PEERS, 'llama.mjs'), [models.q8_0]],
    ['fp32', ours, [models.checkpoint, 'fp32', FOLDER]],
    ['int8', ours, [models.checkpoint, 'int8', FOLDER]],
    ['int8-fast', ours, [models.checkpoint, 'int8-fast', FOLDER]],
    ['int4', ours, [models.checkpoint, 'int4', FOLDER]],
  ] as const;
  const started = new Map<string, Contestant>();
  for (const [name, program, args] of contestants) {
    console.log(`  loading ${name}`);
    started.set(name, await Contestant.start(name, program, args));
  }
  return started;
}

function summarize(
  models: BenchModels,
  bandwidth: number,
  one: ReadonlyMap<string, readonly Timing[]>,
  many: ReadonlyMap<string, readonly Timing[]>,
  long: ReadonlyMap<string, readonly Timing[]>,
): Figure[] {
  const best = (timings: readonly Timing[], part: 'read' | 'grow'): number =>
    Math.min(...timings.map((timing) => timing[part]));
  const speed = (name: string, task: Task): number => {
    const timings = (task === ONE ? one : task === MANY ? many : long).get(name)!;
    return task === LONG
      ? (1000 * LONG.prompt.length) / best(timings, 'read')
      : (1000 * task.samples * task.tokens) / best(timings, 'grow');
  };
  const figures: Figure[] = [{ name: 'memory bandwidth, one thread', value: bandwidth, unit: 'GB/s' }];
  for (const [label, task] of [
    ['one stream', ONE],
    ['32 samples', MANY],
    ['reading 512', LONG],
  ] as const) {
    for (const name of one.keys()) {
      figures.push({ name: `${label}: ${name}`, value: speed(name, task), unit: 'tokens/s' });
    }
  }
  const ratio = (task: Task, name: string, peer: string): number => speed(name, task) / speed(peer, task);
  const ofCeiling = (name: string, file: string): number =>
    (speed(name, ONE) * statSync(file).size) / (bandwidth * 1e9);
  const outside = (timings: readonly Timing[]): number =>
    Math.min(...timings.map((timing) => timing.outside ?? 1));
  const quantized = join(FOLDER, 'model.int8-fast.safetensors');
  const weights = join(models.checkpoint, 'model.safetensors');
  figures.push(
    {
      name: 'one stream: fp32 / transformers.js',
      value: ratio(ONE, 'fp32', 'transformers.js'),
      unit: 'x',
      goal: 1.2,
    },
    {
      name: 'one stream: int8-fast / transformers.js',
      value: ratio(ONE, 'int8-fast', 'transformers.js'),
      unit: 'x',
      goal: 4,
    },
    {
      name: 'one stream: int8-fast / llama.cpp q8_0',
      value: ratio(ONE, 'int8-fast', 'llama.cpp q8_0'),
      unit: 'x',
      goal: 1.1,
    },
    { name: 'one stream: fp32 / bandwidth', value: ofCeiling('fp32', weights), unit: 'x', goal: 0.8 },
    {
      name: 'one stream: int8-fast / bandwidth',
      value: ofCeiling('int8-fast', quantized),
      unit: 'x',
      goal: 0.7,
    },
    {
      name: '32 samples: int8-fast / transformers.js',
      value: ratio(MANY, 'int8-fast', 'transformers.js'),
      unit: 'x',
      goal: 8,
    },
    {
      name: '32 samples: int8-fast / llama.cpp q8_0',
      value: ratio(MANY, 'int8-fast', 'llama.cpp q8_0'),
      unit: 'x',
      goal: 2.5,
    },
    {
      name: 'reading 512: int8-fast / transformers.js',
      value: ratio(LONG, 'int8-fast', 'transformers.js'),
      unit: 'x',
      goal: 2,
    },
    {
      name: 'one stream: share outside the network',
      value: outside(one.get('int8-fast')!),
      unit: '',
      goal: 0.05,
      most: true,
    },
    {
      name: '32 samples: share outside the network',
      value: outside(many.get('int8-fast')!),
      unit: '',
      goal: 0.15,
      most: true,
    },
  );
  return figures;
}

/** GB/s at which one thread reads memory: the C library compares two equal arrays that no cache holds. */
function bandwidth(): number {
  const size = 128e6;
  const a = Buffer.alloc(size, 1);
  const b = Buffer.alloc(size, 1);
  let best = Infinity;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    a.equals(b);
    best = Math.min(best, performance.now() - start);
  }
  return (2 * size) / best / 1e6;
}

/** A figure as a line, with whether it reaches its goal. */
function describeFigure({ name, value, unit, goal, most }: Figure): string {
  const line = `${name.padEnd(46)} ${value.toPrecision(3).padStart(7)} ${unit}`;
  if (goal === undefined) return line;
  const met = most ? value <= goal : value >= goal;
  return `${line.padEnd(64)} ${most ? 'at most' : 'at least'} ${goal}: ${met ? 'met' : 'NOT MET'}`;
}
