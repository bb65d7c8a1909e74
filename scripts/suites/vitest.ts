/** Runs vitest with one of the configurations and counts what its JSON report says. */
import { readFile, rm } from 'node:fs/promises';
import { relative } from 'node:path';
import { run } from '../lib/processes';
import { inRepository, repository } from '../lib/paths';
import { oneFailed, type Outcome } from './outcome';

/** How long a whole run may take, in milliseconds: a test that hangs beyond vitest's own limits fails here. */
const LIMITS = { unit: 600_000, e2e: 600_000, deep: 14_400_000 };

/** The part of vitest's report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/** @param name of the part, which is also that of its report in artifacts/. */
export async function vitest(name: keyof typeof LIMITS, config: string): Promise<Outcome> {
  const report = inRepository('artifacts', `${name}.json`);
  // A report of an earlier run must not be taken for this one's.
  await rm(report, { force: true });
  const { code, timedOut } = await run(
    process.execPath,
    [inRepository('node_modules', 'vitest', 'vitest.mjs'), 'run', '--config', config],
    { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'], limit: LIMITS[name] },
  );
  if (timedOut) return oneFailed(`${name}: not done after ${LIMITS[name] / 1000} seconds`);
  const text = await readFile(report, 'utf8').catch(() => null);
  if (text === null) return oneFailed(`${name}: vitest ended with exit code ${code} and left no report`);
  const outcome = count(JSON.parse(text) as Report);
  return code !== 0 && outcome.failed === 0
    ? {
        ...outcome,
        failed: 1,
        failures: [`${name}: vitest ended with exit code ${code}; see its output above`],
      }
    : outcome;
}

function count(report: Report): Outcome {
  let passed = 0;
  let skipped = 0;
  const failures: string[] = [];
  for (const file of report.testResults) {
    const name = relative(repository, file.name);
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed += 1;
      else if (test.status === 'failed') {
        failures.push(`${name}: ${test.fullName}\n${test.failureMessages?.[0]?.split('\n')[0] ?? ''}`);
      } else skipped += 1;
    }
    // A file that cannot be loaded, or whose hooks fail, has no failed test of its own.
    const failed = file.assertionResults.some((test) => test.status === 'failed');
    if (file.status === 'failed' && !failed) {
      failures.push(`${name}\n${file.message?.split('\n')[0] ?? ''}`);
    }
  }
  return { passed, failed: failures.length, skipped, failures };
}
