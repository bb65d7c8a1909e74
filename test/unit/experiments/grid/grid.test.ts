import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { TOY_DEFAULT, ToyModel } from '../../../../src/core/toyModel';
import { explore } from '../../../../src/experiments/explore';
import { gridParameters } from '../../../../src/experiments/grid/parameters';
import { grid } from '../../../../src/experiments/grid';
import { AXIS_CHOICES } from '../../../../src/experiments/grid/axes';
import {
  gridEventSchema,
  gridResultSchema,
  growGrid,
  isGrowing,
  type GridCell,
  type GridEvent,
  type GridResult,
} from '../../../../src/experiments/grid/result';
import * as v from 'valibot';
import { fixture, loadFireside, runExperiment } from '../running';
import {
  distribution,
  entropyOf,
  rawLogits,
  slowDistinct,
  slowRepetition,
  slowSample,
  topK,
} from '../slowPath';
import { TableModel, type Table } from '../tableModel';
import { depth } from '../../depth';

interface SeedFile {
  readonly temperature_top_k_grid: readonly {
    readonly T: number;
    readonly k: number;
    readonly probs: readonly number[];
    readonly entropy_nats: number;
    readonly perplexity: number;
    readonly expected_distinct_10: number;
    readonly p_greedy_is_mode_10: {
      readonly unique_mode: number;
      readonly among_modes: number;
      readonly ties_broken_uniformly: number;
    };
  }[];
}

const TEMPERATURES = { sampler: 'temperature', parameter: 'temperature' };
const TOP_K = { sampler: 'top-k', parameter: 'k' };
const TOP_P = { sampler: 'top-p', parameter: 'p' };

const defaults = {
  prompt: '',
  rows: { ...TEMPERATURES, values: [0.5, 1, 1.5] },
  columns: { ...TOP_K, values: [2, 3, 5] },
  samples: 8,
  maxNewTokens: 12,
  seed: 42,
};

const run = async (model: LanguageModel, change: Partial<typeof defaults>): Promise<GridResult> =>
  (await runExperiment(grid, model, { ...defaults, ...change })).result;

const at = ({ cells, columns }: GridResult, row: number, column: number): GridCell =>
  cells[row * columns.values.length + column]!;

/** Probabilities by the toy's token id. */
function byId({ top }: GridCell): number[] {
  const found: number[] = [];
  for (const { token, processed } of top) found[token.id] = processed!;
  return found;
}

/** Expected share of the most common token, over every way that ten draws can be divided among the tokens. */
function slowCoherence(probabilities: readonly number[], draws: number): number {
  const walk = (index: number, left: number, weight: number, most: number): number => {
    const p = probabilities[index]!;
    if (index === probabilities.length - 1) return weight * p ** left * Math.max(most, left);
    let sum = 0;
    let choose = 1;
    for (let count = 0; count <= left; count++) {
      sum += walk(index + 1, left - count, weight * choose * p ** count, Math.max(most, count));
      choose = (choose * (left - count)) / (count + 1);
    }
    return sum;
  };
  return walk(0, draws, 1, 0) / draws;
}

