/**
 * `npm run bench -- training`: a training step and an evaluation of GPT-2 124M's shape (random weights), against
 * the rate at which the same runtime multiplies large matrices on as many threads, measured in the same run.
 */
import { freemem } from 'node:os';
import { GraphBuilder, type ValueInfo } from '../../src/gpt2/graph/graph';
import { createSession, loadRuntime } from '../../src/onnx/runtime';
import { Gpt2Trainer } from '../../src/onnx/training';
import { median } from './engine/statistics';
import type { BenchOptions } from './options';
import { prepareModels } from './peers/models';

const WINDOWS = 2;
const LENGTH = 256;
/** Each turn is products, a step, products, a batch of an evaluation and products. The first turn only prepares. */
const TURNS = 7;
/** Rows and columns of the matrices whose product is the yardstick; large enough to reach the full rate. */
const SIDE = 2048;
/** Takes as much as it may use: the weights, their gradients, both moments and what a step keeps. */
const MEMORY = 4e9;

export async function run({ threads, quick }: BenchOptions): Promise<void> {
  const turns = quick ? 3 : TURNS;
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
    threads,
  });
  const ids = Int32Array.from({ length: WINDOWS * LENGTH }, (_, i) => (i * 7919) % 50_000);
  const targets = Int32Array.from(ids, (id) => (id * 31 + 7) % 50_000);
  const batch = { windows: WINDOWS, length: LENGTH, ids, targets };
  const operations = stepOperations(trainer);
  const product = await matrixProduct(threads);
  const rates: number[] = [];
  const steps: Timed[] = [];
  const evaluations: Timed[] = [];
  // What a machine shared with others can do changes from second to second: the yardstick is taken on both sides.
  const between = async (before: number, action: () => Promise<unknown>): Promise<Timed> => {
    const took = await seconds(action);
    const after = await product.rate();
    rates.push(before, after);
    return { took, rate: (before + after) / 2 };
  };
  for (let turn = 0; turn <= turns; turn++) {
    const step = await between(await product.rate(), () =>
      trainer.step(batch, { step: turn + 1, learningRate: 4e-4, clipNorm: 1 }),
    );
    // An evaluation's first batch makes the room that its others use.
    await trainer.tokenLosses(batch);
    const evaluation = await between(await product.rate(), () => trainer.tokenLosses(batch));
    if (turn === 0) continue;
    steps.push(step);
    evaluations.push(evaluation);
  }
  console.log(
    `  ${threads === 1 ? '1 thread' : `${threads} threads`}; matrix product of ${SIDE}²: ${spread(rates.map((rate) => rate / 1e9))} GFLOP/s`,
  );
  console.log(`  ${turns} turns; medians (least to most)`);
  const report = (name: string, work: number, timed: readonly Timed[]): void => {
    const took = timed.map((turn) => turn.took);
    const shares = timed.map((turn) => (100 * work) / turn.took / turn.rate);
    const perSecond = ids.length / median(took);
    console.log(
      `  ${name} of ${WINDOWS} x ${LENGTH} tokens: ${spread(took, 2)} s, ${perSecond.toFixed(0)} tokens/s, ` +
        `${spread(shares)} % of that rate`,
    );
  };
  report('training step (goal: at least 60 %)', operations, steps);
  report('batch of an evaluation', operations / 3, evaluations);
  console.log(`  peak memory: ${(process.resourceUsage().maxRSS / 1e6).toFixed(2)} GB`);
  await product.release();
  await trainer.release();
}

/** Seconds of an action, and the rate of the product around it in operations per second. */
interface Timed {
  readonly took: number;
  readonly rate: number;
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

/** The yardstick: large products of this runtime, into an array that is there. */
async function matrixProduct(
  threads: number,
): Promise<{ rate(): Promise<number>; release(): Promise<void> }> {
  const matrix = (name: string): ValueInfo => ({ name, type: 'float32', shape: [SIDE, SIDE] });
  const builder = new GraphBuilder();
  builder.output('product', builder.add('MatMul', ['a', 'b']));
  const graph = builder.build('product', [matrix('a'), matrix('b')], [matrix('product')]);
  const session = await createSession(graph, { directory: '.', threads });
  const { Tensor } = await loadRuntime();
  const of = (): InstanceType<typeof Tensor> =>
    new Tensor('float32', new Float32Array(SIDE * SIDE).fill(0.5), [SIDE, SIDE]);
  const [a, b, product] = [of(), of(), of()];
  return {
    rate: async () => {
      const took: number[] = [];
      for (let i = 0; i < 5; i++) took.push(await seconds(() => session.runInto({ a, b }, { product })));
      return (2 * SIDE ** 3) / median(took);
    },
    release: () => session.release(),
  };
}

async function seconds(action: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await action();
  return (performance.now() - begin) / 1000;
}

function spread(values: readonly number[], digits = 0): string {
  const [least, middle, most] = [Math.min(...values), median(values), Math.max(...values)].map((value) =>
    value.toFixed(digits),
  );
  return `${middle} (${least} to ${most})`;
}
