import { describe, expect, it } from 'vitest';
import { TOY_DEFAULT, ToyModel } from '../../../../src/core/toyModel';
import { METHOD_CHOICES, METHOD_NUMBERS } from '../../../../src/experiments/methods/list';
import { methods } from '../../../../src/experiments/methods';
import type { MethodResult, MethodsResult } from '../../../../src/experiments/methods/result';
import { toCsv } from '../../../../src/experiments/report/csv';
import { methodsReport } from '../../../../src/experiments/methods/report';
import { fixture, runExperiment } from '../running';

const run = async (change: object): Promise<MethodsResult> => {
  const parameters = {
    prompt: '',
    methods: METHOD_CHOICES.filter(({ chapter }) => chapter).map(({ spec }) =>
      spec({ ...METHOD_NUMBERS, temperature: 0.7, p: 0.9, k: 2 }),
    ),
    form: 'tokens',
    samples: 10,
    trials: 100,
    maxNewTokens: 5,
    seed: 42,
    ...change,
  };
  return (await runExperiment(methods, new ToyModel(TOY_DEFAULT), parameters)).result;
};

describe('the report of methods', () => {
  it('has the references in its CSV, to 1e-12', async () => {
    const file = fixture('seed/seed-exercises.json') as Record<
      string,
      { T: number; p?: number; k?: number; expected_distinct_10: number }[]
    >;
    const exact: Record<string, number> = {
      Stochastic: file['temperature']!.find(({ T }) => T === 0.7)!.expected_distinct_10 / 10,
      Nucleus: file['nucleus']!.find(({ T, p }) => T === 0.7 && p === 0.9)!.expected_distinct_10 / 10,
      Hybrid:
        file['hybrid']!.find(({ T, p, k }) => T === 0.7 && p === 0.9 && k === 2)!.expected_distinct_10 / 10,
    };
    const [measures] = methodsReport.tables(await run({}));
    const lines = toCsv(measures!)
      .split('\r\n')
      .map((line) => line.split(','));
    for (const [method, value] of Object.entries(exact)) {
      const line = lines.find((cells) => cells[0] === method && cells[1] === 'Diversity')!;
      expect(Math.abs(Number(line[2]) - value)).toBeLessThan(1e-12);
    }
  });

  it('orders the methods by what is exact', async () => {
    const [answer, diversity, coherence] = methodsReport.summary(await run({}));
    const order = (sentence: string): string[] => sentence.match(/Greedy|Stochastic|Nucleus|Hybrid/g)!;
    // Two tokens, then three, then five.
    expect(order(answer!)).toEqual(['Stochastic', 'Greedy']);
    expect(order(diversity!)).toEqual(['Greedy', 'Hybrid', 'Nucleus', 'Stochastic']);
    expect(order(coherence!)).toEqual(['Stochastic', 'Nucleus', 'Hybrid', 'Greedy']);
  });

  const withDiversity = (name: string, values: readonly number[]): MethodResult => ({
    name,
    spec: { kind: 'sampling' },
    unavailable: null,
    deterministic: false,
    next: null,
    measures: [
      {
        id: 'diversity',
        exact: null,
        mean: values.reduce((a, b) => a + b) / values.length,
        low: null,
        high: null,
        values: [...values],
      },
    ],
    texts: [],
  });

  it('says which differences may be chance', async () => {
    const result = await run({ trials: 3 });
    const of = (...found: MethodResult[]): string =>
      methodsReport.summary({ ...result, methods: found }).join('\n');
    // Always higher by a tenth, though both vary a lot: paired, that is no chance.
    expect(of(withDiversity('low', [0.1, 0.5, 0.9]), withDiversity('high', [0.2, 0.61, 0.99]))).toContain(
      'Each method differs from the next by more than chance (95 %)',
    );
    expect(of(withDiversity('low', [0.1, 0.5, 0.9]), withDiversity('high', [0.9, 0.5, 0.2]))).toContain(
      'the difference may be chance (95 %) between low and high.',
    );
  });

  it('names the exact values that the trials miss', async () => {
    const result = await run({});
    const wrong = result.methods.map((method) =>
      method.name === 'Nucleus'
        ? { ...method, measures: method.measures.map((measure) => ({ ...measure, exact: measure.mean + 1 })) }
        : method,
    );
    expect(methodsReport.summary({ ...result, methods: wrong }).join('\n')).toContain(
      '9 of 12 exact values lie within the 95 % intervals of the trials; outside: Nucleus: diversity, Nucleus: coherence and Nucleus: log-probability.',
    );
  });

  it('says what was left out', async () => {
    const result = await run({});
    const left: MethodResult = {
      ...withDiversity('Contrastive search', [1]),
      unavailable: 'No states.',
      measures: [],
    };
    expect(methodsReport.summary({ ...result, methods: [left] })).toEqual([
      'Contrastive search was left out: No states.',
    ]);
    expect(methodsReport.summary({ ...result, methods: [] })).toEqual([
      'The run was stopped before its first trial was finished.',
    ]);
  });
});