describe('Grid on the toy vocabulary', () => {
  const references = (fixture('seed/seed-exercises.json') as SeedFile).temperature_top_k_grid;

  it.each(references)('agrees with the reference at T $T, k $k', async ({ T, k, ...reference }) => {
    const result = await run(new ToyModel(TOY_DEFAULT), {
      rows: { ...TEMPERATURES, values: [T] },
      columns: { ...TOP_K, values: [k] },
      samples: 0,
    });
    const cell = at(result, 0, 0);
    const probabilities = byId(cell);
    reference.probs.forEach((p, id) => {
      expect(Math.abs(probabilities[id]! - p)).toBeLessThan(1e-12);
    });
    const { unique_mode, among_modes, ties_broken_uniformly } = reference.p_greedy_is_mode_10;
    const exact = cell.exact!;
    const pairs: [number, number][] = [
      [exact.entropy, reference.entropy_nats],
      [exact.effectiveVocabulary, reference.perplexity],
      [exact.expectedDistinct, reference.expected_distinct_10],
      [exact.diversity, reference.expected_distinct_10 / 10],
      [exact.greedyIsMode!.uniqueMode, unique_mode],
      [exact.greedyIsMode!.amongModes, among_modes],
      [exact.greedyIsMode!.tiesBrokenUniformly, ties_broken_uniformly],
      [exact.coherence, slowCoherence(reference.probs, 10)],
    ];
    for (const [found, expected] of pairs) expect(Math.abs(found - expected)).toBeLessThan(1e-12);
    expect(exact.kept).toBe(reference.probs.filter((p) => p > 0).length);
    expect(cell).toMatchObject({ texts: [], measured: null });
    expect(result).toMatchObject({ draws: 10, stopped: false, provenance: { seed: null } });
  });

  it('gives in every cell the texts that Explore gives for its chain', async () => {
    const result = await run(new ToyModel(TOY_DEFAULT), {});
    expect(result.cells).toHaveLength(9);
    for (const { chain, texts } of result.cells) {
      const { result: alone } = await runExperiment(explore, new ToyModel(TOY_DEFAULT), {
        ...defaults,
        chain,
        greedy: false,
      });
      expect(texts.map(({ text }) => text)).toEqual(alone.completions.map(({ text }) => text));
    }
  });

  it('draws the same random numbers in all cells', async () => {
    // Five tokens: cutting to 5 or to 500 is the same setting.
    const result = await run(new ToyModel(TOY_DEFAULT), { columns: { ...TOP_K, values: [5, 500] } });
    for (let row = 0; row < 3; row++) expect(at(result, row, 1).texts).toEqual(at(result, row, 0).texts);
    expect(at(result, 0, 0).texts).not.toEqual(at(result, 2, 0).texts);
  });

  it('varies any two numbers, also of one sampler', async () => {
    const result = await run(new ToyModel(TOY_DEFAULT), {
      prompt: 'pizza burger',
      rows: { sampler: 'dry', parameter: 'base', values: [1.5, 2] },
      columns: { sampler: 'dry', parameter: 'multiplier', values: [0.5] },
    });
    expect(result.cells.map(({ chain }) => chain)).toMatchObject([
      [{ sampler: 'dry', base: 1.5, multiplier: 0.5, allowedLength: 2 }],
      [{ sampler: 'dry', base: 2, multiplier: 0.5, allowedLength: 2 }],
    ]);
    const either = await run(new ToyModel(TOY_DEFAULT), {
      rows: { ...TOP_P, values: [0.9] },
      columns: { ...TEMPERATURES, values: [2] },
    });
    // Hugging Face's order, whichever side the temperature is on.
    expect(at(either, 0, 0).chain).toEqual([
      { sampler: 'temperature', temperature: 2 },
      { sampler: 'top-p', p: 0.9 },
    ]);
  });

  it('offers the numbers of samplers that have some, and no sampler that asks for texts or nothing', () => {
    const offered = AXIS_CHOICES.map(({ sampler, parameter }) => `${sampler} ${parameter}`);
    expect(offered).toEqual(
      expect.arrayContaining(['top-a a', 'adaptive-p target', 'quadratic-smoothing factor']),
    );
    const samplers = new Set(AXIS_CHOICES.map(({ sampler }) => sampler));
    for (const without of ['p-less', 'regex', 'json-schema', 'banned-phrases', 'allowed-tokens']) {
      expect(samplers).not.toContain(without);
    }
  });

  it.each(AXIS_CHOICES)('takes $sampler $parameter', async ({ sampler, parameter, description }) => {
    const values = [description.default];
    const other = sampler === 'temperature' ? { ...TOP_K, values: [3] } : { ...TEMPERATURES, values: [1] };
    const result = await run(new ToyModel(TOY_DEFAULT), {
      rows: { sampler, parameter, values },
      columns: other,
      samples: 2,
    });
    expect(at(result, 0, 0).measured).toMatchObject({ texts: 2 });
  });

  it('is a plain value that survives JSON and its own schema', async () => {
    const result = await run(new ToyModel(TOY_DEFAULT), { maxNewTokens: 1 });
    expect(at(result, 0, 0).measured).toMatchObject({ distinct2: null, repetition: 0 });
    const back: unknown = JSON.parse(JSON.stringify(result));
    expect(back).toEqual(result);
    expect(v.parse(gridResultSchema, back)).toEqual(result);
  });

  it('tells how far it is', async () => {
    const { events } = await runExperiment(grid, new ToyModel(TOY_DEFAULT), defaults);
    const progress = events.flatMap((event) => (event.type === 'progress' ? [event] : []));
    expect(progress.at(-1)).toEqual({ type: 'progress', done: 864, total: 864, what: 'tokens' });
    expect(progress.map(({ done }) => done)).toEqual(
      [...progress.map(({ done }) => done)].sort((a, b) => a - b),
    );
  });
});

