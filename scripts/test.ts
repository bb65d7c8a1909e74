/**
 * `npm test`: every check of the project, one after the other, and one line at the end that counts them.
 * `npm test -- unit e2e` runs only the parts named; `--desktop` takes the desktop VS Code for the integration
 * suites instead of the VS Code server. `deep` runs only where it is named: `npm run test:deep`.
 */
import { findChromium } from './lib/chromium';
import { explain } from './lib/failure';
import { runMain } from './lib/main';
import { installServer } from './lib/serverInstall';
import { inServer, onDesktop } from './suites/integration';
import { oneFailed, summary, total, type Outcome } from './suites/outcome';
import { serving } from './suites/serving';
import { check } from './suites/tools';
import { vitest } from './suites/vitest';

const arguments_ = process.argv.slice(2);
const desktop = arguments_.includes('--desktop');

/** In the order in which they run: what is quick and tells most comes first. */
const parts = {
  build: () => check('build'),
  types: () => check('types'),
  lint: () => check('lint'),
  format: () => check('format'),
  unit: () => vitest('unit', 'vitest.config.mts'),
  integration: desktop ? onDesktop : inServer,
  start: serving,
  e2e: () => vitest('e2e', 'vitest.e2e.config.mts'),
  // Last, as it builds anew, without what helps to find errors.
  packaged: () => vitest('packaged', 'vitest.packaged.config.mts'),
  // Exhaustive and statistical runs: weekly, not with every change.
  deep: () => vitest('deep', 'vitest.deep.config.mts'),
} satisfies Record<string, () => Promise<Outcome>>;
type Part = keyof typeof parts;

/** Parts that run only where they are named. */
const onlyNamed: readonly Part[] = ['deep'];

/** Parts that run what the build made. */
const built: readonly Part[] = ['integration', 'start', 'e2e'];

/** Parts that open a window. */
const windows: readonly Part[] = ['integration', 'start', 'e2e', 'packaged'];

/** Parts that only compute, and change nothing: together they keep every processor busy. */
const sideBySide: readonly Part[] = ['types', 'lint', 'format'];

function chosen(): Part[] {
  const names = Object.keys(parts) as Part[];
  const wanted = arguments_.filter((argument) => argument !== '--desktop');
  const unknown = wanted.filter((name) => !names.includes(name as Part));
  if (unknown.length > 0) {
    console.error(
      `There is no part named ${unknown.join(', ')}. Choose from: ${names.join(', ')}; --desktop.`,
    );
    process.exit(2);
  }
  if (wanted.length === 0) return names.filter((name) => !onlyNamed.includes(name));
  return names.filter(
    (name) => wanted.includes(name) || (name === 'build' && built.some((b) => wanted.includes(b))),
  );
}

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(0)} s`;

/** Runs a part, says when it begins and ends, and what came of it. */
async function runPart(part: Part): Promise<Outcome> {
  const since = Date.now();
  console.log(`\n=== ${part}`);
  const outcome = await parts[part]().catch((error: unknown): Outcome =>
    oneFailed(`${part}: ${explain(error)}`),
  );
  console.log(`--- ${part}: ${summary(outcome)} in ${seconds(since)}`);
  return outcome;
}

/** Parts in the order in which they run, those together that run side by side. */
function inGroups(names: readonly Part[]): Part[][] {
  const groups: Part[][] = [];
  for (const name of names) {
    const last = groups.at(-1);
    if (last && sideBySide.includes(name) && sideBySide.includes(last[0]!)) last.push(name);
    else groups.push([name]);
  }
  return groups;
}

async function main(): Promise<number> {
  const outcomes: Outcome[] = [];
  let buildFailed = false;
  const names = chosen();
  // What windows need is fetched while the first parts compute. What fails is told by the part that needs it.
  const editor =
    names.some((part) => windows.includes(part)) && !desktop
      ? Promise.allSettled([installServer(console.log), findChromium()])
      : undefined;
  for (const group of inGroups(names)) {
    if (group.some((part) => windows.includes(part))) await editor;
    const left = group.filter((part) => !(buildFailed && built.includes(part)));
    for (const part of group) {
      if (!left.includes(part)) outcomes.push(oneFailed(`${part}: not run, because the build failed`));
    }
    const ended = await Promise.all(left.map(runPart));
    buildFailed ||= left.includes('build') && ended.some(({ failed }) => failed > 0);
    outcomes.push(...ended);
  }
  const all = total(outcomes);
  if (all.failed > 0)
    console.log(`\nFailed:\n${all.failures.map((text) => `  ${text.replace(/\n/g, '\n    ')}`).join('\n')}`);
  console.log(`\n${summary(all)}`);
  return all.failed === 0 ? 0 : 1;
}

runMain(main);
