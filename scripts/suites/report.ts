/** Reads the reports that suites write while they run, a line for everything that begins or ends. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ReportLine } from '../../test/integration/report';
import { oneFailed, type Outcome } from './outcome';

/** Removes the report of an earlier run, which must not be taken for the next one's. */
export async function freshReport(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
}

/** The whole lines so far: one without its line break is still being written. */
export async function readReport(path: string): Promise<ReportLine[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReportLine);
}

export const isWhole = (lines: readonly ReportLine[]): boolean => lines.some(({ kind }) => kind === 'end');

/** What has begun and not ended. */
export function running(lines: readonly ReportLine[]): string[] {
  const titles: string[] = [];
  for (const line of lines) {
    if (line.kind === 'begin') titles.push(line.title);
    else if (line.kind !== 'end') {
      const at = titles.lastIndexOf(line.title);
      if (at >= 0) titles.splice(at, 1);
    }
  }
  return titles;
}

export type TestLine = Extract<ReportLine, { kind: 'test' }>;

export const testsOf = (lines: readonly ReportLine[]): TestLine[] =>
  lines.filter((line) => line.kind === 'test');

/**
 * Counts a report.
 * @param part its name
 * @param cut why the suites ended without saying so, if they did: a report that is not whole is a failure
 */
export function count(part: string, lines: readonly ReportLine[], cut: string): Outcome {
  const tests = testsOf(lines);
  if (tests.length === 0 && isWhole(lines)) return oneFailed(`${part}: there are no tests`);
  const failures = tests
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ title, message }) => `${part}: ${title}\n${message?.split('\n')[0] ?? ''}`);
  if (!isWhole(lines)) {
    const during = running(lines);
    const what = during.length === 0 ? 'between two tests' : `during\n${during.join('\n')}`;
    failures.push(`${part}: ${cut}, after ${tests.length} tests, ${what}`);
  }
  return {
    passed: tests.filter(({ outcome }) => outcome === 'passed').length,
    failed: failures.length,
    skipped: tests.filter(({ outcome }) => outcome === 'skipped').length,
    failures,
  };
}
