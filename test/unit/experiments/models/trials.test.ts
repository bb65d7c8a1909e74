/** Several trials of Models, on models so small that their figures can be computed by hand. */
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../../src/core/random';
import type { ScoreOptions, TextScores } from '../../../../src/core/languageModel';
import type { MemoryOfModels, ModelAccess } from '../../../../src/experiments/kit/experiment';
import { models as experiment } from '../../../../src/experiments/models';
import { modelsParameters } from '../../../../src/experiments/models/parameters';
import type { ModelsResult } from '../../../../src/experiments/models/result';
import { firstDifference } from '../../../../src/experiments/report/compare';
import { toCsv } from '../../../../src/experiments/report/csv';
import { toMarkdown } from '../../../../src/experiments/report/markdown';
import { heldSentence, modelsReport } from '../../../../src/experiments/models/report';
import { TableModel } from '../tableModel';

const LENGTH = 20;

/** After every token `b` has the probability `p`, and `a` has the rest. */
class Coin extends TableModel {
  /** Called before a text is scored. */
  onScore: () => void = () => undefined;

  constructor(
    name: string,
    readonly p: number,
  ) {
    const row = [Math.log(1 - p), Math.log(p)];
    const bias = Array.from({ length: LENGTH }, () => [0, 0]);
    super({ vocab_size: 2, eos: 0, start: row, table: [row, row], position_bias: bias }, null);
    Object.assign(this.info, { name });
  }

  async score(tokens: readonly number[], { signal }: ScoreOptions = {}): Promise<TextScores> {
    this.onScore();
    signal?.throwIfAborted();
    const own = tokens.map((id) => Math.log(id === 1 ? this.p : 1 - this.p));
    return {
      logProbabilities: Float64Array.from([NaN, ...own.slice(1)]),
      ranks: new Int32Array(tokens.length),
      entropies: new Float64Array(tokens.length),
      alternatives: { count: 0, ids: new Int32Array(), logProbabilities: new Float64Array() },
    };
  }
}

const coins = (): [Coin, Coin] => [new Coin('even', 0.5), new Coin('bent', 0.75)];

function run(
  list: readonly Coin[],
  change: object = {},
  memory?: MemoryOfModels,
  signal = new AbortController().signal,
): Promise<ModelsResult> {
  const access: ModelAccess = {
    count: list.length,
    use: (index, action) => action(list[index]!),
    ...(memory && { memory: () => memory }),
  };
  const parameters = { prompt: 'a', chain: [], trials: 3, samples: 2, maxNewTokens: 4, seed: 7 };
  return experiment.compare(access, modelsParameters.parse({ ...parameters, ...change }), {
    signal,
    pause: () => Promise.resolve(),
    emit: () => undefined,
  });
}

/** What the coin shows: `b` where the stream's number is above the probability of `a`. */
function tossed(p: number, seed: number, sample: number): number[] {
  const stream = randomStream(seed, 'sample', sample);
  return Array.from({ length: 4 }, () => (stream.next() < 1 - p ? 0 : 1));
}

