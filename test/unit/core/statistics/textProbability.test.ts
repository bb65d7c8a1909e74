import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { softmax } from '../../../../src/core/logits';
import { textProbability, wordForms } from '../../../../src/core/statistics/textProbability';
import { TOY_DEFAULT, ToyModel } from '../../../../src/core/toyModel';
import { PROPERTY } from '../generators';
import { FunctionModel, hashLogits } from '../search/models';

const TOKENS = ['p', 'i', 'pi', 'z', 'za', 'izz', ' ', ' p', ' pizza', 'pizza', 's', ' pizzas'];

/** Sums over every sequence of as many tokens as the longest target has characters: more are never needed. */
function byListing(model: FunctionModel, prompt: readonly number[], targets: readonly string[]): number {
  const longest = Math.max(...targets.map((target) => target.length));
  const walk = (tokens: readonly number[], probability: number): number => {
    const text = model.decode(tokens);
    if (targets.some((target) => text.startsWith(target))) return probability;
    if (tokens.length === longest || !targets.some((target) => target.startsWith(text))) return 0;
    return softmax(model.logits([...prompt, ...tokens])).reduce(
      (sum, p, id) => sum + walk([...tokens, id], probability * p),
      0,
    );
  };
  return walk([], 1);
}

describe('textProbability', () => {
  it('agrees with listing every sequence of tokens, for any targets', async () => {
    const target = fc.constantFrom('pizza', ' pizza', 'pi', 'p', 'pizzas', ' p', 'zz', 'piz');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 100_000 }),
        fc.array(target, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 20 }),
        async (seed, targets, batch) => {
          const model = new FunctionModel(TOKENS, hashLogits(seed, TOKENS.length));
          const found = await textProbability(model, [0], targets, { batch });
          expect(found.unexplored).toBe(0);
          expect(found.probability).toBeCloseTo(byListing(model, [0], targets), 10);
        },
      ),
      { ...PROPERTY, numRuns: 80 },
    );
  });

  it('sums " pizza", "pizza" and "p" + "izza" and tells them apart', async () => {
    const tokens = [' pizza', 'pizza', 'p', 'izza', ' pizzas'];
    // After "p", "izza" has probability one half; elsewhere all five are equal.
    const model = new FunctionModel(tokens, (context) =>
      context.at(-1) === 2 ? [0, 0, 0, Math.log(4), 0] : [0, 0, 0, 0, 0],
    );
    const found = await textProbability(model, [0], wordForms('pizza'));
    expect(found.probability).toBeCloseTo(0.2 + 0.2 + 0.2 + 0.2 * 0.5, 6);
    expect(found.nextToken).toBeCloseTo(0.6, 6);
    expect(found.exact).toBeCloseTo(0.5, 6);
    expect(found.paths.map(({ tokens: path }) => path)).toContainEqual([2, 3]);
    expect(found.paths.find(({ tokens: path }) => path[0] === 4)).toMatchObject({ beyond: true, target: 0 });
  });

  it('of a toy word is its probability', async () => {
    const model = new ToyModel(TOY_DEFAULT);
    const found = await textProbability(model, [], wordForms('burger'));
    // exp(1.5) over the sum of all five.
    expect(found.probability).toBeCloseTo(0.286448492246917, 7);
    expect(found.read).toBe(0);
  });

  it('with a budget too small brackets the truth', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 0, max: 6 }),
        async (seed, budget) => {
          const model = new FunctionModel(TOKENS, hashLogits(seed, TOKENS.length));
          const { probability, unexplored, read } = await textProbability(model, [0], ['pizza'], {
            budget,
            batch: 2,
          });
          const truth = byListing(model, [0], ['pizza']);
          expect(probability).toBeLessThanOrEqual(truth + 1e-12);
          expect(probability + unexplored).toBeGreaterThanOrEqual(truth - 1e-12);
          expect(read).toBeLessThanOrEqual(budget);
        },
      ),
      { ...PROPERTY, numRuns: 60 },
    );
  });

  it('works on characters of several bytes that tokens split', async () => {
    // "é" is two bytes; a model may write it in one token or in two.
    const model = new FunctionModel(['é', 'x', 'y'], () => [0, 0, 0]);
    const bytes = [...new TextEncoder().encode('é')];
    Object.assign(model.vocabulary, {
      bytes: Uint8Array.from([...bytes, ...bytes]),
      offsets: Uint32Array.from([0, 2, 3, 4]),
    });
    const { probability } = await textProbability(model, [0], ['é']);
    expect(probability).toBeCloseTo(1 / 3 + 1 / 9, 6);
  });

  it('counts what does not fit the context as unexplored', async () => {
    const model = new FunctionModel(['a', 'b'], () => [0, 0], { contextLength: 2 });
    const { probability, unexplored } = await textProbability(model, [0], ['aaa']);
    expect(probability).toBe(0);
    expect(unexplored).toBeCloseTo(0.25, 12);
  });

  it('stops between calls', async () => {
    const model = new FunctionModel(TOKENS, hashLogits(1, TOKENS.length));
    const controller = new AbortController();
    const found = await textProbability(model, [0], [' pizzas'], {
      batch: 1,
      signal: controller.signal,
      onStep: ({ read }) => {
        if (read === 2) controller.abort();
      },
    });
    expect(found.read).toBe(2);
    expect(found.unexplored).toBeGreaterThan(0);
  });

  it.each([
    [[], {}, /no target/],
    [['a', ''], {}, /A target text is empty/],
    [['a'], { budget: -1 }, /budget is -1/],
    [['a'], { batch: 0 }, /batch is 0/],
  ])('%j %j is refused', async (targets, options, message) => {
    const model = new FunctionModel(['a'], () => [0]);
    await expect(textProbability(model, [0], targets, options)).rejects.toThrow(message);
  });
});