describe('What the events of a grid grow into', () => {
  /** Everything but progress, as the page reads it. */
  const growth = (events: readonly GridEvent[]): Exclude<GridEvent, { type: 'progress' }>[] =>
    events.flatMap((event) =>
      event.type === 'progress' ? [] : [v.parse(gridEventSchema, JSON.parse(JSON.stringify(event)))],
    );
  const many = { ...defaults, samples: 30, maxNewTokens: 4 };

  it('is the result, cell by cell and text by text', async () => {
    const { result, events } = await runExperiment(grid, new ToyModel(TOY_DEFAULT), many);
    const stages = growth(events).reduce<(GridResult | null)[]>(
      (all, event) => [...all, growGrid(all.at(-1) ?? null, event)],
      [],
    );
    const texts = stages.map((stage) => stage!.cells.reduce((sum, cell) => sum + cell.texts.length, 0));
    // First the axes, then what is exact, then texts, several times.
    expect(stages[0]).toMatchObject({ rows: result.rows, columns: result.columns, cells: [] });
    expect(stages[1]!.cells).toEqual(result.cells.map((cell) => ({ ...cell, texts: [], measured: null })));
    expect(new Set(texts).size).toBeGreaterThan(3);
    const { milliseconds, ...whole } = result;
    expect(milliseconds).toBeGreaterThan(0);
    expect(stages.at(-1)).toMatchObject(whole);
    expect(stages.map((stage) => isGrowing(stage!))).toEqual(stages.map((_, i) => i + 1 < stages.length));
  });

  it('comes with every text once', async () => {
    const { result, events } = await runExperiment(grid, new ToyModel(TOY_DEFAULT), many);
    const sent = growth(events).flatMap((event) =>
      event.type === 'texts'
        ? event.cells.flatMap(({ cell, texts }) => texts.map(({ sample }) => `${cell}, ${sample}`))
        : [],
    );
    expect(sent.sort()).toEqual(
      result.cells.flatMap(({ texts }, cell) => texts.map(({ sample }) => `${cell}, ${sample}`)).sort(),
    );
  });

  it.each(['cells', 'texts'] as const)('is what a run has that was stopped at its %s', async (type) => {
    const { result, events } = await runExperiment(
      grid,
      new ToyModel(TOY_DEFAULT),
      many,
      (event) => event.type === type,
    );
    expect(result.stopped).toBe(true);
    const grown = growth(events).reduce<GridResult | null>(growGrid, null);
    expect(grown!.cells).toEqual(result.cells);
  });

  it('takes no texts of cells that there are not, and nothing before the beginning', async () => {
    const { events } = await runExperiment(grid, new ToyModel(TOY_DEFAULT), many);
    const [begun, cells, texts] = growth(events);
    expect(growGrid(growGrid(null, cells!), texts!)).toBeNull();
    expect(growGrid(growGrid(null, begun!), texts!)!.cells).toEqual([]);
  });
});

