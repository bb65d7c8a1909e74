import { describe, expect, it } from 'vitest';
import type { LossResult, PartLoss } from '../../../../src/experiments/loss/result';
import { excerpt, lossReport, windowsOf } from '../../../../src/experiments/loss/report';

const TEXT = 'The first passage is easy. The second one is very hard indeed. And a third.';

function part(losses: readonly number[], from: number, length: number): PartLoss {
  const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
  return {
    characters: losses.length * length,
    tokens: losses.length * 4 + 1,
    windows: losses.length,
    droppedWindows: 0,
    batches: losses.length,
    batchLosses: [...losses],
    loss,
    perplexity: Math.exp(loss),
    bitsPerCharacter: (loss / Math.LN2 / length) * 4,
    windowLosses: losses.map((value, index) => ({
      index,
      start: from + index * length,
      end: from + (index + 1) * length,
      loss: value,
      batch: index,
    })),
  };
}

const result = (published: LossResult['published'] = []): LossResult => ({
  experiment: 'loss',
  training: part([2, 4], 0, 26),
  validation: part([5], 62, 13),
  published,
  stopped: false,
  milliseconds: 1,
  provenance: {
    model: 'm',
    modelName: 'GPT-2 (124M)',
    fingerprint: 'f',
    precision: 'fp32',
    promptIds: [],
    promptTruncated: false,
    promptNotes: [],
    parameters: { text: TEXT, context: 4, stride: 4, batchSize: 1, trainRatio: 0.8 },
    seed: null,
    software: 's',
  },
});

describe('What the loss of a text says', () => {
  it('are both means, their difference as a factor, and the passages at either end', () => {
    const [answer, gap, bits, passages] = lossReport.summary(result());
    expect(answer).toBe(
      'GPT-2 (124M) has a training loss of 3 nats per token (perplexity 20.1) and a validation loss of 5 nats per token (perplexity 148).',
    );
    // e^2 is 7.389.
    expect(gap).toContain(
      'The validation part is harder by 2 nats per token: its tokens are on average 7.39 times less',
    );
    expect(bits).toContain('in the training part');
    expect(passages).toBe(
      'The hardest window begins with “And a third.” (5 nats) and the easiest with “The first passage is easy.” (2 nats).',
    );
  });

  it('compares with what was published for the same model, and not for another', () => {
    const reference = { parameters: 124_439_808, training: 3.75475, validation: 3.55962 };
    const known = lossReport.summary(
      result([
        { model: 'GPT-2 124M', ...reference, sameSize: true },
        { model: 'GPT-2 1558M', ...reference, sameSize: false },
      ]),
    );
    expect(known.filter((sentence) => sentence.startsWith('The losses published'))).toEqual([
      'The losses published for GPT-2 124M on this text are training 3.75475 (here 0.75 lower) and validation 3.55962 (here 1.4 higher).',
    ]);
  });

  it('has a row for every window, with the beginning of its passage', () => {
    const [, windows] = lossReport.tables(result());
    expect(windows!.rows.map((row) => row.slice(0, 3))).toEqual([
      ['training', 1, 2],
      ['training', 2, 4],
      ['validation', 1, 5],
    ]);
    expect(windows!.rows[0]!.at(-1)).toBe('The first passage is easy.');
    expect(windowsOf(result())).toHaveLength(3);
  });

  it('folds the white space of an excerpt and cuts it', () => {
    expect(excerpt(' a\n\n b ')).toBe('a b');
    expect(excerpt('x'.repeat(100))).toHaveLength(60);
  });
});
