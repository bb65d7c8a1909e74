import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { TOY_DEFAULT, ToyModel } from '../../../../src/core/toyModel';
import type { ModelAccess } from '../../../../src/experiments/kit/experiment';
import { models as experiment } from '../../../../src/experiments/models';
import { modelsParameters } from '../../../../src/experiments/models/parameters';
import { modelsResultSchema, type ModelsResult } from '../../../../src/experiments/models/result';
import { modelsReport } from '../../../../src/experiments/models/report';
import { loadGpt2 } from '../../../../src/onnx/loadGpt2';
import { isDeep } from '../../depth';
import { writeByteGpt2 } from '../../training/randomGpt2';
import { distribution, ranked, rawLogits, slowSample } from '../slowPath';

const PROMPT = 'Once upon a time';
const defaults = {
  prompt: PROMPT,
  chain: [{ sampler: 'temperature', temperature: 0.8 }],
  trials: 1,
  samples: 2,
  maxNewTokens: 6,
  seed: 42,
  reference: 'The fox looked at the moon.',
};

let folder: string;
let whole: LanguageModel;
let rough: LanguageModel;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'decoding-lab-'));
  // Every figure is computed the slow way too, which takes its time with as many tokens as GPT-2 has.
  if (!isDeep) await writeByteGpt2(folder);
  const directory = isDeep ? 'models/fireside' : folder;
  whole = await loadGpt2({ id: 'whole', name: 'whole', directory });
  // The same model with its weights in 4 bits: near, and yet another one.
  rough = await loadGpt2(
    { id: 'rough', name: 'rough', directory },
    { precision: 'int4', cacheDirectory: folder },
  );
});
afterAll(async () => {
  await whole.dispose();
  await rough.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function access(list: readonly LanguageModel[], used: number[] = []): ModelAccess {
  let busy = false;
  return {
    count: list.length,
    async use(index, action) {
      // Models that do not fit together must never be wanted at the same time.
      expect(busy).toBe(false);
      busy = true;
      used.push(index);
      try {
        return await action(list[index]!);
      } finally {
        busy = false;
      }
    },
  };
}

function run(
  list: readonly LanguageModel[],
  change: object = {},
  used: number[] = [],
): Promise<ModelsResult> {
  return experiment.compare(access(list, used), modelsParameters.parse({ ...defaults, ...change }), {
    signal: new AbortController().signal,
    pause: () => Promise.resolve(),
    emit: () => undefined,
  });
}

describe('Two models', () => {
  it('write what each writes alone, with the same random numbers, and read each other as the raw logits say', async () => {
    const used: number[] = [];
    const result = await run([whole, rough], {}, used);
    // Each is needed twice: to write, and to read. The last that wrote reads first, without being loaded again.
    expect(used).toEqual([0, 1, 1, 0]);
    const ids = await whole.encode(PROMPT);
    for (const [author, model] of [whole, rough].entries()) {
      for (const [sample, text] of result.models[author]!.trials[0]!.texts.entries()) {
        const slow = await slowSample(model, ids, defaults.maxNewTokens, [42, sample], (logits) =>
          distribution(logits, 0.8),
        );
        expect(text.ids).toEqual(slow.ids);
        for (const [reader, other] of [whole, rough].entries()) {
          for (let i = 0; i < text.ids.length; i++) {
            const logits = await rawLogits(other, [...ids, ...text.ids.slice(0, i)]);
            expect(text.probabilities[reader]![i]).toBeCloseTo(distribution(logits)[text.ids[i]!]!, 5);
          }
        }
      }
    }
  });

  it('are as far apart as the sum over the whole vocabulary says', async () => {
    const { pairs, models } = await run([whole, rough]);
    const ids = await whole.encode(PROMPT);
    const p = distribution(await rawLogits(whole, ids));
    const q = distribution(await rawLogits(rough, ids));
    const kl = (a: number[], b: number[]): number =>
      a.reduce((sum, value, i) => sum + (value > 0 ? value * Math.log(value / b[i]!) : 0), 0);
    const middle = p.map((value, i) => (value + q[i]!) / 2);
    expect(pairs[0]!.divergence).toBeCloseTo(kl(p, q), 6);
    expect(pairs[0]!.reverse).toBeCloseTo(kl(q, p), 6);
    expect(pairs[0]!.jensenShannon).toBeCloseTo((kl(p, middle) + kl(q, middle)) / 2, 6);
    const best = new Set(ranked(q, 1e-4).slice(0, 10));
    expect(
      ranked(p, 1e-4)
        .slice(0, 10)
        .filter((id) => best.has(id)),
    ).toHaveLength(pairs[0]!.overlap);
    const [first, second] = models.map(({ greedy }) => greedy.ids);
    const position = first!.findIndex((id, i) => id !== second![i]);
    expect(pairs[0]!.parts?.position ?? -1).toBe(position);
  });

  it('have the perplexities that the probabilities of their texts give', async () => {
    const { models } = await run([whole, rough]);
    for (const [reader, model] of models.entries()) {
      for (const [author, { trials }] of models.entries()) {
        const all = trials[0]!.texts.flatMap(({ probabilities }) => probabilities[reader]!);
        const mean = all.reduce((sum, p) => sum - Math.log(p), 0) / all.length;
        expect(model.trials[0]!.perplexityOn[author]! / Math.exp(mean)).toBeCloseTo(1, 9);
      }
    }
  });

  it('that are the same agree in everything', async () => {
    const { pairs, models } = await run([whole, whole]);
    expect(pairs[0]).toMatchObject({ divergence: 0, jensenShannon: 0, overlap: 10, parts: null });
    expect(models[0]!.trials[0]!.texts).toEqual(models[1]!.trials[0]!.texts);
  });

  it('give plain JSON, and a report with every text', async () => {
    const result = await run([whole, rough]);
    expect(v.parse(modelsResultSchema, JSON.parse(JSON.stringify(result)))).toEqual(result);
    const texts = modelsReport.tables(result).find(({ id }) => id === 'texts')!;
    expect(texts.rows).toHaveLength(2 * 3);
    expect(modelsReport.summary(result)[0]).toContain('whole and rough share');
  });
});

describe('Refuses', () => {
  it('one model alone', async () => {
    await expect(run([whole])).rejects.toThrow(/second one/);
  });

  it('a model whose logits do not depend on the text', async () => {
    await expect(run([whole, new ToyModel(TOY_DEFAULT)])).rejects.toThrow(/Choose a GPT-2/);
  });

  it.each([
    [{ samples: 0 }, /samples is 0/],
    [{ trials: 0 }, /trials is 0/],
    [{ trials: 17 }, /trials is 17.*16/],
    [{ trials: 16, samples: 16, maxNewTokens: 200 }, /51,200 tokens per model; the limit is 20,000/],
    [{ maxNewTokens: 1000 }, /1000/],
    [{ reference: 'x'.repeat(200_001) }, /200,001/],
  ])('%#', (change, sentence) => {
    expect(() => modelsParameters.parse({ ...defaults, ...change })).toThrow(sentence);
  });
});

it('stops between tokens and says so', async () => {
  const stop = new AbortController();
  const result = await experiment.compare(access([whole, rough]), modelsParameters.parse(defaults), {
    signal: stop.signal,
    pause: () => Promise.resolve(),
    emit: ({ done }) => {
      if (done >= 3) stop.abort();
    },
  });
  expect(result.stopped).toBe(true);
  expect(result.models).toEqual([]);
});
