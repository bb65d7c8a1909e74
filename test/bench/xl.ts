/**
 * `npm run bench -- xl`: loads a model of GPT-2 XL's shape (1558 million random weights) and generates with it.
 * Needs 6.3 GB of disk in artifacts/bench, and 8 GB of memory; runs only when it is asked for by name.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import prettyBytes from 'pretty-bytes';
import { expectedShapes } from '../../src/gpt2/checkpoint/checkpoint';
import { readConfig } from '../../src/gpt2/checkpoint/config';
import { loadCatalog } from '../../src/library/catalog';
import { estimateMemory } from '../../src/library/memory';
import { loadGpt2 } from '../../src/onnx/loadGpt2';

const PROMPT = 64;
const STEPS = 32;
/** The id in the catalog whose shape is taken. */
const MODEL = process.env['DECODING_LAB_BENCH_MODEL'] ?? 'gpt2-xl';

interface Measured {
  readonly loadSeconds: number;
  readonly promptSeconds: number;
  readonly stepSeconds: number;
  /** Most memory that the process had at once, mapped files included. */
  readonly peakBytes: number;
  /** Of it, what belongs to no file: cannot be dropped when another process needs room. */
  readonly ownBytes: number | undefined;
}

export async function run(): Promise<void> {
  if (!process.argv.includes('xl')) {
    console.log('  left out: it needs 6.3 GB of disk; npm run bench -- xl runs it');
    return;
  }
  const entry = (await loadCatalog('models/catalog.json')).models.find(({ id }) => id === MODEL)!;
  const shape = entry.shape!;
  const directory = join('artifacts', 'bench', `${MODEL}-random`);
  const config = {
    model_type: 'gpt2',
    activation_function: 'gelu_new',
    vocab_size: shape.vocabulary,
    n_positions: shape.context,
    n_embd: shape.width,
    n_layer: shape.layers,
    n_head: shape.heads,
  };
  await makeModel(directory, config);
  // A process of its own: its peak is the model's alone.
  const child = fork(__filename, [directory], { env: { ...process.env, DECODING_LAB_BENCH_CHILD: '1' } });
  const [measured] = (await once(child, 'message')) as [Measured];
  await once(child, 'exit');
  const { loadSeconds, promptSeconds, stepSeconds, peakBytes, ownBytes } = measured;
  console.log(`  machine: ${prettyBytes(totalmem())} of memory, ${prettyBytes(freemem())} free`);
  console.log(`  ${entry.name!}, fp32: loaded in ${loadSeconds.toFixed(1)} s`);
  console.log(`  prompt of ${PROMPT} tokens: ${(PROMPT / promptSeconds).toFixed(1)} tokens/s`);
  console.log(`  one stream: ${(1 / stepSeconds).toFixed(2)} tokens/s`);
  const own = ownBytes === undefined ? '' : `, of which ${prettyBytes(ownBytes)} its own`;
  console.log(
    `  peak memory: ${prettyBytes(peakBytes)}${own}; estimated ${prettyBytes(estimateMemory(shape, 'fp32'))}`,
  );
}

/** Writes random weights, unless they are there: speed and memory do not depend on them. */
async function makeModel(directory: string, config: object): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'config.json'), JSON.stringify(config));
  const file = join(directory, 'model.safetensors');
  if (existsSync(file)) return;
  console.log(`  making ${file}`);
  const shapes = expectedShapes(readConfig(config, 'config.json'));
  const header: Record<string, object> = {};
  let end = 0;
  for (const [name, shape] of shapes) {
    const start = end;
    end += shape.reduce((a, b) => a * b, 4);
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const target = await open(`${file}.part`, 'w');
  try {
    await target.write(Buffer.concat([length, text]));
    const noise = randomBlock();
    for (let left = end; left > 0; left -= noise.length) {
      await target.write(noise, 0, Math.min(noise.length, left));
    }
  } finally {
    await target.close();
  }
  await rename(`${file}.part`, file);
}

/** 16 MB of float32 numbers between -0.02 and 0.02 (a linear congruential generator; Numerical Recipes, 7.1). */
function randomBlock(): Buffer {
  let state = 1;
  const values = Float32Array.from({ length: 1 << 22 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 0.04;
  });
  return Buffer.from(values.buffer);
}

async function measure(directory: string): Promise<Measured> {
  const begin = performance.now();
  const model = await loadGpt2({ id: 'xl', name: 'xl', directory });
  const loaded = performance.now();
  const tokens = Array.from({ length: PROMPT }, (_, i) => (i * 7919) % 50000);
  let [answer] = await model.next([{ tokens: [...tokens] }]);
  const read = performance.now();
  for (let i = 0; i < STEPS; i++) {
    tokens.push(answer!.logits.indexOf(Math.max(...answer!.logits.subarray(0, 1000))));
    [answer] = await model.next([{ tokens: [...tokens], cache: answer!.cache }]);
  }
  const end = performance.now();
  const own = ownMemory();
  await model.dispose();
  return {
    loadSeconds: (loaded - begin) / 1000,
    promptSeconds: (read - loaded) / 1000,
    stepSeconds: (end - read) / 1000 / STEPS,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    ownBytes: own,
  };
}

/** Memory of this process that belongs to no file, where the system tells it (Linux). */
function ownMemory(): number | undefined {
  try {
    const kilobytes = /^RssAnon:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

if (process.env['DECODING_LAB_BENCH_CHILD'] === '1') {
  void measure(process.argv[2]!).then((measured) => {
    process.send!(measured);
    process.disconnect();
  });
}
