import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel, ScoreOptions, TextScores } from '../../../../src/core/languageModel';
import { ToyModel, TOY_DEFAULT } from '../../../../src/core/toyModel';
import { loss } from '../../../../src/experiments/loss';
import { lossParameters } from '../../../../src/experiments/loss/parameters';
import { lossResultSchema, type LossEvent, type LossResult } from '../../../../src/experiments/loss/result';
import { isTheVerdict, THE_VERDICT_PATH } from '../../../../src/experiments/kit/theVerdict';
import { decodeText } from '../../../../src/extension/panel/decodeText';
import { loadGpt2 } from '../../../../src/onnx/loadGpt2';
import { TableModel } from '../tableModel';
import { isDeep } from '../../depth';

const BUNDLED = 'test/fixtures/oracles/bundled/fireside.json';

/** A model to which token i after token j has the log-probability -(i + j / 10 + 1). */
class PairModel extends TableModel implements LanguageModel {
  readonly seen: (readonly number[])[] = [];

  constructor() {
    const zeros = (n: number): number[] => Array.from({ length: n }, () => 0);
    super({ vocab_size: 5, eos: 0, start: [], table: [], position_bias: zeros(8).map(() => [0]) }, null);
  }

  async score(tokens: readonly number[], options: ScoreOptions = {}): Promise<TextScores> {
    options.signal?.throwIfAborted();
    this.seen.push(tokens);
    const logProbabilities = Float64Array.from(tokens, (id, i) =>
      i === 0 ? NaN : -(id + tokens[i - 1]! / 10 + 1),
    );
    return { logProbabilities } as unknown as TextScores;
  }
}

async function evaluate(
  model: LanguageModel,
  parameters: object,
  onEvent: (event: LossEvent) => void = () => undefined,
  signal = new AbortController().signal,
): Promise<LossResult> {
  const result = await loss.run(model, lossParameters.parse(parameters), {
    emit: onEvent,
    pause: async () => undefined,
    signal,
  });
  return v.parse(lossResultSchema, JSON.parse(JSON.stringify(result)));
}

/** Mean of -(id + before / 10 + 1) over the tokens of a text after its first. */
const pairLoss = (text: string): number => {
  const ids = Array.from(text, (letter) => letter.charCodeAt(0) - 97);
  return ids.slice(1).reduce((sum, id, i) => sum + id + ids[i]! / 10 + 1, 0) / (ids.length - 1);
};

describe('loss', () => {
  const TEXT = 'abcdeabcdebbccddeeaab' + 'edcbaedcb';
  const SETTINGS = { text: TEXT, trainRatio: 0.7, context: 4, stride: 4, batchSize: 2, shuffle: false };

  it('is the mean of the means of batches of windows, the last training batch dropped', async () => {
    const model = new PairModel();
    const result = await evaluate(model, SETTINGS);
    // 21 training tokens are 5 windows, of which the fifth fills no batch; 9 validation tokens are 2 windows.
    const windows = ['abcde', 'eabcd', 'debbc', 'ccdde'];
    const means = windows.map(pairLoss);
    expect(result.training).toMatchObject({
      characters: 21,
      tokens: 21,
      windows: 5,
      droppedWindows: 1,
      batches: 2,
    });
    expect(result.training.batchLosses[0]).toBeCloseTo((means[0]! + means[1]!) / 2, 12);
    expect(result.training.batchLosses[1]).toBeCloseTo((means[2]! + means[3]!) / 2, 12);
    const mean = means.reduce((a, b) => a + b, 0) / 4;
    expect(result.training.loss).toBeCloseTo(mean, 12);
    expect(result.training.perplexity).toBeCloseTo(Math.exp(mean), 8);
    // A token is a character here, so the bits per character are those per token.
    expect(result.training.bitsPerCharacter).toBeCloseTo(mean / Math.LN2, 12);
    const validation = ['edcba', 'aedcb'].map(pairLoss);
    expect(result.validation!.windowLosses.map((w) => w.loss)).toEqual(
      validation.map((value) => expect.closeTo(value, 12) as number),
    );
    expect(result.stopped).toBe(false);
  });

  it('gives an uneven last validation batch the weight of a batch, as the book does', async () => {
    const result = await evaluate(new PairModel(), { ...SETTINGS, trainRatio: 0.5 });
    // 15 for validation: windows at 0, 4 and 8; batches of 2 and of 1.
    const means = ['deeaa', 'abedc', 'cbaed'].map(pairLoss);
    expect(result.validation!.tokens).toBe(15);
    expect(result.validation!.loss).toBeCloseTo(((means[0]! + means[1]!) / 2 + means[2]!) / 2, 12);
  });

  it('says where in the text each window lies', async () => {
    const events: LossEvent[] = [];
    const result = await evaluate(new PairModel(), SETTINGS, (event) => events.push(event));
    const at = result.validation!.windowLosses.map(({ start, end }) => TEXT.slice(start, end));
    expect(at).toEqual(['dcba', 'edcb']);
    expect(events.map(({ done, total }) => [done, total])).toEqual([1, 2, 3, 4, 5, 6].map((i) => [i, 6]));
    expect(Array.from(events[0]!.ids)).toEqual([1, 2, 3, 4]);
    expect(events[0]!.logProbabilities).toHaveLength(4);
  });

  it('reads the same windows in another order when shuffled, and the same order for the same seed', async () => {
    const orders = await Promise.all(
      [1, 1, 2, 3, 4, 5].map(async (seed) => {
        const model = new PairModel();
        await evaluate(model, { ...SETTINGS, trainRatio: 1, text: TEXT.repeat(3), shuffle: true, seed });
        return model.seen.map((tokens) => tokens.join('')).join(' ');
      }),
    );
    expect(orders[1]).toBe(orders[0]);
    expect(new Set(orders).size).toBeGreaterThan(3);
  });

  it('has no validation part at a training ratio of 1', async () => {
    const result = await evaluate(new PairModel(), { ...SETTINGS, trainRatio: 1 });
    expect(result.validation).toBeNull();
    expect(result.training.windows).toBe(7);
  });

  it('keeps finished batches when it is stopped', async () => {
    const stop = new AbortController();
    const onEvent = ({ done }: LossEvent): void => {
      if (done === 3) stop.abort();
    };
    const result = await evaluate(new PairModel(), SETTINGS, onEvent, stop.signal);
    expect(result.stopped).toBe(true);
    expect(result.training.batchLosses).toHaveLength(1);
    expect(result.training.windowLosses).toHaveLength(2);
    expect(result.validation!.loss).toBeNull();
  });

  it('says how many tokens a text that is too short would need', async () => {
    const short = evaluate(new PairModel(), { ...SETTINGS, text: 'abcdeabcd' });
    await expect(short).rejects.toThrow(/training part .* 6 tokens, but a batch of 2 windows .* needs 9/);
    const validation = evaluate(new PairModel(), { ...SETTINGS, trainRatio: 0.95 });
    await expect(validation).rejects.toThrow(/validation part .* 2 tokens, but a window of 4 tokens needs 5/);
    await expect(evaluate(new PairModel(), { ...SETTINGS, text: '' })).rejects.toThrow(/0 tokens/);
  });

  it('refuses windows that are longer than the context of the model', async () => {
    await expect(evaluate(new PairModel(), { ...SETTINGS, context: 9 })).rejects.toThrow(
      /context length is 9, but Table reads at most 8/,
    );
  });

  it('refuses the toy, which predicts no text', async () => {
    await expect(evaluate(new ToyModel(TOY_DEFAULT), { text: 'pizza' })).rejects.toThrow(/Choose a GPT-2/);
  });
});

