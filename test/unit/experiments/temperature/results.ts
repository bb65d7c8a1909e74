/** Random results of Temperature: with and without draws, with ties, stopped, of servers that list only some tokens. */
import fc from 'fast-check';
import type {
  ListedTemperature,
  TemperatureResult,
  TemperatureRow,
} from '../../../../src/experiments/temperature/result';
import { ending, few, probability, provenanceOf, token } from '../said';

const temperatures = fc
  .uniqueArray(fc.constantFrom(0.001, 0.1, 0.7, 1, 1.5, 2, 1000), { minLength: 1, maxLength: 4 })
  .map((list) => list.sort((a, b) => a - b));

const interval = fc
  .tuple(probability, probability)
  .map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));
const limits = interval.map(({ low, high }) => ({ least: low, most: high }));

/** Counts, inside what is expected and outside. */
const counts = fc.record({
  draws: fc.constantFrom(1, 10, 1000, 1_000_000),
  count: few,
  expectedLow: few,
  expectedHigh: few,
});

function rowAt(temperature: number): fc.Arbitrary<TemperatureRow> {
  return fc
    .record({
      ...{ counts, interval, probability, unexplored: probability, entropy: probability, token },
      fit: fc.option(probability),
      mode: fc.option(fc.record({ unique: probability, among: probability, uniform: probability })),
    })
    .map(({ counts: counted, interval: between, token: one, mode, ...row }) => ({
      ...{ temperature, ...row, ...counted, ...between },
      tenDraws: { distinct: 2, mode },
      tokens: [one, null].map((each) => ({
        token: each,
        probability: row.probability,
        count: 1,
        ...between,
      })),
    }));
}

function rowsAt<Row>(
  list: readonly number[],
  row: (temperature: number) => fc.Arbitrary<Row>,
): fc.Arbitrary<Row[]> {
  return fc.tuple(...list.map(row));
}

const listed: fc.Arbitrary<ListedTemperature> = fc
  .record({ list: temperatures, scored: fc.constantFrom(0, 1, 2), refused: fc.boolean() })
  .chain(({ list, scored, refused }) =>
    rowsAt(list, (temperature) =>
      fc.record({ limits, counts, interval, token, drawn: fc.boolean() }).map((row) => ({
        ...{ temperature, ...row.limits, ...row.counts, ...row.interval },
        draws: row.drawn ? row.counts.draws : 0,
        tokens: [{ token: row.token, ...row.limits, count: 1, ...row.interval }],
      })),
    ).map((rows) => ({
      rows,
      scored,
      ...(refused && { refused: { temperatures: [0.001], reason: 'x.' } }),
      curve: { temperatures: [0.1, 1], least: [0, 0.1], most: [0.5, 0.1] },
    })),
  );

const chapterRow = fc.record({
  ...{ temperature: fc.constantFrom(0.1, 1, 5), printed: few, draws: fc.constant(100) },
  ...{ probability, low: few, high: few, inside: fc.boolean() },
});

const whole = temperatures.chain((list) =>
  fc.record({
    rows: rowsAt(list, rowAt),
    curve: fc.tuple(probability, probability, probability).map((target) => ({
      ...{ temperatures: [0.1, 1, 10], target, entropy: [0, 1, 2] },
      tokens: [{ token: { id: 1, text: 'x' }, probabilities: target }],
    })),
  }),
);

const NOTHING: Pick<TemperatureResult, 'rows' | 'curve'> = {
  rows: [],
  curve: { temperatures: [], target: [], entropy: [], tokens: [] },
};

export const temperatureResults: fc.Arbitrary<TemperatureResult> = fc
  .record({
    ...{ ending, provenance: provenanceOf({}, 42), vocabularySize: fc.constantFrom(2, 50_257) },
    parts: fc.oneof({ weight: 4, arbitrary: whole }, { weight: 1, arbitrary: fc.constant(NOTHING) }),
    listed: fc.option(listed, { nil: undefined }),
    best: fc.array(token, { minLength: 1, maxLength: 3 }),
    limits: fc.tuple(probability, probability),
    way: fc.array(token, { minLength: 1, maxLength: 3 }),
    wayCount: fc.constantFrom(1, 2, 12),
    chapter: fc.option(fc.array(chapterRow, { minLength: 1, maxLength: 3 })),
    flags: fc.record({ mostProbable: fc.boolean(), commonRandomNumbers: fc.boolean() }),
  })
  .map(({ parts, listed: ofServer, flags, ...result }): TemperatureResult => ({
    ...{ experiment: 'temperature', target: ' pizza', ...result.ending, provenance: result.provenance },
    ...(flags.mostProbable && { mostProbable: true }),
    commonRandomNumbers: flags.commonRandomNumbers,
    ...{ vocabularySize: result.vocabularySize, wayCount: result.wayCount, chapter: result.chapter },
    ...parts,
    ...(ofServer && { ...NOTHING, listed: ofServer }),
    limits: {
      zero: { probability: result.limits[0], entropy: 0, best: result.best },
      infinity: { probability: result.limits[1], entropy: 1 },
    },
    ways: [{ tokens: result.way, probability: 0.1 }],
  }));
