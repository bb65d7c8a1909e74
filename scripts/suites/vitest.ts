/** Runs vitest with one of the configurations and counts what its report says. */
import { join } from 'node:path';
import { artifacts, inRepository } from '../lib/paths';
import type { Outcome } from './outcome';
import { count, freshReport, readReport, testsOf } from './report';
import { inMinutes, runWatched } from './silence';

/**
 * How long nothing may happen, in milliseconds: longer than the limits of a test and its hooks, which name what
 * they end, and for the browser tests longer than it may take to install a server and a browser.
 */
const SILENCE = { unit: 300_000, e2e: 1_200_000, packaged: 1_200_000, deep: 1_800_000 };

/** @param name of the part, which is also that of its reports in artifacts/. */
export async function vitest(name: keyof typeof SILENCE, config: string): Promise<Outcome> {
  const report = join(artifacts, `${name}.jsonl`);
  await freshReport(report);
  const args = [inRepository('node_modules', 'vitest', 'vitest.mjs'), 'run', '--config', config];
  const { code } = await runWatched(args, SILENCE[name], { report });
  const lines = await readReport(report);
  const cut =
    code === null
      ? `nothing happened for ${inMinutes(SILENCE[name])}`
      : `vitest ended with exit code ${code}`;
  const again = testsOf(lines).filter((test) => test.again === true);
  if (again.length > 0) {
    console.log(`Passed only at the second try:\n${again.map(({ title }) => `  ${title}`).join('\n')}`);
  }
  const outcome = count(name, lines, cut);
  if (code === 0 || outcome.failed > 0) return outcome;
  return { ...outcome, failed: 1, failures: [`${name}: ${cut}; see its output above`] };
}
