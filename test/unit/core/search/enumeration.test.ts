import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { enumerate } from '../../../../src/core/search/enumeration';
import { PROPERTY } from '../generators';
import { FunctionModel, hashLogits, listAll, models } from './models';

describe('enumerate', () => {
  it.each([null, 0])(
    'finds what listing everything finds, and proves it (end of text: %s)',
    async (endOfText) => {
      await fc.assert(
        fc.asyncProperty(
          models(5),
          fc.integer({ min: 1, max: 4 }),
          fc.integer({ min: 1, max: 12 }),
          fc.integer({ min: 1, max: 5 }),
          async (model, length, count, batch) => {
            const { continuations } = await enumerate(model, [1], {
              ...{ length, count, batch },
              endOfText: endOfText === null ? [] : [endOfText],
            });
            const expected = listAll(model, [1], length, endOfText).slice(0, count);
            expect(continuations).toHaveLength(expected.length);
            continuations.forEach(({ tokens, logProbability, proven }, i) => {
              expect(proven).toBe(true);
              // Equal hashes are too rare to be met; the order is then decided.
              expect(tokens).toEqual(expected[i]!.tokens);
              expect(logProbability).toBeCloseTo(expected[i]!.logProbability, 10);
            });
          },
        ),
        { ...PROPERTY, numRuns: 60 },
      );
    },
  );

  it('finds the sequence that greedy and narrow beams miss', async () => {
    // The best first token leads nowhere: a .5, b .4; after a all equal, after b one token is certain.
    const model = new FunctionModel(['a', 'b', 'c'], ([...context]) => {
      if (context.length === 1) return [0.5, 0.4, 0.1].map(Math.log);
      return context[1] === 1 ? [10, 0, 0] : [0, 0, 0];
    });
    const { continuations } = await enumerate(model, [0], { length: 2, count: 1 });
    expect(continuations[0]!.tokens).toEqual([1, 0]);
  });

  it('looks beyond the children it keeps at first, where a vocabulary is wide', async () => {
    const size = 300;
    // All first tokens are nearly equal, and only the last is followed by certainty.
    const model = new FunctionModel(
      Array.from({ length: size }, (_, id) => `${id} `),
      (context) =>
        Array.from({ length: size }, (_, id) =>
          context.length === 1 ? -0.0001 * id : context[1] === size - 1 && id === 5 ? 50 : 0,
        ),
    );
    const { continuations } = await enumerate(model, [0], { length: 2, count: 2 });
    expect(continuations[0]).toMatchObject({ tokens: [size - 1, 5], proven: true });
    const expected = listAll(model, [0], 2, null)[1]!;
    expect(continuations[1]!.logProbability).toBeCloseTo(expected.logProbability, 6);
  });

  it('with a budget too small gives its best and an honest bound', async () => {
    await fc.assert(
      fc.asyncProperty(models(6), fc.integer({ min: 1, max: 8 }), async (model, budget) => {
        const found = await enumerate(model, [0], { length: 4, count: 5, budget, batch: 3 });
        expect(found.read).toBeLessThanOrEqual(budget);
        const all = listAll(model, [0], 4, null);
        const proven = found.continuations.filter((c) => c.proven);
        proven.forEach(({ tokens }, i) => {
          expect(tokens).toEqual(all[i]!.tokens);
        });
        // Nothing that is not proven is more probable than the bound.
        expect(all[proven.length]!.logProbability).toBeLessThanOrEqual(found.bound + 1e-9);
      }),
      { ...PROPERTY, numRuns: 60 },
    );
  });

  it('stops when it is told to, keeping what is proven', async () => {
    const model = new FunctionModel(['a', 'b', 'c', 'd'], hashLogits(3, 4));
    const controller = new AbortController();
    let steps = 0;
    const found = await enumerate(model, [0], {
      length: 6,
      count: 50,
      batch: 1,
      signal: controller.signal,
      onStep: ({ read, bound }) => {
        expect(read).toBe(++steps);
        expect(bound).toBeLessThanOrEqual(0);
        if (steps === 7) controller.abort();
      },
    });
    expect(steps).toBe(7);
    expect(found.read).toBe(7);
  });

  it('closes a request to a server when it is stopped, and its bound still holds', async () => {
    const model = new FunctionModel(['a', 'b', 'c', 'd'], hashLogits(3, 4));
    const controller = new AbortController();
    let asked = 0;
    const server = { name: 'gpu1', address: 'http://gpu1', kind: 'vllm', version: '', listed: 4 } as const;
    const served: LanguageModel = {
      info: { ...model.info, server: { ...server, readsTexts: 'at once', chat: false } },
      vocabulary: model.vocabulary,
      encode: () => model.encode(),
      decode: (ids) => model.decode(ids),
      dispose: () => model.dispose(),
      next: async (contexts, signal) => {
        if (++asked < 3) return model.next(contexts);
        controller.abort();
        signal?.throwIfAborted();
        return model.next(contexts);
      },
    };
    const found = await enumerate(served, [0], { length: 3, count: 4, batch: 4, signal: controller.signal });
    expect(asked).toBe(3);
    const all = listAll(model, [0], 3, null);
    const proven = found.continuations.filter((each) => each.proven).length;
    expect(proven).toBeLessThan(4);
    expect(all[proven]!.logProbability).toBeLessThanOrEqual(found.bound + 1e-9);
    // What was not read is not counted as read.
    expect(found.read).toBe(5);
  });

  it.each([
    [{ length: 0, count: 1 }, /length is 0/],
    [{ length: 1, count: 1.5 }, /count is 1.5/],
    [{ length: 64, count: 1 }, /length is 64; with a prompt of 1 tokens it must be at most 63/],
    [{ length: 1, count: 1, budget: 0 }, /budget is 0/],
  ])('%j is refused', async (options, message) => {
    const model = new FunctionModel(['a', 'b'], () => [0, 0]);
    await expect(enumerate(model, [0], options)).rejects.toThrow(message);
  });
});
