import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { TOY_BOOK, TOY_DEFAULT, ToyModel } from '../../../../src/core/toyModel';
import { temperatureReport } from '../../../../src/experiments/temperature/report';
import { temperature } from '../../../../src/experiments/temperature';
import { temperatureParameters } from '../../../../src/experiments/temperature/parameters';
import {
  temperatureResultSchema,
  type TemperatureResult,
} from '../../../../src/experiments/temperature/result';
import { fixture, loadFireside, runExperiment } from '../running';
import { distribution, entropyOf, rawLogits } from '../slowPath';

interface Reference {
  readonly T: number;
  readonly probs: readonly number[];
  readonly entropy_nats: number;
  readonly perplexity: number;
  readonly expected_distinct_10: number;
  readonly p_greedy_is_mode_10: Readonly<Record<string, number>>;
}
const reference = (fixture('seed/seed-exercises.json') as { readonly temperature: readonly Reference[] })
  .temperature;

const defaults = {
  prompt: '',
  target: 'pizza',
  leadingSpace: true,
  temperatures: reference.map(({ T }) => T),
  draws: 1000,
  seed: 42,
};

const run = async (
  change: Partial<typeof defaults> = {},
  model: LanguageModel = new ToyModel(TOY_DEFAULT),
): Promise<TemperatureResult> => (await runExperiment(temperature, model, { ...defaults, ...change })).result;

const near = (found: number, expected: number, tolerance = 1e-12): void => {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(tolerance);
};

/** Probability of at most k successes in n trials, summed directly. */
function cumulative(k: number, n: number, p: number): number {
  let term = (1 - p) ** n;
  let sum = term;
  for (let i = 1; i <= k; i++) {
    term *= ((n - i + 1) / i) * (p / (1 - p));
    sum += term;
  }
  return sum;
}

describe('On the five dishes', () => {
  it('every exact number is that of the reference', async () => {
    const { rows } = await run();
    rows.forEach((row, i) => {
      const expected = reference[i]!;
      expect(row.temperature).toBe(expected.T);
      near(row.probability, expected.probs[0]!);
      near(row.entropy, expected.entropy_nats);
      near(row.tenDraws.distinct, expected.expected_distinct_10);
      for (const { token, probability } of row.tokens) {
        if (token) near(probability, expected.probs[token.id]!);
      }
    });
  });

  it('the exported tables have the same numbers, digit for digit', async () => {
    const tables = temperatureReport.tables(await run());
    const distributions = tables.find(({ id }) => id === 'distribution')!;
    distributions.rows.forEach((row, i) => {
      near(row[1] as number, reference[i]!.entropy_nats);
      near(row[2] as number, reference[i]!.perplexity, 1e-11);
    });
  });

  it('counts add up to the draws, and tokens that were never drawn stay with 0', async () => {
    const { rows } = await run({ draws: 10 });
    for (const { tokens, draws, count } of rows) {
      expect(tokens.reduce((sum, token) => sum + token.count, 0)).toBe(draws);
      expect(tokens.filter(({ token }) => token)).toHaveLength(5);
      expect(count).toBe(tokens.find(({ token }) => token?.id === 0)!.count);
    }
    // At T = 0.1 pizza has 99.3 %: of ten draws most dishes are never drawn.
    expect(rows[0]!.tokens.filter(({ count }) => count === 0).length).toBeGreaterThanOrEqual(3);
  });

  it('draws follow the exact distribution, and a wrong one would be found out', async () => {
    const { rows } = await run({ draws: 100_000, temperatures: [0.5, 1, 5] });
    for (const { fit, count, draws, probability } of rows) {
      expect(fit!).toBeGreaterThan(0.001);
      expect(Math.abs(count / draws - probability)).toBeLessThan(0.006);
    }
  });

  it('the interval of counts holds 95 of 100 runs, and no less wide one does', async () => {
    const { rows } = await run({ draws: 100, temperatures: [0.5, 1, 2] });
    for (const { expectedLow, expectedHigh, probability } of rows) {
      // Each tail outside has at most 2.5 %, and would have more with one count more cut off.
      expect(cumulative(expectedLow - 1, 100, probability)).toBeLessThanOrEqual(0.025);
      expect(cumulative(expectedLow, 100, probability)).toBeGreaterThan(0.025);
      expect(1 - cumulative(expectedHigh, 100, probability)).toBeLessThanOrEqual(0.025 + 1e-12);
      expect(1 - cumulative(expectedHigh - 1, 100, probability)).toBeGreaterThan(0.025);
    }
  });

  it('the chapter’s printed frequencies are judged by that interval', async () => {
    const { chapter } = await run();
    const printed = new Map([
      [0.5, 0.67],
      [1, 0.49],
      [1.5, 0.44],
      [2, 0.24],
    ]);
    expect(chapter!.map((row) => row.temperature)).toEqual([...printed.keys()]);
    for (const row of chapter!) {
      expect(row.printed / row.draws).toBeCloseTo(printed.get(row.temperature)!, 12);
      const probability = distribution(TOY_DEFAULT.logits, row.temperature)[0]!;
      const successes = row.printed;
      const inside =
        cumulative(successes, 100, probability) > 0.025 &&
        1 - cumulative(successes - 1, 100, probability) > 0.025;
      expect(row.inside).toBe(inside);
    }
    expect(
      temperatureReport.summary(await run()).some((sentence) => sentence.includes('the chapter’s printed')),
    ).toBe(true);
  });

  it('the limits are greedy and uniform', async () => {
    const { limits } = await run();
    expect(limits.zero.probability).toBe(1);
    expect(limits.infinity.probability).toBeCloseTo(1 / 5, 12);
    expect(limits.infinity.entropy).toBeCloseTo(Math.log(5), 12);
  });
});