describe('parameters of loss', () => {
  it('are the book’s where they are left out', () => {
    expect(lossParameters.parse({ text: 'a' })).toEqual({
      text: 'a',
      trainRatio: 0.9,
      context: 256,
      stride: 256,
      batchSize: 2,
      shuffle: true,
      seed: 123,
    });
    expect(lossParameters.parse({ text: 'a', context: 4 }).stride).toBe(4);
  });

  it.each([
    [{ text: 7 }, /text is 7/],
    [{ text: 'a', context: 0 }, /context length is 0/],
    [{ text: 'a', stride: 1.5 }, /stride is 1.5/],
    [{ text: 'a', batchSize: -1 }, /batch size is -1/],
    [{ text: 'a', trainRatio: 0 }, /training ratio is 0/],
    [{ text: 'a', trainRatio: 1.01 }, /training ratio is 1.01/],
    [{ text: 'a', shuffle: 'yes' }, /Shuffle is "yes"/],
    [{ text: 'a', seed: -1 }, /seed is -1/],
    [null, /parameters of Loss/],
  ])('%j are refused', (parameters, message) => {
    expect(() => lossParameters.parse(parameters)).toThrow(message);
  });
});

describe('loss on The Verdict', () => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await loadGpt2({ id: 'fireside', name: 'fireside', directory: 'models/fireside' });
  });
  afterAll(() => model.dispose());

  interface Reference {
    readonly tokens: number;
    readonly windows: number;
    readonly batch_losses: readonly number[];
    readonly mean: number;
  }

  it.skipIf(!isDeep)('is that of the reference, with the published figures beside it', async () => {
    const text = readFileSync(THE_VERDICT_PATH, 'utf8');
    const { the_verdict_loss: expected } = JSON.parse(readFileSync(BUNDLED, 'utf8')) as {
      the_verdict_loss: { train: Reference; validation: Reference };
    };
    const result = await evaluate(model, { text, shuffle: false });
    for (const [own, reference] of [
      [result.training, expected.train],
      [result.validation!, expected.validation],
    ] as const) {
      expect([own.tokens, own.windows]).toEqual([reference.tokens, reference.windows]);
      own.batchLosses.forEach((batch, i) => {
        expect(batch).toBeCloseTo(reference.batch_losses[i]!, 3);
      });
      expect(Math.abs(own.loss! - reference.mean)).toBeLessThan(1e-4);
    }
    expect(result.published.map(({ training, validation }) => [training, validation])).toEqual([
      [3.75475, 3.55962],
      [3.30463, 3.11951],
    ]);
    expect(result.published.some(({ sameSize }) => sameSize)).toBe(false);
  });

  it('knows the text with the line ends of Windows, and no other', () => {
    const text = readFileSync(THE_VERDICT_PATH, 'utf8');
    expect(isTheVerdict(text)).toBe(true);
    // With CR LF it is other tokens, and the published losses are not its own; a file of them is read with LF.
    const windows = text.replaceAll('\n', '\r\n');
    expect(isTheVerdict(windows)).toBe(false);
    expect(decodeText(new TextEncoder().encode(windows))).toBe(text);
    expect(isTheVerdict(text.replace('Jack', 'Jock'))).toBe(false);
  });
});