describe('Grid on the bundled model', () => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await loadFireside();
  });
  afterAll(() => model.dispose());

  const setting = {
    prompt: 'Once upon a time there was a king who',
    rows: { ...TEMPERATURES, values: [0.7, 1.4] },
    columns: { ...TOP_K, values: [4, 60] },
    samples: 2,
    maxNewTokens: 8,
    seed: 7,
  };

  it('is what the raw logits say, computed the slow way', async () => {
    const length = depth(3, 8);
    const result = await run(model, { ...setting, maxNewTokens: length });
    const prompt = await model.encode(setting.prompt);
    const first = await rawLogits(model, prompt);
    expect(result.raw.entropy).toBeCloseTo(entropyOf(distribution(first)), 9);
    expect(result.raw.best.text).toBe(' had');
    for (const cell of result.cells) {
      const T = setting.rows.values[cell.row]!;
      const k = setting.columns.values[cell.column]!;
      const filter = (logits: readonly number[]): number[] => topK(distribution(logits, T), k);
      const exact = filter(first);
      expect(cell.exact!.kept).toBe(k);
      expect(cell.exact!.entropy).toBeCloseTo(entropyOf(exact), 9);
      expect(cell.exact!.effectiveVocabulary).toBeCloseTo(Math.exp(entropyOf(exact)), 7);
      expect(cell.exact!.expectedDistinct).toBeCloseTo(
        exact.reduce((sum, p) => sum + 1 - (1 - p) ** 10, 0),
        9,
      );
      for (const { token, processed, raw } of cell.top) {
        expect(processed).toBeCloseTo(exact[token.id]!, 9);
        expect(raw).toBeCloseTo(distribution(first)[token.id]!, 9);
      }
      const slow = [
        await slowSample(model, prompt, length, [7, 0], filter),
        await slowSample(model, prompt, length, [7, 1], filter),
      ];
      cell.texts.forEach((text, sample) => {
        const expected = slow[sample]!;
        expect(text.ids).toEqual(expected.ids);
        expect(text.text).toBe(model.decode(expected.ids));
        text.raw.forEach((p, i) => {
          expect(p).toBeCloseTo(expected.raw[i]!, 5);
        });
        text.processed.forEach((p, i) => {
          expect(p).toBeCloseTo(expected.processed[i]!, 5);
        });
      });
      const measured = cell.measured!;
      const ids = slow.map((text) => text.ids);
      const logs = slow.map(({ raw }) => raw.reduce((sum, p) => sum + Math.log(p), 0) / raw.length);
      const entropies = slow.flatMap((text) => text.entropies);
      expect(measured.distinct1).toBeCloseTo(slowDistinct(ids, 1), 12);
      expect(measured.distinct2).toBeCloseTo(slowDistinct(ids, 2), 12);
      expect(measured.distinct3).toBeCloseTo(slowDistinct(ids, 3), 12);
      expect(measured.repetition).toBeCloseTo((slowRepetition(ids[0]!) + slowRepetition(ids[1]!)) / 2, 12);
      expect(measured.meanLogProbability).toBeCloseTo((logs[0]! + logs[1]!) / 2, 4);
      expect(measured.meanEntropy).toBeCloseTo(entropies.reduce((a, b) => a + b) / entropies.length, 4);
      expect(measured.meanKept).toBe(k);
    }
  }, 60_000);

  it('gives the same again', async () => {
    const strip = ({ cells }: GridResult): unknown => cells;
    expect(strip(await run(model, setting))).toEqual(strip(await run(model, setting)));
  }, 60_000);
});