it('the book’s pizza has the book’s probabilities', async () => {
  const { rows } = await run({ temperatures: [1, 5] }, new ToyModel(TOY_BOOK));
  expect(rows[0]!.probability).toBeCloseTo(1.012e-4, 8);
  expect(rows[1]!.probability).toBeCloseTo(0.043, 4);
});

it('is plain JSON of its schema, and the same again', async () => {
  const first = await run();
  const again = await run();
  expect(v.parse(temperatureResultSchema, JSON.parse(JSON.stringify(first)))).toEqual(first);
  expect({ ...again, milliseconds: 0 }).toEqual({ ...first, milliseconds: 0 });
});

describe('Refuses', () => {
  it.each([
    [{ temperatures: [] }, /temperature/i],
    [{ temperatures: [0] }, /Temperature 1 is 0, which is greedy/],
    [{ temperatures: [1, 1] }, /1/],
    [{ temperatures: ['warm'] }, /"warm"/],
    [{ draws: 0 }, /draws is 0/],
    [{ draws: 1e12 }, /1,?000,?000/],
    [{ target: '' }, /empty/],
  ])('%j', (change, sentence) => {
    expect(() => temperatureParameters.parse({ ...defaults, ...change })).toThrow(sentence);
  });

  it('a target that the toy vocabulary cannot spell, by name', async () => {
    await expect(run({ target: 'lasagne' })).rejects.toThrow(/lasagne/);
  });
});

describe('On the bundled model', () => {
  let fireside: LanguageModel;
  beforeAll(async () => {
    fireside = await loadFireside();
  });
  afterAll(() => fireside.dispose?.());

  it('probability and entropy are what the raw logits say, computed the slow way', async () => {
    const prompt = 'Once upon a time there was a king who';
    const { rows, ways } = await run(
      { prompt, target: 'had', temperatures: [0.5, 1, 2], draws: 10 },
      fireside,
    );
    const logits = await rawLogits(fireside, fireside.encode(prompt));
    const [id] = fireside.encode(' had');
    // Other spellings of " had" ("h" + "ad", for example) add what the first token leaves; they are rare.
    expect(ways[0]!.tokens.map((token) => token.id)).toEqual([id]);
    rows.forEach(({ temperature: t, probability, entropy }) => {
      const exact = distribution(logits, t);
      expect(probability).toBeGreaterThanOrEqual(exact[id!]! - 1e-9);
      expect(probability).toBeLessThan(exact[id!]! + 0.02);
      near(entropy, entropyOf(exact), 1e-6);
    });
  });
});