describe('Trials', () => {
  it('draw with the seeds that follow the first, the same for all models', async () => {
    const { models } = await run(coins());
    for (const [model, p] of [0.5, 0.75].entries()) {
      const { trials } = models[model]!;
      expect(trials.map(({ seed }) => seed)).toEqual([7, 8, 9]);
      for (const { seed, texts } of trials) {
        expect(texts.map(({ ids }) => ids)).toEqual([tossed(p, seed, 0), tossed(p, seed, 1)]);
      }
    }
    const [first, second] = models[0]!.trials;
    expect(first!.texts).not.toEqual(second!.texts);
  });

  it('begin again at 0 after the largest seed', async () => {
    const { models } = await run(coins(), { seed: 0xffff_ffff, trials: 2 });
    expect(models[1]!.trials.map(({ seed }) => seed)).toEqual([0xffff_ffff, 0]);
    expect(models[1]!.trials[1]!.texts[0]!.ids).toEqual(tossed(0.75, 0, 0));
  });

  it('are each what a run with that seed alone gives', async () => {
    const all = await run(coins());
    for (const trial of [0, 1, 2]) {
      const alone = await run(coins(), { seed: 7 + trial, trials: 1 });
      for (const model of [0, 1]) {
        expect(all.models[model]!.trials[trial]).toEqual(alone.models[model]!.trials[0]);
      }
    }
  });

  it('have the figures that the texts give by hand', async () => {
    // Only the most probable token may be drawn: one writes aaaa, the other bbbb.
    const result = await run([new Coin('low', 0.25), new Coin('high', 0.75)], {
      chain: [{ sampler: 'top-k', k: 1 }],
      trials: 2,
    });
    const { models } = result;
    expect(modelsReport.summary(result)).toEqual(
      expect.arrayContaining([
        'Variety of the texts: low has 16.7 % ± 0 distinct pairs of tokens and a repetition of 83.3 % ± 0; high has 16.7 % ± 0 distinct pairs of tokens and a repetition of 83.3 % ± 0 (mean ± standard deviation over 2 trials).',
        'With the same random numbers, low and high wrote equally many distinct pairs in every trial.',
      ]),
    );
    for (const { trials } of models) {
      for (const { measures } of trials) {
        // Two texts of one letter: 1 of 8 tokens, 1 of 6 pairs; rep-2 is 2/3, rep-3 1/2, rep-4 0.
        expect(measures.distinct1).toBeCloseTo(1 / 8, 12);
        expect(measures.distinct2).toBeCloseTo(1 / 6, 12);
        expect(measures.repetition).toBeCloseTo(1 - (1 / 3) * (1 / 2), 12);
        expect(measures).toMatchObject({ diversity: 1 / 2, coherence: 1, selfBleu: 1 });
      }
    }
    const perplexities = models.map(({ trials }) => trials[1]!.perplexityOn);
    for (const reader of [0, 1]) {
      expect(perplexities[reader]![reader]).toBeCloseTo(4 / 3, 9);
      expect(perplexities[reader]![1 - reader]).toBeCloseTo(4, 9);
    }
  });

  it('have no pairs of tokens where there are none', async () => {
    // `b` ends a text, and comes first.
    const sure = new Coin('sure', 0.999_999_999);
    Object.assign(sure.info, { endOfText: [1] });
    const alone = await run([sure, sure], { samples: 1 });
    expect(alone.models[0]!.trials[0]!.measures).toMatchObject({ distinct1: 1, distinct2: null });
    expect(modelsReport.summary(alone).join(' ')).toContain('sure has no distinct pairs');
  });
});

