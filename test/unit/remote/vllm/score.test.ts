import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel, TextScores } from '../../../../src/core/languageModel';
import { loss } from '../../../../src/experiments/loss';
import { surprisal } from '../../../../src/experiments/surprisal';
import { loadGpt2 } from '../../../../src/onnx/loadGpt2';
import { runExperiment } from '../../experiments/running';
import { hasReference } from '../referenceServer';
import { serve, type Served } from './served';

const TEXT = 'Once upon a time there was a king whose youngest son was called “Dummling”, and went out.';

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce(
    (most, x, i) => Math.max(most, Number.isNaN(x) && Number.isNaN(b[i]) ? 0 : Math.abs(x - b[i]!)),
    0,
  );

describe.skipIf(!hasReference)('a model that vLLM serves, given a text', () => {
  let local: LanguageModel;
  let served: Served;
  beforeAll(async () => {
    [local, served] = await Promise.all([
      loadGpt2({ id: 'kindling', name: 'kindling', directory: 'models/kindling' }),
      serve('models/kindling', 20),
    ]);
  });
  afterAll(async () => {
    await Promise.all([local.dispose(), served.server.stop()]);
  });

  const both = async (
    tokens: readonly number[],
    options: Parameters<NonNullable<LanguageModel['score']>>[1],
  ): Promise<[TextScores, TextScores]> =>
    Promise.all([local.score!(tokens, options), served.model.score!(tokens, options)]);

  it('has its log-probabilities, ranks and alternatives, in one request', async () => {
    const tokens = await served.model.encode(TEXT);
    served.asked();
    const [here, there] = await both(tokens, { alternatives: 4, from: 3 });
    expect(served.asked()).toHaveLength(1);
    expect(largest(here.logProbabilities, there.logProbabilities)).toBeLessThan(1e-4);
    expect([...there.ranks]).toEqual([...here.ranks]);
    expect([...there.alternatives.ids]).toEqual([...here.alternatives.ids]);
    expect(largest(here.alternatives.logProbabilities, there.alternatives.logProbabilities)).toBeLessThan(
      1e-4,
    );
    expect(there.entropies.every(Number.isNaN)).toBe(true);
  });

  it('is read in windows where it is longer than the context, as here, and told of window by window', async () => {
    const short = await serve('models/kindling', 20, { contextLength: 8 });
    const tokens = Array.from({ length: 14 }, (_, i) => (i * 7919) % 50_000);
    const told: [number, number][] = [];
    const there = await short.model.score!(tokens, {
      ...{ overlap: 3, alternatives: 1 },
      onScored: (_scores, from, to) => void told.push([from, to]),
    });
    expect(short.asked()).toHaveLength(3);
    await short.server.stop();
    // A prompt of 7 tokens predicts an 8th.
    expect(told).toEqual([
      [1, 8],
      [8, 12],
      [12, 14],
    ]);
    for (const [i, [from, to]] of told.entries()) {
      const start = 4 * i;
      const here = await local.score!(tokens.slice(start, start + 8), { alternatives: 1 });
      const part = (x: Float64Array | Int32Array, by: number): number[] => [...x.slice(from - by, to - by)];
      const mine = part(here.logProbabilities, start);
      expect(mine).toHaveLength(to - from);
      expect(largest(mine, part(there.logProbabilities, 0))).toBeLessThan(1e-4);
      expect(part(there.alternatives.ids, 0)).toEqual(part(here.alternatives.ids, start));
    }
  });

  it('has as many alternatives as the server lists, of which the others are not known', async () => {
    const there = await served.model.score!([5, 6, 7], { alternatives: 30 });
    expect([...there.alternatives.ids.slice(30, 60)].map((id) => id >= 0)).toEqual(
      Array.from({ length: 30 }, (_, i) => i < 20),
    );
    expect(there.alternatives.logProbabilities[30 + 20]).toBeNaN();
  });

  it('gives no logits, and refuses what is no text', async () => {
    await expect(served.model.score!([5, 6], { onLogits: () => undefined })).rejects.toThrow(
      'The logits of a whole text cannot be had from kindling',
    );
    await expect(served.model.score!([])).rejects.toThrow('The text is empty');
    await expect(served.model.score!([5, -1])).rejects.toThrow('token id -1');
    await expect(served.model.score!([5, 6], { alternatives: 101 })).rejects.toThrow('alternatives is 101');
  });

  it('is as surprising in the experiment as here', async () => {
    const parameters = { text: TEXT, from: 0, to: TEXT.length, alternatives: 5, known: [] };
    const [here, there] = [
      await runExperiment(surprisal, local, parameters),
      await runExperiment(surprisal, served.model, parameters),
    ];
    expect(there.result.tokens).toBe(here.result.tokens);
    expect(Math.abs(there.result.meanSurprisal - here.result.meanSurprisal)).toBeLessThan(1e-4);
    expect(there.result.rankHistogram).toEqual(here.result.rankHistogram);
  });

  it('has the loss of the experiment here', async () => {
    const parameters = {
      ...{ text: TEXT, context: 8, stride: 8, batchSize: 1 },
      ...{ trainRatio: 0.5, shuffle: false, seed: 1 },
    };
    const [here, there] = [
      await runExperiment(loss, local, parameters),
      await runExperiment(loss, served.model, parameters),
    ];
    for (const part of ['training', 'validation'] as const) {
      const mine = here.result[part]!.loss!;
      expect(Math.abs(there.result[part]!.loss! - mine)).toBeLessThan(1e-4);
    }
  });
});
