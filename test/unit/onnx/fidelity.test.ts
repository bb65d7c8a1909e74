import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../src/core/languageModel';
import { argmax, logSoftmax, softmax } from '../../../src/core/logits';
import { klDivergence } from '../../../src/core/statistics/divergence';
import { ToyModel, TOY_DEFAULT } from '../../../src/core/toyModel';
import { fidelity as experiment, measureFidelity } from '../../../src/experiments/fidelity';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';

const TINY = { id: 'tiny', name: 'tiny', directory: 'test/fixtures/oracles/gpt2-tiny/plain-names' };
// Three windows of the tiny model's 24 tokens.
const TOKENS = Array.from({ length: 40 }, (_, i) => (i * i * 7 + 3) % 101);
let whole: LanguageModel;
let other: LanguageModel;

beforeAll(async () => {
  whole = await loadGpt2(TINY);
  other = await loadGpt2({ ...TINY, directory: TINY.directory.replace('plain', 'prefixed') });
});
afterAll(async () => {
  await whole.dispose();
  await other.dispose();
});

it('The experiment needs two models, and says so before it uses one', async () => {
  const none = (): never => {
    throw new Error('A model was asked for.');
  };
  const context = { emit: none, pause: none, signal: new AbortController().signal };
  const run = experiment.prepare({ text: 'a' });
  await expect(run({ count: 1, use: none }, context)).rejects.toThrow(RangeError);
  await expect(run({ count: 3, use: none }, context)).rejects.toThrow(/2 models.*given 3/);
});

describe('measureFidelity', () => {
  it('agrees with comparing every distribution', async () => {
    const fidelity = await measureFidelity(whole, other, TOKENS);
    const divergences: number[] = [];
    let same = 0;
    let loss = 0;
    for (let at = 1; at < TOKENS.length; at++) {
      // Windows of 24 tokens begin every 12; a token is scored in the first that reaches it.
      const start = Math.max(0, Math.ceil((at - 24) / 12)) * 12;
      const context = { tokens: TOKENS.slice(start, at) };
      const [p] = await whole.next([context]);
      const [q] = await other.next([context]);
      divergences.push(klDivergence(softmax(p!.logits), softmax(q!.logits)));
      if (argmax(p!.logits) === argmax(q!.logits)) same++;
      loss -= logSoftmax(q!.logits)[TOKENS[at]!]!;
    }
    const count = TOKENS.length - 1;
    const mean = divergences.reduce((a, b) => a + b, 0) / count;
    expect(fidelity.tokens).toBe(count);
    expect(fidelity.meanDivergence).toBeCloseTo(mean, 3);
    expect(fidelity.largestDivergence).toBeCloseTo(Math.max(...divergences), 3);
    expect(fidelity.sameBest).toBeCloseTo(same / count, 1);
    expect(Math.log(fidelity.perplexity)).toBeCloseTo(loss / count, 3);
  });

  it('finds a model equal to itself', async () => {
    const twin = await loadGpt2(TINY);
    const told: number[] = [];
    const fidelity = await measureFidelity(whole, twin, TOKENS, { onProgress: (done) => told.push(done) });
    expect(fidelity).toMatchObject({ meanDivergence: 0, largestDivergence: 0, sameBest: 1 });
    expect(fidelity.perplexity).toBe(fidelity.referencePerplexity);
    expect(told.at(-1)).toBe(TOKENS.length - 1);
    await twin.dispose();
  });

  it('stops when asked to', async () => {
    const stop = new AbortController();
    const measuring = measureFidelity(whole, other, TOKENS, {
      signal: stop.signal,
      onProgress: () => {
        stop.abort(new Error('stopped here'));
      },
    });
    await expect(measuring).rejects.toThrow('stopped here');
  });

  it('ends when one of the models fails', async () => {
    const lost = await loadGpt2(TINY);
    await lost.dispose();
    await expect(measureFidelity(lost, other, TOKENS)).rejects.toThrow(/unloaded/);
    await expect(measureFidelity(whole, lost, TOKENS)).rejects.toThrow(/unloaded/);
  });

  it('refuses what cannot be compared, in a sentence', async () => {
    await expect(measureFidelity(whole, other, [1])).rejects.toThrow(/has 1 token; at least 2/);
    await expect(measureFidelity(whole, new ToyModel(TOY_DEFAULT), TOKENS)).rejects.toThrow(/cannot/);
  });
});