describe('The report of several trials', () => {
  const table = (result: ModelsResult, id: string) =>
    modelsReport.tables(result).find((one) => one.id === id)!;

  it('gives mean, standard deviation, least and most of every figure', async () => {
    const result = await run(coins());
    // “bent” is surprised by ln 4 at every a and by ln 4/3 at every b.
    const byHand = result.models[0]!.trials.map(({ seed }) => {
      const ids = [...tossed(0.5, seed, 0), ...tossed(0.5, seed, 1)];
      const nats = ids.reduce((sum, id) => sum + Math.log(id === 1 ? 4 / 3 : 4), 0);
      return Math.exp(nats / ids.length);
    });
    const mean = (byHand[0]! + byHand[1]! + byHand[2]!) / 3;
    const squares = byHand.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
    const row = table(result, 'spread').rows.find(
      ([measure, model]) => measure === 'Perplexity on even’s' && model === 'bent',
    )!;
    const expected = [mean, Math.sqrt(squares / 2), Math.min(...byHand), Math.max(...byHand)];
    expect(new Set(byHand).size).toBeGreaterThan(1);
    for (const [i, value] of expected.entries()) expect(row[2 + i]).toBeCloseTo(value, 9);
    expect(modelsReport.summary(result).join('\n')).toMatch(
      /mean ± standard deviation over 3 trials[^]*in \d of 3 trials, and fewer in \d/,
    );
  });

  it('has one row per model and trial, and per text, in every export', async () => {
    const result = await run(coins());
    expect(table(result, 'trials').rows.map((row) => row.slice(0, 3))).toEqual([
      ['even', 1, 7],
      ['even', 2, 8],
      ['even', 3, 9],
      ['bent', 1, 7],
      ['bent', 2, 8],
      ['bent', 3, 9],
    ]);
    const texts = table(result, 'texts');
    expect(texts.rows).toHaveLength(2 * (1 + 3 * 2));
    const csv = toCsv(texts);
    const markdown = toMarkdown({
      ...{ title: 'Models', prompt: 'a', summary: [], pictures: [], conclusion: '', result },
      tables: modelsReport.tables(result),
    });
    const json = JSON.stringify(result);
    for (const [model, p] of [0.5, 0.75].entries()) {
      for (const seed of [7, 8, 9]) {
        const text = tossed(p, seed, 1)
          .map((id) => 'ab'[id])
          .join('');
        const name = ['even', 'bent'][model]!;
        expect(csv).toContain(`${name},${seed - 6},2,${text}`);
        expect(markdown).toMatch(new RegExp(`\\| ${name} \\| +${seed - 6} \\| 2 \\| ${text}`));
        expect(json).toContain(`"text":"${text}"`);
      }
    }
  });

  it('says nothing of a spread for one trial', async () => {
    const result = await run(coins(), { trials: 1 });
    const ids = modelsReport.tables(result).map(({ id }) => id);
    expect(ids).toContain('measures');
    expect(ids).not.toContain('spread');
    expect(modelsReport.summary(result).join()).not.toMatch(/±|trial/);
  });

  it('of a run and of its replay is the same, however fast the models were', async () => {
    const held = { models: [{ needed: 1e6, grown: 2e6 }], turns: null };
    const [first, second] = [await run(coins(), {}, held), await run(coins())];
    expect(firstDifference(first, second)).toBeNull();
  });
});

describe('How models were held', () => {
  const memory = (turns: MemoryOfModels['turns']): MemoryOfModels => ({
    models: [
      { needed: 3e9, grown: 2.5e9 },
      { needed: 7e9, grown: null },
    ],
    turns,
  });

  it.each([
    [null, /^even and bent ran one after the other and stayed in memory together \(an estimated 10,000 MB\)/],
    ['memory', /^even and bent do not fit in the free memory together .*10,000 MB.* took turns/],
    ['number', /^even and bent took turns, because only a few models are kept/],
  ] as const)('is told for %j', async (turns, sentence) => {
    const result = await run(coins(), {}, memory(turns));
    expect(heldSentence(result)).toMatch(sentence);
    // A user who waited for it to be loaded again is told why in the answer.
    expect(modelsReport.summary(result).includes(heldSentence(result)!)).toBe(turns !== null);
    const costs = modelsReport.tables(result).find(({ id }) => id === 'costs')!;
    const column = (name: string) => costs.rows.map((row) => row[costs.columns.indexOf(name)]);
    expect(column('Memory needed (estimate), MB')).toEqual([3000, 7000]);
    expect(column('Growth of the process (measured), MB')).toEqual([2500, null]);
  });

  it('is not told where nobody looked', async () => {
    expect(heldSentence(await run(coins()))).toBeNull();
  });
});

it('stops while a text is read, and says so', async () => {
  const stop = new AbortController();
  const list = coins();
  list[1].onScore = () => {
    stop.abort();
  };
  const result = await run(list, {}, undefined, stop.signal);
  expect(result).toMatchObject({ stopped: true, models: [], next: [] });
});
