import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { TOY_DEFAULT, ToyModel } from '../../../../src/core/toyModel';
import { nucleus as experiment } from '../../../../src/experiments/nucleus';
import { nucleusParameters } from '../../../../src/experiments/nucleus/parameters';
import type { NucleusResult } from '../../../../src/experiments/nucleus/result';
import { nucleusReport } from '../../../../src/experiments/nucleus/report';
import { fixture, loadFireside, runExperiment } from '../running';
import { distribution, nucleus, rawLogits } from '../slowPath';

interface Reference {
  readonly T: number;
  readonly p: number;
  readonly n: number;
  readonly kept_mass: number;
  readonly distance_to_cutoff: number;
  readonly cumulative: readonly number[];
  readonly nucleus: readonly string[];
  readonly renormalised: { readonly probs: readonly number[]; readonly entropy_nats: number };
  readonly expected_distinct_10: number;
}
const references = (fixture('seed/seed-exercises.json') as { readonly nucleus: readonly Reference[] })
  .nucleus;
const values = (of: (reference: Reference) => number): number[] => [...new Set(references.map(of))];

const run = async (
  model: LanguageModel = new ToyModel(TOY_DEFAULT),
  change: object = {},
): Promise<NucleusResult> =>
  (
    await runExperiment(experiment, model, {
      prompt: '',
      temperatures: values(({ T }) => T),
      ps: values(({ p }) => p),
      ...change,
    })
  ).result;

const near = (found: number, expected: number): void => {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-12);
};

describe('On the five dishes', () => {
  it('every number is that of the reference', async () => {
    const { cells, curves } = await run();
    for (const expected of references) {
      const cell = cells.find(({ temperature, p }) => temperature === expected.T && p === expected.p)!;
      expect(cell.kept).toBe(expected.n);
      near(cell.keptMass, expected.kept_mass);
      // The reference gives how near p is to the next place where the nucleus would change, on either side.
      const below = expected.p - (expected.cumulative[expected.n - 2] ?? 0);
      near(Math.min(cell.distance, below), expected.distance_to_cutoff);
      near(cell.entropy, expected.renormalised.entropy_nats);
      near(cell.tenDraws.distinct, expected.expected_distinct_10);
      expect(cell.nucleus.map(({ token }) => token.text.trim())).toEqual(expected.nucleus);
      for (const { token, probability } of cell.nucleus)
        near(probability, expected.renormalised.probs[token.id]!);
      const curve = curves.find(({ temperature }) => temperature === expected.T)!;
      curve.cumulative.forEach((sum, i) => {
        near(sum, expected.cumulative[curve.ranks[i]! - 1]!);
      });
    }
  });

  it('the exported tables have the same numbers', async () => {
    const [cells, left] = nucleusReport.tables(await run());
    for (const expected of references) {
      const at = (rows: typeof cells): (string | number | null)[] => [
        ...rows!.rows.find(([t, p]) => t === expected.T && p === expected.p)!,
      ];
      expect(at(cells)[2]).toBe(expected.n);
      near(at(cells)[4] as number, expected.kept_mass);
      near(at(left)[3] as number, expected.renormalised.entropy_nats);
    }
  });
});

describe('Refuses', () => {
  const good = { prompt: '', temperatures: [1], ps: [0.9] };
  it.each([
    [{ ps: [] }, /p/],
    [{ ps: [0] }, /0/],
    [{ ps: [1.1] }, /1\.1/],
    [{ temperatures: [-1] }, /-1|−1/],
    [{ temperatures: ['x'] }, /"x"/],
  ])('%j', (change, sentence) => {
    expect(() => nucleusParameters.parse({ ...good, ...change })).toThrow(sentence);
    expect(() => nucleusParameters.parse({ ...good, ...change })).toThrow(RangeError);
  });
});

describe('On the bundled model', () => {
  let fireside: LanguageModel;
  beforeAll(async () => {
    fireside = await loadFireside();
  });
  afterAll(() => fireside.dispose?.());

  it('nuclei are what the raw logits say, computed the slow way', async () => {
    const prompt = 'The fox looked at the moon and';
    const { cells } = await run(fireside, { prompt, temperatures: [0.7, 1], ps: [0.5, 0.8] });
    const logits = await rawLogits(fireside, await fireside.encode(prompt));
    for (const { temperature, p, kept, keptMass, nucleus: shown } of cells) {
      const probabilities = distribution(logits, temperature);
      const ids = nucleus(probabilities, p);
      expect(kept).toBe(ids.length);
      expect(keptMass).toBeCloseTo(
        ids.reduce((sum, id) => sum + probabilities[id]!, 0),
        9,
      );
      expect(shown.map(({ token }) => token.id)).toEqual(ids.slice(0, shown.length));
    }
  });
});
