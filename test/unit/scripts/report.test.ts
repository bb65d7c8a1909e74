import { appendFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { count, freshReport, readReport } from '../../../scripts/suites/report';
import { temporaryFolder } from '../library/temporaryFolder';
import type { ReportLine } from '../../integration/report';

const at = temporaryFolder();

const begin = (title: string): ReportLine => ({ kind: 'begin', title });
const passed = (title: string): ReportLine => ({ kind: 'test', title, outcome: 'passed', milliseconds: 1 });

describe('The report of a suite', () => {
  it('is counted', () => {
    const failed: ReportLine = {
      ...{ kind: 'test', title: 'b', outcome: 'failed', milliseconds: 1 },
      message: 'expected 1\nto be 2',
    };
    const skipped: ReportLine = { kind: 'test', title: 'c', outcome: 'skipped', milliseconds: 0 };
    const lines = [begin('a'), passed('a'), begin('b'), failed, skipped, { kind: 'end' } as const];
    expect(count('unit', lines, '')).toEqual({
      ...{ passed: 1, failed: 1, skipped: 1 },
      failures: ['unit: b\nexpected 1'],
    });
  });

  it('that was cut off keeps what had passed, and says what was running', () => {
    const lines: ReportLine[] = [
      ...[begin('file'), begin('hook'), { kind: 'ended', title: 'hook' } as const],
      ...[begin('first'), passed('first'), begin('second')],
    ];
    const { passed: good, failed, failures } = count('e2e', lines, 'nothing happened for 5 minutes');
    expect([good, failed]).toEqual([1, 1]);
    expect(failures).toEqual(['e2e: nothing happened for 5 minutes, after 1 tests, during\nfile\nsecond']);
  });

  it('without a test is a failure', () => {
    expect(count('unit', [{ kind: 'end' }], '').failed).toBe(1);
    expect(count('unit', [], 'it ended').failed).toBe(1);
  });

  it('is read while it is written', async () => {
    const path = at('reports', 'unit.jsonl');
    await freshReport(path);
    expect(await readReport(path)).toEqual([]);
    await appendFile(path, `${JSON.stringify(passed('a'))}\n{"kind":"te`);
    expect(await readReport(path)).toEqual([passed('a')]);
  });
});
