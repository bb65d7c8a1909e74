/** Foreign text in the files that a result is exported into. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCsv } from '../../../src/experiments/report/csv';
import { toMarkdown } from '../../../src/experiments/report/markdown';
import type { ExperimentResult } from '../../../src/experiments/kit/results';
import type { Cell } from '../../../src/experiments/report/types';
import '../fixedSeed';

const table = (rows: readonly (readonly Cell[])[]) => ({
  id: 't',
  title: 'T',
  columns: ['a', 'b'],
  keys: 1,
  rows,
});

/** The fields of one line of CSV by RFC 4180. */
function fieldsOf(csv: string): string[] {
  return Array.from(csv.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g), ([, quoted, plain]) =>
    quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
  );
}
const written = (cell: Cell): string => fieldsOf(toCsv(table([[cell, 1]])).slice('a,b\r\n'.length))[0]!;

describe('A table for spreadsheets', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['=HYPERLINK("https://a.b","x")', '\'=HYPERLINK("https://a.b","x")'],
    ['+1+1', "'+1+1"],
    ['-1+1', "'-1+1"],
    ['--', "'--"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\rx', "'\rx"],
    [' =1+1', "' =1+1"],
    ['\u200B=1+1', "'\u200B=1+1"],
    ['＝1+1', "'＝1+1"],
  ])('holds no formula: %j', (text, field) => {
    expect(written(text)).toBe(field);
  });

  it.each([['-2.1'], ['+3'], ['-1e-7'], ['-.5'], ['-Infinity'], ['-'], ['='], ['a=b'], [' the'], ['']])(
    'leaves numbers and harmless texts as they are: %j',
    (text) => {
      expect(written(text)).toBe(text);
    },
  );

  it('leaves numbers that are numbers, whatever their sign', () => {
    expect(toCsv(table([[-2.1, -Infinity]]))).toBe('a,b\r\n-2.1,-Infinity\r\n');
  });

  it('keeps every text to its field, and begins none with what begins a formula', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('=+-@\t\r\n ,;"a1.')) }), (text) => {
        const field = written(text);
        expect([text, `'${text}`]).toContain(field);
        if (/^[=+\-@\t\r]./s.test(field)) expect(Number.isNaN(Number(field))).toBe(false);
      }),
    );
  });
});

describe('A report', () => {
  const hostile = '![x](https://a.b/c.png) <img src=x> [y](command:z) www.a.b a@b.c $x$ \u202Egnp';
  const report = toMarkdown({
    title: hostile,
    prompt: 'one\n```\n\u202Etwo',
    summary: [hostile, '- no list', '1. no list', '# no heading'],
    pictures: [],
    tables: [{ id: 't', title: hostile, columns: [hostile, 'b'], keys: 1, rows: [[hostile, 1]] }],
    conclusion: '',
    result: {
      stopped: false,
      milliseconds: 1,
      provenance: {
        ...{ model: hostile, modelName: hostile, fingerprint: 'f', precision: 'fp32', software: 's' },
        ...{ promptIds: [1], promptNotes: [hostile], seed: 1 },
        parameters: { prompt: 'a\u202Eb\u{E0041}😀' },
      },
    } as unknown as ExperimentResult,
  });

  it('has neither links, pictures, HTML nor hidden characters of a foreign hand', () => {
    const prose = report.replace(/^(`{3,})[^`][\s\S]*?^\1$/gm, '');
    expect(prose).toContain('https\\://');
    expect(prose).not.toMatch(/(?<!\\)[<[\]!$@]|:\/\/(?<!\\:\/\/)|(?<!\\)\.a\.b/);
    expect(report).not.toMatch(/[\p{Cf}\p{Cs}]/u);
    expect(prose).toContain('\n\n\\- no list\n\n1\\. no list\n\n\\# no heading\n\n');
  });

  it('still replays: the parameters read back as they were', () => {
    const json = /```json\n(.*)\n```/.exec(report)![1]!;
    expect(JSON.parse(json)).toEqual({ parameters: { prompt: 'a\u202Eb\u{E0041}😀' }, promptIds: [1] });
  });
});
