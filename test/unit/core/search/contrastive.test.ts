import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrastiveSearch } from '../../../../src/core/search/contrastive';
import { greedySearch } from '../../../../src/core/search/greedy';
import { PROPERTY } from '../generators';
import { naiveSoftmax, ranking } from '../naive';
import { FunctionModel, hashLogits, LETTERS, RepresentingFunctionModel } from './models';

const representing = (seed: number): RepresentingFunctionModel =>
  new RepresentingFunctionModel(LETTERS, hashLogits(seed, 8), hashLogits(seed + 1, 3));

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, v, i) => sum + v * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** The paper's formula, with every hidden state computed anew. */
function naive(
  model: RepresentingFunctionModel,
  prompt: number[],
  steps: number,
  k: number,
  alpha: number,
): number[] {
  const tokens = [...prompt];
  for (let step = 0; step < steps; step++) {
    const logits = [...model.logits(tokens)];
    const probabilities = naiveSoftmax(logits);
    const scores = ranking(logits)
      .slice(0, k)
      .map((id) => {
        const own = model.state([...tokens, id]);
        const similarities = tokens.map((_, i) => cosine(own, model.state(tokens.slice(0, i + 1))));
        return { id, score: (1 - alpha) * probabilities[id]! - alpha * Math.max(...similarities) };
      });
    tokens.push(scores.reduce((best, s) => (s.score > best.score ? s : best)).id);
  }
  return tokens.slice(prompt.length);
}

describe('contrastiveSearch', () => {
  it('does what the formula says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 1, max: 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (seed, k, alpha) => {
          const model = representing(seed);
          const { tokens } = await contrastiveSearch(model, [0, 1], { maxNewTokens: 5, k, alpha });
          expect(tokens).toEqual(naive(model, [0, 1], 5, k, alpha));
        },
      ),
      { ...PROPERTY, numRuns: 60 },
    );
  });

  it('with alpha 0 or k 1 is greedy', async () => {
    const model = representing(5);
    const greedy = await greedySearch(model, [0], { maxNewTokens: 6 });
    expect(await contrastiveSearch(model, [0], { maxNewTokens: 6, k: 5, alpha: 0 })).toMatchObject(greedy);
    expect(await contrastiveSearch(model, [0], { maxNewTokens: 6, k: 1, alpha: 0.9 })).toMatchObject(greedy);
  });

  it('reads the k candidates of a step in one call', async () => {
    const model = representing(5);
    await contrastiveSearch(model, [0], { maxNewTokens: 4, k: 3, alpha: 0.5 });
    expect(model.calls).toBe(1 + 4);
    expect(model.read).toBe(1 + 4 * 3);
  });

  it('says what a model lacks that shows no hidden states', async () => {
    const model = new FunctionModel(['a'], () => [0]);
    await expect(contrastiveSearch(model, [0], { maxNewTokens: 1, k: 1, alpha: 0.5 })).rejects.toThrow(
      'Function does not show its hidden states, which contrastive search compares. Choose a GPT-2 model.',
    );
  });

  it('stops between tokens', async () => {
    const controller = new AbortController();
    const found = await contrastiveSearch(representing(5), [0], {
      maxNewTokens: 9,
      k: 2,
      alpha: 0.5,
      signal: controller.signal,
      onStep: ({ step }) => {
        if (step === 2) controller.abort();
      },
    });
    expect(found).toMatchObject({ end: 'stopped', tokens: { length: 2 } });
  });

  it.each([
    [{ k: 0, alpha: 0.5 }, /k is 0/],
    [{ k: 2, alpha: 1.5 }, /alpha is 1.5; it must be from 0 to 1/],
  ])('%j is refused', async (options, message) => {
    await expect(contrastiveSearch(representing(1), [0], { maxNewTokens: 1, ...options })).rejects.toThrow(
      message,
    );
  });
});
