/** Random results of Models: two or three models, some on servers that list few tokens, held in memory in any way. */
import fc from 'fast-check';
import { heldSentence, modelsReport } from '../../../../src/experiments/models/report';
import type { ComparedModel, ModelsResult } from '../../../../src/experiments/models/result';
import { reported } from '../reported';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const perplexity = fc.double({ min: 1, max: 1e6, noNaN: true });
const orNull = <Value>(some: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(some, { freq: 2 });

const token = fc.constantFrom({ id: 0, text: 'x' }, { id: 1, text: 'yz' });

function textOf(models: number): fc.Arbitrary<ComparedModel['greedy']> {
  return fc.array(token, { minLength: 1, maxLength: 3 }).map((tokens) => ({
    text: tokens.map(({ text }) => text).join(''),
    ids: tokens.map(({ id }) => id),
    tokens: tokens.map(({ text }) => text),
    probabilities: Array.from({ length: models }, () => tokens.map(() => 0.25)),
  }));
}

function modelOf(index: number, models: number, trials: number): fc.Arbitrary<ComparedModel> {
  const trial = fc.record({
    seed: fc.nat(99_999),
    texts: fc.array(textOf(models), { minLength: 1, maxLength: 2 }),
    measures: fc.record({
      distinct1: share,
      distinct2: orNull(fc.constantFrom(0, 0.25, 0.5)),
      repetition: share,
      diversity: share,
      coherence: share,
      selfBleu: orNull(share),
    }),
    perplexityOn: fc.array(perplexity, { minLength: models, maxLength: models }),
  });
  return fc.record({
    name: fc.constant(`M${index}`),
    fingerprint: fc.constant('f'),
    precision: fc.constant('float32'),
    parameters: fc.constantFrom(0, 124_439_808),
    weightBytes: fc.constantFrom(null, 497_759_232),
    tokensPerSecond: fc.double({ min: 0.01, max: 1e4, noNaN: true }),
    entropy: orNull(fc.double({ min: 0, max: 10, noNaN: true })),
    greedy: textOf(models),
    trials: fc.array(trial, { minLength: trials, maxLength: trials }),
    reference: orNull(fc.record({ tokens: fc.nat(2000), perplexity, bitsPerCharacter: share })),
  });
}

const pairs = (models: number): [number, number][] =>
  models === 2
    ? [[0, 1]]
    : [
        [0, 1],
        [0, 2],
        [1, 2],
      ];

const whole = fc
  .record({ models: fc.integer({ min: 2, max: 3 }), trials: fc.integer({ min: 1, max: 3 }) })
  .chain(({ models, trials }) =>
    fc.record({
      models: fc.tuple(...Array.from({ length: models }, (_, index) => modelOf(index, models, trials))),
      pairs: fc.tuple(
        ...pairs(models).map(([first, second]) =>
          fc.record({
            first: fc.constant(first),
            second: fc.constant(second),
            divergence: orNull(share),
            reverse: orNull(share),
            jensenShannon: orNull(share),
            overlap: fc.nat(10),
            parts: orNull(fc.record({ position: fc.nat(40), firstToken: token, secondToken: token })),
          }),
        ),
      ),
      next: fc.array(
        fc.record({
          token,
          probabilities: fc.array(orNull(share), { minLength: models, maxLength: models }),
        }),
      ),
      memoryUse: orNull(
        fc.record({
          models: fc.constant(Array.from({ length: models }, () => ({ needed: 6e8, grown: null }))),
          turns: fc.constantFrom(null, 'memory' as const, 'number' as const),
        }),
      ),
    }),
  );

type Own = Pick<ModelsResult, 'models' | 'pairs' | 'next' | 'memoryUse'>;

const stopped: fc.Arbitrary<Own> = fc.constant({ models: [], pairs: [], next: [], memoryUse: null });
const any: fc.Arbitrary<Own> = fc.oneof({ weight: 9, arbitrary: whole }, { weight: 1, arbitrary: stopped });

const results: fc.Arbitrary<ModelsResult> = any.map((own) => ({
  experiment: 'models',
  ...own,
  stopped: own.models.length === 0,
  milliseconds: 1234,
  provenance: {
    ...{ model: 'm', modelName: 'M0', fingerprint: 'f', precision: 'float32' },
    ...{ promptIds: [1, 2], promptTruncated: false, promptNotes: [] },
    ...{ parameters: {}, seed: 42, software: 'Decoding Lab 1' },
  },
}));

/** What a random result says. */
export const modelsSayings: fc.Arbitrary<string[]> = results.map((result) => [
  ...reported(modelsReport, result),
  ...[heldSentence(result) ?? []].flat(),
]);
