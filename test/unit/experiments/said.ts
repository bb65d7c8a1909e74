/** What reports say, of random results: the sentences to be read for holes, and what all results have. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { ExperimentResult, Provenance, ResultToken } from '../../../src/experiments/kit/results';
import { toMarkdown } from '../../../src/experiments/report/markdown';
import type { ReportOf } from '../../../src/experiments/report/types';
import { leftInEnglish } from '../l10n/english';
import { frenchHoles, holes } from '../l10n/holes';

/** Sentences, titles, notes and heads of columns, and the paragraphs of the Markdown that are no table and no code. */
function saidOf<Result extends ExperimentResult>(report: ReportOf<Result>, result: Result): string[] {
  const summary = report.summary(result);
  const tables = report.tables(result);
  const markdown = toMarkdown({
    ...{ title: 'x', prompt: 'x', summary: [], pictures: [], tables: [], conclusion: '' },
    result,
  });
  const paragraphs = markdown.split('\n\n').filter((text) => !/^(```|\|)/.test(text));
  return [
    ...summary,
    ...tables.flatMap(({ title, note, columns }) => [
      title,
      ...(note === undefined ? [] : [note]),
      ...columns,
    ]),
    ...paragraphs.map((text) => text.trimEnd()),
  ];
}

/** Fails where a sentence of some result lacks something. */
export function expectWhole<Result extends ExperimentResult>(
  report: ReportOf<Result>,
  results: fc.Arbitrary<Result>,
): void {
  fc.assert(
    fc.property(results, (result) => {
      expect(saidOf(report, result).flatMap(holes)).toEqual([]);
    }),
  );
}

/** The same where VS Code speaks French: and where a part was left in English. */
export function expectFrench<Result extends ExperimentResult>(
  report: ReportOf<Result>,
  results: fc.Arbitrary<Result>,
): void {
  fc.assert(
    fc.property(results, (result) => {
      const said = saidOf(report, result);
      expect(said.flatMap(frenchHoles)).toEqual([]);
      expect(said.filter((sentence) => leftInEnglish(sentence) !== undefined)).toEqual([]);
    }),
  );
}

/** From impossible to certain, and what is next to both. */
export const probability: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, 1e-300, 1e-9, 0.5, 1 - 1e-9, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

/** Of tokens and draws: few and many. */
export const few: fc.Arbitrary<number> = fc.constantFrom(0, 1, 2, 3, 1000, 50_257);

export const token: fc.Arbitrary<ResultToken> = fc.record({
  id: few,
  text: fc.constantFrom(' pizza', 'x', '\n'),
});

const server: NonNullable<Provenance['server']> = {
  ...{ name: 'gpu1', address: 'http://gpu1:8000', kind: 'vllm', version: '0.9' },
  ...{ listed: 20, readsTexts: 'at once', chat: false },
};

/** @param parameters of the run */
export function provenanceOf(parameters: unknown, seed: number | null): fc.Arbitrary<Provenance> {
  return fc
    .record({
      there: fc.boolean(),
      drawnBy: fc.constantFrom('server' as const, 'here' as const, undefined),
      promptIds: fc.array(few, { maxLength: 2 }),
    })
    .map(({ there, drawnBy, promptIds }) => ({
      ...{ model: 'm', modelName: 'fireside', fingerprint: 'f', precision: 'fp32', software: 's 1.0' },
      ...(there && { server, ...(drawnBy && { drawnBy }) }),
      ...{ promptIds, promptTruncated: false, promptNotes: [], parameters, seed },
    }));
}

export const ending = fc.record({
  stopped: fc.boolean(),
  milliseconds: fc.constantFrom(0, 12, 61_000),
});
