import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { TOY_BOOK, TOY_DEFAULT, ToyModel } from '../../../../src/core/toyModel';
import { temperatureReport } from '../../../../src/experiments/temperature/report';
import { isInside } from '../../../../src/experiments/temperature/words';
import { temperature } from '../../../../src/experiments/temperature';
import { temperatureParameters } from '../../../../src/experiments/temperature/parameters';
import {
  temperatureResultSchema,
  type TemperatureResult,
} from '../../../../src/experiments/temperature/result';
import { CooperativeYield } from '../../../../src/experiments/kit/cooperativeYield';
import { drawTargets, type TargetDraws } from '../../../../src/experiments/temperature/draws';
import { Tokenizations } from '../../../../src/experiments/temperature/tokenizations';
import { binomialInterval } from '../../../../src/core/statistics/binomial';
import { COURSE } from '../../../../webview/course/steps';
import { depth } from '../../depth';
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
  commonRandomNumbers: false,
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

/** Draws of pizza alone, without the rest of the experiment. */
async function drawsOf(
  model: LanguageModel,
  temperatures: readonly number[],
  order: Parameters<typeof drawTargets>[2],
): Promise<TargetDraws[]> {
  const turns = new CooperativeYield({
    pause: () => Promise.resolve(),
    signal: new AbortController().signal,
  });
  const [first] = await model.next([{ tokens: [0] }]);
  const tree = await Tokenizations.read(model, [0], first!, ' pizza', 8, turns);
  return drawTargets(tree!, temperatures, order, turns, () => undefined);
}

/** Pearson's coefficient. */
function correlation(pairs: readonly (readonly [number, number])[]): number {
  const mean = (of: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[of], 0) / pairs.length;
  const [a, b] = [mean(0), mean(1)];
  const sum = (of: (x: number, y: number) => number): number =>
    pairs.reduce((all, [x, y]) => all + of(x - a, y - b), 0);
  return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
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

  it('points lie inside their intervals as often as the binomial distribution says, temperature by temperature', async () => {
    const model = new ToyModel(TOY_DEFAULT);
    const temperatures = [0.1, 0.5, 1, 1.5, 2, 5];
    const runs = depth(200, 4000);
    const inside = temperatures.map(() => Array<boolean>(runs).fill(false));
    for (let seed = 0; seed < runs; seed++) {
      const draws = await drawsOf(model, temperatures, { draws: 100, seed, common: false });
      draws.forEach(({ count }, i) => {
        const p = distribution(TOY_DEFAULT.logits, temperatures[i])[0]!;
        const { low, high } = binomialInterval(p, 100);
        inside[i]![seed] = count >= low && count <= high;
      });
    }
    temperatures.forEach((t, i) => {
      const p = distribution(TOY_DEFAULT.logits, t)[0]!;
      const { low, high } = binomialInterval(p, 100);
      const coverage = cumulative(high, 100, p) - (low === 0 ? 0 : cumulative(low - 1, 100, p));
      expect(coverage).toBeGreaterThanOrEqual(0.95);
      const misses = inside[i]!.filter((hit) => !hit).length;
      // Two-sided, at the level of 1 in 1,000 for each of the six.
      expect(cumulative(misses, runs, 1 - coverage)).toBeGreaterThan(0.0005);
      if (misses > 0) expect(cumulative(misses - 1, runs, 1 - coverage)).toBeLessThan(0.9995);
    });
    // Three of six independent ones are outside together in at most 20 · 0.05³ = 0.25 % of runs.
    const outside = Array.from({ length: runs }, (_, seed) => inside.filter((row) => !row[seed]).length);
    expect(outside.filter((count) => count >= 3).length / runs).toBeLessThan(0.01);
  });

  it('the course’s first run has no more than one of six points outside', async () => {
    const { parameters } = COURSE[0]!.actions[0]!;
    const { rows } = await run(parameters);
    expect(rows).toHaveLength(6);
    expect(rows.filter((row) => !isInside(row)).length).toBeLessThanOrEqual(1);
  });

  it('draws of one temperature do not depend on the others; those with common random numbers err together', async () => {
    const model = new ToyModel(TOY_DEFAULT);
    const errors = async (common: boolean): Promise<number> => {
      const pairs: [number, number][] = [];
      for (let seed = 0; seed < 200; seed++) {
        const found = await drawsOf(model, [1, 1.01], { draws: 100, seed, common });
        pairs.push([found[0]!.count, found[1]!.count]);
      }
      return correlation(pairs);
    };
    // Of 200 independent pairs it is within 0.28 but for 1 time in 10,000.
    expect(Math.abs(await errors(false))).toBeLessThan(0.28);
    expect(await errors(true)).toBeGreaterThan(0.95);
    const alone = await run({ temperatures: [2] });
    const among = await run({ temperatures: [0.5, 2, 5] });
    expect(among.rows[1]).toEqual(alone.rows[0]);
  });

  it('an order that says nothing of random numbers has the same ones at every temperature', async () => {
    const { commonRandomNumbers, ...order } = defaults;
    expect(commonRandomNumbers).toBe(false);
    const { result } = await runExperiment(temperature, new ToyModel(TOY_DEFAULT), order);
    const common = await run({ commonRandomNumbers: true });
    expect(result.rows).toEqual(common.rows);
    expect(result).not.toHaveProperty('commonRandomNumbers');
    expect(result.rows).not.toEqual((await run()).rows);
  });

  it('without a target asks for the most probable token, and names it', async () => {
    const found = await run({ target: '', leadingSpace: false });
    expect(found.target).toBe(' pizza');
    expect(found.rows).toEqual((await run()).rows);
    expect(temperatureReport.summary(found)[0]).toMatch(
      /^The most probable token, “·pizza”, has probability 47\.2 % at temperature 1, /,
    );
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
    const logits = await rawLogits(fireside, await fireside.encode(prompt));
    const [id] = await fireside.encode(' had');
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
