import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { TOY_DEFAULT, ToyModel } from '../../../../src/core/toyModel';
import { CONFIGURATIONS } from '../../../../src/experiments/determinism/decodings';
import { determinism } from '../../../../src/experiments/determinism';
import { determinismParameters } from '../../../../src/experiments/determinism/parameters';
import type { DeterminismResult, DeterminismVerdict } from '../../../../src/experiments/determinism/result';
import { determinismReport, isIdentical } from '../../../../src/experiments/determinism/report';
import { fixture, loadFireside, runExperiment } from '../running';
import { rawLogits } from '../slowPath';

const all = CONFIGURATIONS.map(({ id }) => id);
const defaults = { prompt: '', configurations: all, repeats: 4, maxNewTokens: 12, seed: 42 };

const run = async (model: LanguageModel, change: Partial<typeof defaults> = {}): Promise<DeterminismResult> =>
  (await runExperiment(determinism, model, { ...defaults, ...change })).result;

const verdict = ({ verdicts }: DeterminismResult, id: string): DeterminismVerdict =>
  verdicts.find((one) => one.id === id)!;

/** Configurations that leave no choice, whatever the random numbers are. */
const WITHOUT_CHOICE = ['greedy', 'temperature-0', 'temperature-tiny', 'top-k-1', 'top-p-tiny', 'min-p-1'];

describe('On the five dishes', () => {
  it('what removes the choice gives pizza every time, as generate_simple does', async () => {
    const result = await run(new ToyModel(TOY_DEFAULT));
    expect(result.simple.ids).toEqual(Array(12).fill(0));
    for (const id of WITHOUT_CHOICE) {
      const one = verdict(result, id);
      expect(one.distinct).toBe(1);
      expect(one.fromSimple).toBeNull();
      expect(one.runs.every(({ ids }) => ids.every((token) => token === 0))).toBe(true);
    }
  });

  it('a fixed seed repeats itself without being greedy; new seeds do neither', async () => {
    const result = await run(new ToyModel(TOY_DEFAULT));
    const fixed = verdict(result, 'fixed-seed');
    expect(isIdentical(fixed)).toBe(true);
    expect(fixed.fromSimple).not.toBeNull();
    // Twelve draws at 47 % for the likeliest: four equal runs would be a matter of 1 in 10^15.
    const sampled = verdict(result, 'temperature-1');
    expect(sampled.distinct).toBeGreaterThan(1);
    const { first, second, position } = sampled.difference!;
    const [a, b] = [sampled.runs[first]!.ids, sampled.runs[second]!.ids];
    expect(a[position]).not.toBe(b[position]);
  });

  it('two best tokens that tie are told, and what decides between them', async () => {
    const tie = new ToyModel({ words: ['heads', 'tails', 'edge'], logits: [1, 1, -3] });
    const result = await run(tie, { configurations: ['greedy', 'top-k-1'], repeats: 8 });
    expect(verdict(result, 'greedy').ties).toBeGreaterThan(0);
    expect(verdict(result, 'greedy').distinct).toBe(1);
    // Top-k keeps all that tie with the k-th: a coin is left to toss.
    expect(verdict(result, 'top-k-1').mostKept).toBe(2);
    expect(verdict(result, 'top-k-1').distinct).toBeGreaterThan(1);
    expect(determinismReport.summary(result).join(' ')).toMatch(/tie|equal|share/);
  });

  it('has a row of the report for every configuration', async () => {
    const result = await run(new ToyModel(TOY_DEFAULT));
    const [table] = determinismReport.tables(result);
    expect(table!.rows.map(([label]) => label)).toEqual(CONFIGURATIONS.map(({ label }) => label));
  });
});

describe('Refuses', () => {
  it.each([
    [{ configurations: [] }, /configuration/],
    [{ configurations: ['luck'] }, /luck/],
    [{ repeats: 1 }, /1/],
    [{ maxNewTokens: 0 }, /0/],
  ])('%j', (change, sentence) => {
    expect(() => determinismParameters.parse({ ...defaults, ...change })).toThrow(sentence);
  });
});

describe('On the bundled model', () => {
  let fireside: LanguageModel;
  beforeAll(async () => {
    fireside = await loadFireside();
  });
  afterAll(() => fireside.dispose?.());

  it('generate_simple is the reference’s greedy text, and so is everything that leaves no choice', async () => {
    interface Case {
      readonly prompt: string;
      readonly input_ids: readonly number[];
      readonly greedy_40: readonly number[];
    }
    const { cases } = fixture('bundled/fireside.json') as { readonly cases: readonly Case[] };
    const { prompt, input_ids, greedy_40 } = cases[0]!;
    const expected = greedy_40.slice(input_ids.length, input_ids.length + 12);
    const result = await run(fireside, {
      prompt,
      repeats: 2,
      configurations: [...WITHOUT_CHOICE, 'temperature-1'],
    });
    expect(result.simple.ids).toEqual(expected);
    for (const id of WITHOUT_CHOICE) {
      for (const { ids } of verdict(result, id).runs) expect(ids).toEqual(expected);
    }
    const sampled = verdict(result, 'temperature-1');
    expect(sampled.distinct).toBe(2);
    // Where the run parts from generate_simple, it took a token that is not the best one there.
    const { position, firstStep, secondStep } = sampled.fromSimple!;
    const context = [...(await fireside.encode(prompt)), ...result.simple.ids.slice(0, position)];
    const logits = await rawLogits(fireside, context);
    expect(logits.indexOf(Math.max(...logits))).toBe(secondStep.token.id);
    expect(firstStep.token.id).not.toBe(secondStep.token.id);
  });
});
