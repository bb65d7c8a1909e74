import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';
import { Gpt2Trainer } from '../../../src/onnx/training';
import { lastLogits } from '../library/float64Gpt2';
import { temporaryFolder } from '../library/temporaryFolder';
import type { Tensor } from '../library/tinyGpt2';
import { randomBatch, writeRandomGpt2 } from '../training/randomGpt2';

const folder = temporaryFolder();
/** Of the logits, which are below 1. */
const TOLERANCE = 2e-6;
const SHAPE = { vocab_size: 13, n_positions: 7, n_embd: 8, n_layer: 2, n_head: 2 };

/** The error function by its Maclaurin series, which converges everywhere and is exact enough below 5. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const tanhGelu = (x: number): number =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** What transformers computes by each name (`ACT2FN`). */
const FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  gelu_new: tanhGelu,
  gelu_pytorch_tanh: tanhGelu,
  gelu_fast: tanhGelu,
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  quick_gelu: (x) => x * sigmoid(1.702 * x),
  relu: (x) => Math.max(0, x),
  silu: (x) => x * sigmoid(x),
  swish: (x) => x * sigmoid(x),
  tanh: Math.tanh,
  sigmoid,
};

async function write(name: string): Promise<Map<string, Tensor>> {
  // Weights far enough from 0 that the functions differ by more than the numbers' rounding.
  const tensors = await writeRandomGpt2(folder('model'), SHAPE);
  const path = folder('model', 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...config, activation_function: name }));
  return tensors;
}

const logitsOf = (tensors: ReadonlyMap<string, Tensor>, ids: readonly number[], name: string): number[] => {
  const values = (key: string): Float64Array => tensors.get(key)!.values;
  return lastLogits(ids, SHAPE, values, values('wte.weight'), FUNCTIONS[name]);
};

it('that is not the one asked for would be noticed', async () => {
  const tensors = await write('gelu');
  const [exact, approximate] = ['gelu', 'gelu_new'].map((name) => logitsOf(tensors, [3, 1, 4, 1, 5], name));
  const difference = Math.max(...exact!.map((logit, id) => Math.abs(logit - approximate![id]!)));
  expect(difference).toBeGreaterThan(2 * TOLERANCE);
});

describe.each(Object.keys(FUNCTIONS))('the activation %s', (name) => {
  it('is that of the float64 computation', async () => {
    const tensors = await write(name);
    const model = await loadGpt2({ id: 'm', name: 'm', directory: folder('model') });
    const ids = [3, 1, 4, 1, 5];
    const [answer] = await model.next([{ tokens: ids }]);
    await model.dispose();
    const expected = logitsOf(tensors, ids, name);
    const difference = Math.max(...expected.map((logit, id) => Math.abs(logit - answer!.logits[id]!)));
    expect(difference).toBeLessThan(TOLERANCE);
  });

  it('has the gradient of central differences in float64', async () => {
    const tensors = await write(name);
    const batch = randomBatch(2, 4, SHAPE.vocab_size);
    const trainer = await Gpt2Trainer.open(folder('model'), {
      adamW: { weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      dropout: 0,
      seed: 1,
      threads: 1,
    });
    await trainer.gradient(batch, 1);
    await trainer.release();
    const loss = (moved: ReadonlyMap<string, Tensor>): number => {
      const { windows, length, ids, targets } = batch;
      let total = 0;
      for (let window = 0; window < windows; window++) {
        for (let end = 1; end <= length; end++) {
          const seen = [...ids.subarray(window * length, window * length + end)];
          const logits = logitsOf(moved, seen, name);
          const target = logits[targets[window * length + end - 1]!]!;
          total += Math.log(logits.reduce((sum, l) => sum + Math.exp(l), 0)) - target;
        }
      }
      return total / (windows * length);
    };
    // What stands before the activation, whose gradients all flow through its slope.
    for (const parameter of ['h.0.mlp.c_fc.weight', 'h.1.mlp.c_fc.bias', 'h.1.ln_2.weight']) {
      const { gradient } = trainer.tensors.find((tensor) => tensor.name === parameter)!;
      for (const i of [0, 3, gradient.length - 1]) {
        const { shape, values } = tensors.get(parameter)!;
        const at = (h: number): number =>
          loss(
            new Map(tensors).set(parameter, { shape, values: values.map((v, j) => (j === i ? v + h : v)) }),
          );
        const slope = (at(1e-5) - at(-1e-5)) / 2e-5;
        expect(Math.abs(gradient[i]! - slope), `${parameter}[${i}]`).toBeLessThan(
          2e-6 + 2e-4 * Math.abs(slope),
        );
      }
    }
  });
});
