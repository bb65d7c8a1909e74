import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random';
import { Gpt2Trainer } from '../../../src/onnx/training';
import { lastLogits } from '../library/float64Gpt2';
import { temporaryFolder } from '../library/temporaryFolder';
import type { Tensor } from '../library/tinyGpt2';
import { depth } from '../depth';
import { randomBatch, writeRandomGpt2 } from './randomGpt2';

const folder = temporaryFolder();
const OPTIONS = {
  adamW: { weightDecay: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  dropout: 0,
  seed: 1,
  threads: 1,
};
const SHAPE = { vocab_size: 13, n_positions: 7, n_embd: depth(4, 8), n_layer: 2, n_head: 2 };

type Batch = ReturnType<typeof randomBatch>;

/** Mean cross-entropy of a batch, in float64. */
function loss(tensors: ReadonlyMap<string, Tensor>, { windows, length, ids, targets }: Batch): number {
  const values = (name: string): Float64Array => tensors.get(name)!.values;
  const head = values(tensors.has('lm_head.weight') ? 'lm_head.weight' : 'wte.weight');
  let total = 0;
  for (let window = 0; window < windows; window++) {
    for (let end = 1; end <= length; end++) {
      const seen = [...ids.subarray(window * length, window * length + end)];
      const logits = lastLogits(seen, SHAPE, values, head);
      const target = targets[window * length + end - 1]!;
      total += Math.log(logits.reduce((sum, l) => sum + Math.exp(l), 0)) - logits[target]!;
    }
  }
  return total / (windows * length);
}

/** (f(x + h d) - f(x - h d)) / 2 h for the parameter `name`. */
function slope(
  tensors: ReadonlyMap<string, Tensor>,
  name: string,
  direction: ArrayLike<number>,
  f: (moved: ReadonlyMap<string, Tensor>) => number,
): number {
  const { shape, values } = tensors.get(name)!;
  const h = 1e-5;
  const at = (sign: number): number => {
    const moved = values.map((value, i) => value + sign * h * direction[i]!);
    return f(new Map(tensors).set(name, { shape, values: moved }));
  };
  return (at(1) - at(-1)) / (2 * h);
}

function close(own: number, expected: number): boolean {
  return Math.abs(own - expected) <= 2e-6 + 2e-4 * Math.abs(expected);
}

describe.each([
  ['tied', true],
  ['with an output matrix of its own', false],
])('the gradient of a model, output %s', (_, tied) => {
  it('is that of central differences in float64, for every parameter tensor', async () => {
    const tensors = await writeRandomGpt2(folder('model'), { ...SHAPE, tie_word_embeddings: tied });
    // Shorter than the context, and with tokens that come twice: sparse gradients must add up.
    const batch = randomBatch(depth(2, 3), depth(4, 5), SHAPE.vocab_size);
    const trainer = await Gpt2Trainer.open(folder('model'), OPTIONS);
    const found = await trainer.gradient(batch, 1);
    await trainer.release();
    expect(found.loss).toBeCloseTo(loss(tensors, batch), 5);

    const stream = randomStream(5, 'directions');
    const wrong: string[] = [];
    let squares = 0;
    for (const { name, gradient } of trainer.tensors) {
      squares += gradient.reduce((sum, v) => sum + v * v, 0);
      // A direction through the whole tensor, and some of its numbers alone.
      const directions = [Float64Array.from(gradient, () => stream.next() - 0.5)];
      for (let i = 0; i < depth(1, 4); i++) {
        const one = new Float64Array(gradient.length);
        one[Math.floor(stream.next() * gradient.length)] = 1;
        directions.push(one);
      }
      for (const direction of directions) {
        const own = gradient.reduce((sum, v, i) => sum + v * direction[i]!, 0);
        const expected = slope(tensors, name, direction, (moved) => loss(moved, batch));
        if (!close(own, expected)) wrong.push(`${name}: ${own}, expected ${expected}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(trainer.tensors.map(({ name }) => name).sort()).toEqual([...tensors.keys()].sort());
    expect(found.gradientNorm).toBeCloseTo(Math.sqrt(squares), 5);
  });
});

describe('the gradient with dropout', () => {
  it('is that of the loss with the same numbers dropped', async () => {
    const tensors = await writeRandomGpt2(folder('model'), SHAPE);
    const batch = randomBatch(2, 6, SHAPE.vocab_size);
    const trainer = await Gpt2Trainer.open(folder('model'), { ...OPTIONS, dropout: 0.25 });
    const { loss: before } = await trainer.gradient(batch, 3);
    const gradients = new Map(trainer.tensors.map(({ name, gradient }) => [name, gradient.slice()]));
    expect(before).not.toBeCloseTo(loss(tensors, batch), 4);

    const stream = randomStream(6, 'directions');
    for (const { name, parameter } of trainer.tensors) {
      const start = parameter.slice();
      const direction = Float64Array.from(start, () => stream.next() - 0.5);
      const at = async (h: number): Promise<number> => {
        parameter.forEach((_, i) => (parameter[i] = start[i]! + h * direction[i]!));
        return (await trainer.gradient(batch, 3)).loss;
      };
      // The loss has float32's digits only, so the step is large and the comparison coarse.
      const measured = ((await at(1e-2)) - (await at(-1e-2))) / 2e-2;
      parameter.set(start);
      const own = gradients.get(name)!.reduce((sum, v, i) => sum + v * direction[i]!, 0);
      expect(Math.abs(own - measured), name).toBeLessThan(2e-3 + 2e-2 * Math.abs(measured));
    }
    expect((await trainer.gradient(batch, 4)).loss).not.toBe(before);
    expect((await trainer.gradient(batch, 3)).loss).toBe(before);
    await trainer.release();
  });
});