describe('Grid with a model that has caches', () => {
  const { models } = fixture('beam/beam-search.json') as { models: readonly Table[] };
  const table = models[0]!;

  it('reads the prompt once, and equal texts once for all cells', async () => {
    const model = new TableModel(table, null);
    const result = await run(model, {
      prompt: 'abc',
      rows: { ...TEMPERATURES, values: [0.5, 1, 2] },
      columns: { ...TOP_K, values: [1, 2, 3] },
      samples: 3,
      maxNewTokens: 3,
    });
    const [first, ...later] = model.calls;
    expect(first).toEqual([{ tokens: [0, 1, 2] }]);
    for (const contexts of later) {
      const sequences = contexts.map(({ tokens }) => tokens.join());
      expect(new Set(sequences).size).toBe(sequences.length);
      for (const { tokens, cache } of contexts) expect(cache?.length).toBe(tokens.length - 1);
    }
    // 27 texts: greedy ones are the same in three cells.
    const read = later.reduce((sum, contexts) => sum + contexts.length, 0);
    expect(read).toBeLessThan(2 * 27);
    expect(result.cells.flatMap(({ texts }) => texts)).toHaveLength(27);
  });

  it('keeps what it has when it is stopped', async () => {
    const model = new TableModel(table, null);
    let progress = 0;
    const { result } = await runExperiment(
      grid,
      model,
      { ...defaults, prompt: 'a', maxNewTokens: 5 },
      (event) => event.type === 'progress' && ++progress === 3,
    );
    expect(result.stopped).toBe(true);
    expect(model.calls).toHaveLength(3);
    expect(result.cells).toHaveLength(9);
    for (const { exact, texts, measured } of result.cells) {
      expect(exact!.kept).toBeGreaterThan(0);
      expect(texts.every(({ end, ids }) => end === 'stopped' && ids.length === 3)).toBe(true);
      expect(measured).toBeNull();
    }
  });
});

describe('gridParameters', () => {
  const many = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

  it('keeps what it reads', () => {
    expect(gridParameters.parse({ ...defaults, unknown: 1 })).toEqual(defaults);
  });

  it.each([
    [null, 'The parameters of Grid are null; they must be an object.'],
    [{ rows: 3 }, 'The parameters of the rows are 3'],
    [{ rows: { ...TOP_K, values: [] } }, 'The rows (Top-k) are empty; give at least one.'],
    [{ columns: { ...TOP_K, values: [3, 4, 3] } }, 'The columns (Top-k) contain 3 twice, as numbers 1 and 3'],
    [{ columns: { ...TOP_K, values: [1.5] } }, 'top-k: k is 1.5; it must be a whole number of at least 1.'],
    [{ columns: { ...TOP_P, values: ['x'] } }, 'top-p: p is "x"; it must be a number above 0 and at most 1.'],
    [{ columns: { ...TEMPERATURES, values: [1] } }, 'Rows and columns both vary temperature temperature'],
    [
      { rows: { sampler: 'top-k', parameter: 'ties', values: [1] } },
      'A grid cannot vary "top-k ties"; it can',
    ],
    [{ samples: 65 }, 'The number of samples is 65; it must be a whole number from 0 to 64.'],
    [
      { rows: { ...TEMPERATURES, values: many(101) }, columns: { ...TOP_K, values: many(100) } },
      'The grid has 101 x 100 = 10,100 cells; the limit is 10,000. Use fewer values.',
    ],
    [
      { rows: { ...TOP_K, values: many(10_001) } },
      'The rows (Top-k) have 10,001 entries; the limit is 10,000.',
    ],
    [
      {
        rows: { ...TEMPERATURES, values: many(100) },
        columns: { ...TOP_K, values: many(100) },
        maxNewTokens: 13,
      },
      '10,000 cells with 8 samples of 13 tokens are 1,040,000 tokens; the limit for a result is 1,000,000.',
    ],
  ])('refuses %j', (change, sentence) => {
    const parse = () => gridParameters.parse(change === null ? null : { ...defaults, ...change });
    expect(parse).toThrow(RangeError);
    expect(parse).toThrow(sentence);
  });

  it('takes 10,000 cells whose texts fit', () => {
    const [rows, columns] = [
      { ...TEMPERATURES, values: many(100) },
      { ...TOP_K, values: many(100) },
    ];
    expect(gridParameters.parse({ ...defaults, rows, columns })).toMatchObject({ rows, columns });
  });
});
