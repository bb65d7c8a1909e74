import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  JobMemory,
  type CacheHandle,
  type LanguageModel,
  type NextToken,
} from '../../../src/core/languageModel';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';
import { depth } from '../depth';
import '../fixedSeed';

const TINY = 'test/fixtures/oracles/gpt2-tiny';
/** The longest context of those models. */
const CONTEXT = 24;

interface Reference {
  readonly logits: readonly {
    readonly input_ids: readonly number[][];
    readonly last_logits: readonly number[][];
  }[];
  readonly greedy: readonly { readonly prompt: number[]; readonly output: number[] }[];
}

function argmax(values: Float32Array): number {
  return values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe.each(['plain-names', 'prefixed-names'])('GPT-2 %s', (name) => {
  const reference = JSON.parse(readFileSync(`${TINY}/${name}/reference.json`, 'utf8')) as Reference;
  let model: LanguageModel;
  beforeAll(async () => {
    model = await loadGpt2({ id: name, name, directory: `${TINY}/${name}` });
  });
  afterAll(async () => {
    await model.dispose();
  });

  it("gives PyTorch's logits", async () => {
    for (const { input_ids, last_logits } of reference.logits) {
      const answers = await model.next(input_ids.map((tokens) => ({ tokens })));
      answers.forEach(({ logits }, i) => {
        expect(logits).toHaveLength(101);
        expect(largestDifference(logits, last_logits[i]!)).toBeLessThan(1e-4);
      });
    }
  });

  it.each([true, false])('continues greedily as PyTorch does, with cache %s', async (cached) => {
    for (const { prompt, output } of reference.greedy) {
      const tokens = [...prompt];
      let cache: CacheHandle | undefined;
      while (tokens.length < output.length) {
        const [answer] = await model.next([{ tokens: [...tokens], ...(cached && { cache }) }]);
        cache = answer!.cache;
        expect(cache.length).toBe(tokens.length);
        tokens.push(argmax(answer!.logits));
      }
      expect(tokens).toEqual(output);
    }
  });

  it('gives with a cache what it gives without', async () => {
    const sequence = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(sequence, fc.infiniteStream(fc.integer({ min: 1, max: 5 })), async (tokens, sizes) => {
        let cache: CacheHandle | undefined;
        let length = 0;
        while (length < tokens.length) {
          length = Math.min(tokens.length, length + (sizes.next().value as number));
          const part = tokens.slice(0, length);
          const [answer] = await model.next([{ tokens: part, cache }]);
          const [whole] = await model.next([{ tokens: part }]);
          expect(largestDifference(answer!.logits, whole!.logits)).toBeLessThan(1e-4);
          cache = answer!.cache;
        }
      }),
      { numRuns: 30 },
    );
  });

  it('keeps every cache usable, whatever is continued from it', async () => {
    const tokens = [3, 1, 4, 1, 5];
    const [start] = await model.next([{ tokens }]);
    const again = async (): Promise<Float32Array> =>
      (await model.next([{ tokens: [...tokens, 9], cache: start!.cache }]))[0]!.logits;
    const before = await again();
    for (const more of [[9, 2, 6], [7], [9], [8, 8]]) {
      const [branch] = await model.next([{ tokens: [...tokens, ...more], cache: start!.cache }]);
      await model.next([{ tokens: [...tokens, ...more, 5], cache: branch!.cache }]);
    }
    // Two continuations that run at the same time.
    await Promise.all([again(), model.next([{ tokens: [...tokens, 11, 12], cache: start!.cache }])]);
    expect(await again()).toEqual(before);
  });

  it('keeps the bits of every branch of a tree of continuations', async () => {
    interface Node {
      readonly tokens: readonly number[];
      readonly parent: Node | null;
      readonly answer: NextToken;
    }
    const id = fc.integer({ min: 0, max: 100 });
    // Which node is continued, and with what; those of one round run together, in calls side by side.
    const branch = fc.tuple(fc.nat(), fc.array(id, { minLength: 1, maxLength: 3 }));
    const call = fc.array(branch, { minLength: 1, maxLength: 6 });
    const round = fc.array(call, { minLength: 1, maxLength: 3 });
    const prompt = fc.array(id, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(prompt, fc.array(round, { minLength: 1, maxLength: 5 }), async (start, rounds) => {
        const [root] = await model.next([{ tokens: start }]);
        const nodes: Node[] = [{ tokens: start, parent: null, answer: root! }];
        for (const calls of rounds) {
          const known = nodes.length;
          const grown = await Promise.all(
            calls.map(async (branches) => {
              const parents = branches.map(([place, more]) => ({ parent: nodes[place % known]!, more }));
              const contexts = parents.map(({ parent, more }) => ({
                tokens: [...parent.tokens, ...more].slice(0, CONTEXT),
                cache: parent.answer.cache,
              }));
              const answers = await model.next(contexts);
              return answers.map((answer, i) => ({
                tokens: contexts[i]!.tokens,
                parent: parents[i]!.parent,
                answer,
              }));
            }),
          );
          nodes.push(...grown.flat());
        }
        for (const { tokens, parent, answer } of nodes) {
          const [again] = await model.next([{ tokens, cache: parent?.answer.cache }]);
          expect(again!.logits).toEqual(answer.logits);
          const [whole] = await model.next([{ tokens }]);
          expect(largestDifference(answer.logits, whole!.logits)).toBeLessThan(1e-4);
        }
      }),
      { numRuns: depth(15, 200) },
    );
  });

  it('gives the same bits in memory that is used again, by sequences of several batches', async () => {
    const memory = new JobMemory(7);
    const prompts = [
      [3, 1, 4],
      [1, 5, 9, 2],
    ];
    const answers = await model.next(
      prompts.map((tokens) => ({ tokens })),
      undefined,
      memory,
    );
    // Their caches are of different lengths, so that they are not continued in one run.
    let growing = prompts.map((tokens, i) => ({ tokens, cache: answers[i]!.cache }));
    for (const id of [6, 5, 3]) {
      const contexts = growing.map(({ tokens, cache }) => ({ tokens: [...tokens, id], cache }));
      const own = await model.next(contexts);
      const shared = await model.next(contexts, undefined, memory);
      expect(shared.map(({ logits }) => logits)).toEqual(own.map(({ logits }) => logits));
      expect(new Set(shared.map(({ logits }) => logits.buffer)).size).toBe(1);
      growing = contexts.map(({ tokens }, i) => ({ tokens, cache: shared[i]!.cache }));
    }
  });

  it('answers again for a context that the cache covers whole', async () => {
    const tokens = [3, 1, 4];
    const [first] = await model.next([{ tokens }]);
    const [again] = await model.next([{ tokens, cache: first!.cache }]);
    expect(largestDifference(again!.logits, first!.logits)).toBeLessThan(1e-4);
    const [one] = await model.next([{ tokens: [3] }]);
    const [oneAgain] = await model.next([{ tokens: [3], cache: one!.cache }]);
    expect(oneAgain!.logits).toEqual(one!.logits);
  });

  it('answers an empty batch with nothing', async () => {
    expect(await model.next([])).toEqual([]);
  });

  it('refuses contexts it cannot run, in a sentence', async () => {
    const [ok] = await model.next([{ tokens: [1, 2] }]);
    await expect(model.next([{ tokens: [1] }, { tokens: [] }])).rejects.toThrow(/Context 1 is empty/);
    await expect(model.next([{ tokens: new Array<number>(25).fill(1) }])).rejects.toThrow(
      /has 25 tokens, but .* holds at most 24; shorten/,
    );
    for (const id of [-1, 101, 1.5, NaN]) {
      await expect(model.next([{ tokens: [id] }])).rejects.toThrow(`has token id ${id}, but the ids`);
    }
    await expect(model.next([{ tokens: [1, 3, 4], cache: ok!.cache }])).rejects.toThrow(
      /cache of other tokens/,
    );
    await expect(model.next([{ tokens: [1], cache: ok!.cache }])).rejects.toThrow(/cache of other tokens/);
    await expect(model.next([{ tokens: [1, 2, 3], cache: { length: 2 } }])).rejects.toThrow(
      /cache of another model/,
    );
  });

  it('says that no text can be read without a tokenizer', () => {
    for (const text of ['!', 'Hello']) {
      expect(() => model.encode(text)).toThrow(
        /has no tokenizer, and with 101 tokens .* no text can be read/,
      );
    }
    expect(model.decode([0, 100])).toBe('<0><100>');
    expect(model.vocabulary.offsets).toHaveLength(102);
  });
});

describe('the bundled model', () => {
  it('reads text in pieces as it reads it at once', async () => {
    const model = await loadGpt2({ id: 'fireside', name: 'fireside', directory: 'models/fireside' });
    expect(model.info).toMatchObject({
      contextLength: 256,
      vocabularySize: 50257,
      endOfText: [50256],
      startOfText: 50256,
      parameters: 7259008,
    });
    const text = 'There was once a poor woodcutter who lived with his wife. '.repeat(20);
    const tokens = (await model.encode(text)).slice(0, 256);
    expect(tokens).toHaveLength(256);
    const [whole] = await model.next([{ tokens }]);
    let cache: CacheHandle | undefined;
    for (const length of [100, 101, 102, 250, 256]) {
      const [answer] = await model.next([{ tokens: tokens.slice(0, length), cache }]);
      cache = answer!.cache;
      if (length === 256) expect(largestDifference(answer!.logits, whole!.logits)).toBeLessThan(1e-4);
    }
    await model.dispose();
    await expect(model.next([{ tokens }])).rejects.toThrow(/unloaded/);
    await model.dispose();
  });
});
