/**
 * `npm run bench -- training`: a training step and an evaluation of GPT-2 124M's shape (random weights), against
 * the rate at which the same runtime multiplies large matrices on as many threads, measured in the same run.
 */
import { freemem } from 'node:os';
import { GraphBuilder, type ValueInfo } from '../../src/gpt2/graph/graph';
import { createSession, defaultThreads, loadRuntime } from '../../src/onnx/runtime';
import { Gpt2Trainer } from '../../src/onnx/training';
import { prepareModels } from './peers/models';

const WINDOWS = 2;
const LENGTH = 256;
const STEPS = 3;
/** Rows and columns of the matrices whose product is the yardstick; large enough to reach the full rate. */
const SIDE = 2048;
/** Takes as much as it may use: the weights, their gradients, both moments and what a step keeps. */
const MEMORY = 4e9;

export async function run(): Promise<void> {
  if (freemem() < MEMORY) {
    console.log(
      `  left out: it needs ${MEMORY / 1e9} GB of memory, and ${(freemem() / 1e9).toFixed(1)} are free`,
    );
    return;
  }
  const { checkpoint } = await prepareModels('artifacts/bench');
  const trainer = await Gpt2Trainer.open(checkpoint, {
    adamW: { weightDecay: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    dropout: 0,
    seed: 1,
  });
  const ids = Int32Array.from({ length: WINDOWS * LENGTH }, (_, i) => (i * 7919) % 50_000);
  const targets = Int32Array.from(ids, (id) => (id * 31 + 7) % 50_000);
  const batch = { windows: WINDOWS, length: LENGTH, ids, targets };
  const operations = stepOperations(trainer);
  const rates: number[] = [];
  const steps: number[] = [];
  const evaluations: number[] = [];
  // In turns, so that what else the machine does meets all of them alike; the first of each only prepares.
  for (let round = 0; round <= STEPS; round++) {
    rates.push(await multiplicationRate());
    steps.push(
      await seconds(() => trainer.step(batch, { step: round + 1, learningRate: 4e-4, clipNorm: 1 })),
    );
    evaluations.push(await seconds(() => trainer.tokenLosses(batch)));
  }
  const rate = Math.max(...rates);
  const step = Math.min(...steps.slice(1));
  const evaluation = Math.min(...evaluations.slice(1));
  const share = (work: number, took: number): string => `${((100 * work) / took / rate).toFixed(0)} %`;
  console.log(`  ${trainer.threads} threads; matrix product of ${SIDE}²: ${(rate / 1e9).toFixed(0)} GFLOP/s`);
  console.log(
    `  training step of ${WINDOWS} x ${LENGTH} tokens: ${step.toFixed(2)} s, ${(ids.length / step).toFixed(0)} tokens/s, ` +
      `${share(operations, step)} of that rate (goal: at least 50 %)`,
  );
  console.log(
    `  evaluation of the same: ${evaluation.toFixed(2)} s, ${share(operations / 3, evaluation)} of that rate`,
  );
  console.log(`  peak memory: ${(process.resourceUsage().maxRSS / 1e6).toFixed(2)} GB`);
  await trainer.release();
}

/**
 * Floating-point operations of a step: two per weight and token in every matrix product, forward, and twice that
 * backward; and the same for the products within attention, each over all pairs of positions.
 */
function stepOperations({ config, tensors }: Gpt2Trainer): number {
  const weights = tensors
    .filter(({ name, shape }) => shape.length === 2 && !name.includes('wpe'))
    .reduce((sum, { parameter }) => sum + parameter.length, 0);
  const attention = 2 * config.layers * LENGTH * config.width;
  return 3 * 2 * WINDOWS * LENGTH * (weights + attention);
}

async function multiplicationRate(): Promise<number> {
  const matrix = (name: string): ValueInfo => ({ name, type: 'float32', shape: [SIDE, SIDE] });
  const builder = new GraphBuilder();
  builder.output('product', builder.add('MatMul', ['a', 'b']));
  const graph = builder.build('product', [matrix('a'), matrix('b')], [matrix('product')]);
  const session = await createSession(graph, { directory: '.', threads: defaultThreads() });
  const { Tensor } = await loadRuntime();
  const of = (): InstanceType<typeof Tensor> =>
    new Tensor('float32', new Float32Array(SIDE * SIDE).fill(0.5), [SIDE, SIDE]);
  const [a, b] = [of(), of()];
  let best = Infinity;
  for (let i = 0; i < 4; i++) best = Math.min(best, await seconds(() => session.run({ a, b })));
  await session.release();
  return (2 * SIDE ** 3) / best;
}

async function seconds(action: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await action();
  return (performance.now() - begin) / 1000;
}
