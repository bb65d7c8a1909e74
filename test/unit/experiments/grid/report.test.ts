import { describe, expect, it } from 'vitest';
import { TOY_DEFAULT, ToyModel } from '../../../../src/core/toyModel';
import { grid } from '../../../../src/experiments/grid';
import type { GridResult } from '../../../../src/experiments/grid/result';
import { toCsv } from '../../../../src/experiments/report/csv';
import { gridReport, sideEffect } from '../../../../src/experiments/grid/report';
import { fixture, runExperiment } from '../running';

const run = async (change: object): Promise<GridResult> => {
  const parameters = {
    prompt: '',
    rows: { sampler: 'temperature', parameter: 'temperature', values: [0.5, 1, 1.5] },
    columns: { sampler: 'top-k', parameter: 'k', values: [2, 3, 5] },
    samples: 8,
    maxNewTokens: 12,
    seed: 42,
    ...change,
  };
  return (await runExperiment(grid, new ToyModel(TOY_DEFAULT), parameters)).result;
};

const tableOf = (result: GridResult, id: string) =>
  gridReport.tables(result).find((table) => table.id === id)!;

describe('the report of a grid', () => {
  it('has every number of the reference in its CSV, to 1e-12', async () => {
    const references = (
      fixture('seed/seed-exercises.json') as {
        temperature_top_k_grid: {
          T: number;
          k: number;
          probs: number[];
          entropy_nats: number;
          perplexity: number;
        }[];
      }
    ).temperature_top_k_grid;
    const result = await run({});
    const lines = toCsv(tableOf(result, 'cells')).trim().split('\r\n');
    const [columns, ...rows] = lines.map((line) => line.split(','));
    const tokens = toCsv(tableOf(result, 'next-tokens'))
      .trim()
      .split('\r\n')
      .map((line) => line.split(','));
    expect(rows).toHaveLength(references.length);
    rows.forEach((row, i) => {
      const { T, k, entropy_nats, perplexity, probs } = references[i]!;
      const at = (column: string): number => Number(row[columns!.indexOf(column)]);
      expect([at('Temperature'), at('Top-k')]).toEqual([T, k]);
      expect(Math.abs(at('Entropy') - entropy_nats)).toBeLessThan(1e-12);
      expect(Math.abs(at('Effective vocabulary') - perplexity)).toBeLessThan(1e-12);
      TOY_DEFAULT.words.forEach((word, id) => {
        const line = tokens.find(
          (cells) => Number(cells[0]) === T && Number(cells[1]) === k && cells[2] === `" ${word}"`,
        );
        expect(Math.abs(Number(line![4]) - probs[id]!)).toBeLessThan(1e-12);
      });
    });
  });

  it('answers with the ends that this prompt asks for', async () => {
    const [guidance, , matters] = gridReport.summary(await run({}));
    expect(guidance).toMatch(/^Use low temperature \(0\.5\) and low top-k \(2\) for predictable text, and /);
    expect(guidance).toContain('high temperature (1.5) and high top-k (5) for varied text.');
    // Top-k 2 to 5 and T 0.5 to 1.5, from the reference's perplexities.
    expect(matters).toMatch(
      /^Top-k matters more than temperature after this prompt: raising top-k from 2 to 5 changes/,
    );
  });

  it('turns its advice round where the high end is the predictable one', async () => {
    const [guidance] = gridReport.summary(
      await run({
        rows: { sampler: 'min-p', parameter: 'p', values: [0.05, 0.9] },
        columns: { sampler: 'top-k', parameter: 'k', values: [500, 1000] },
      }),
    );
    expect(guidance).toMatch(/^Use high min-p \(0\.9\) for predictable text, and /);
    expect(guidance).toContain('low min-p (0.05) for varied text.');
    expect(guidance).not.toContain('low top-k');
  });

  it('says that nothing changes where nothing does', async () => {
    const result = await run({ columns: { sampler: 'top-k', parameter: 'k', values: [5, 50] } });
    const summary = gridReport.summary(result).join('\n');
    expect(summary).toContain('raising top-k from 5 to 50 changes nothing here');
    expect(summary).toContain(
      'With top-k raised from 5 to 50 (8 samples, the same random numbers), the log-probability of a text does not change, and its repetition does not change.',
    );
    const { logProbability, repetition } = sideEffect(result, 'columns');
    expect([logProbability, repetition]).toEqual([
      { mean: 0, low: 0, high: 0 },
      { mean: 0, low: 0, high: 0 },
    ]);
  });

  it('measures a side by the differences within each sample', async () => {
    const result = await run({ columns: { sampler: 'top-k', parameter: 'k', values: [5] } });
    const per = (row: number, sample: number): number => {
      const { ids } = result.cells[row]!.texts[sample]!;
      const logits = TOY_DEFAULT.logits;
      const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
      return ids.reduce((sum, id) => sum + logits[id]! - total, 0) / ids.length;
    };
    const differences = Array.from({ length: 8 }, (_, sample) => per(2, sample) - per(0, sample));
    const mean = differences.reduce((sum, d) => sum + d, 0) / 8;
    const deviation = Math.sqrt(differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / 7);
    const effect = sideEffect(result, 'rows');
    expect(effect.logProbability!.mean).toBeCloseTo(mean, 12);
    // Student's 97.5 % point for 7 degrees of freedom.
    expect(effect.logProbability!.high - mean).toBeCloseTo((2.364624 * deviation) / Math.sqrt(8), 5);
  });

  it('speaks of a single cell, and of none', async () => {
    const one = await run({
      rows: { sampler: 'temperature', parameter: 'temperature', values: [1] },
      columns: { sampler: 'top-k', parameter: 'k', values: [1] },
      samples: 0,
    });
    expect(gridReport.summary(one)).toEqual([
      'Every cell gives the same distribution: in 10 draws the most common token makes up 100 % on average, and 1 of 10 is distinct.',
    ]);
    expect(gridReport.tables(one).map(({ id }) => id)).toEqual(['cells', 'next-tokens']);
    expect(gridReport.summary({ ...one, cells: [] })).toEqual([
      'The run was stopped before the first cell was finished.',
    ]);
  });
});
