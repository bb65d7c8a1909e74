/** Runs the suites of test/integration inside VS Code's extension host and reads the report they leave. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { REPORT_VARIABLE, type ReportLine } from '../../test/integration/report';
import { openBrowser } from '../lib/chromium';
import { artifacts, inRepository, repository } from '../lib/paths';
import { run } from '../lib/processes';
import { startServer } from '../lib/vscodeServer';
import { Window } from '../lib/window';
import { sampleWorkspace } from '../lib/workspace';
import { oneFailed, type Outcome } from './outcome';

/** How long the suites may take after the window is open, in milliseconds. */
const LIMIT = 300_000;

const tooSlow = `did not end within ${LIMIT / 1000} seconds`;

const tests = inRepository('out', 'integration', 'index.js');
const report = join(artifacts, 'integration.jsonl');

/** In the VS Code server, with a browser that nobody sees. */
export async function inServer(): Promise<Outcome> {
  await freshReport();
  const workspace = await sampleWorkspace();
  const server = await startServer({ env: { [REPORT_VARIABLE]: report } });
  const browser = await openBrowser();
  try {
    const opening = { folder: workspace.folder, extension: repository, tests };
    const window = await Window.open(server, browser, opening);
    const deadline = Date.now() + LIMIT;
    let ended: number | null = null;
    while (Date.now() < deadline && ended === null && !(await read()).finished) {
      ended = await Promise.race([server.ended, sleep(500, null)]);
    }
    const outcome = await result(
      ended === null
        ? `did not end within ${LIMIT / 1000} seconds`
        : `were cut off: the VS Code server ended`,
    );
    if (outcome.failed > 0) await window.screenshot('integration-failed').catch(() => undefined);
    await window.close();
    return outcome;
  } finally {
    await browser.close();
    await server.stop();
    await workspace.remove();
  }
}

/** In the desktop VS Code, which `@vscode/test-electron` fetches. */
export async function onDesktop(): Promise<Outcome> {
  await freshReport();
  const workspace = await sampleWorkspace();
  const { code, timedOut } = await run(
    process.execPath,
    ['--import', 'tsx', inRepository('scripts', 'suites', 'desktop.ts'), repository, tests, workspace.folder],
    {
      cwd: repository,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, [REPORT_VARIABLE]: report },
      limit: LIMIT,
    },
  );
  await workspace.remove();
  // The exit code says no more than the report, unless there is no whole report.
  return result(timedOut ? tooSlow : `were cut off: VS Code ended with exit code ${code}`);
}

async function freshReport(): Promise<void> {
  await mkdir(artifacts, { recursive: true });
  await rm(report, { force: true });
}

async function read(): Promise<{ lines: ReportLine[]; finished: boolean }> {
  const text = await readFile(report, 'utf8').catch(() => '');
  // A last line without its line break is still being written.
  const whole = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '');
  const lines = whole.map((line) => JSON.parse(line) as ReportLine);
  return { lines, finished: lines.some(({ kind }) => kind === 'end') };
}

/** Counts the report; suites that never said `end` failed, for the reason given. */
async function result(why: string): Promise<Outcome> {
  const { lines, finished } = await read();
  const results = lines.filter((line) => line.kind === 'test');
  const marks = { passed: '✓', failed: '✗', skipped: '-' };
  for (const { title, outcome, milliseconds, message } of results) {
    console.log(` ${marks[outcome]} ${title} ${milliseconds} ms`);
    if (message !== undefined) console.log(message.replace(/^/gm, '     '));
  }
  const failures = results
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ title, message }) => `integration: ${title}\n${message?.split('\n')[0] ?? ''}`);
  if (results.length === 0 && finished) return oneFailed('integration: there are no suites');
  if (!finished) failures.push(`integration: the suites ${why} (${results.length} tests had reported)`);
  return {
    passed: results.filter(({ outcome }) => outcome === 'passed').length,
    failed: failures.length,
    skipped: results.filter(({ outcome }) => outcome === 'skipped').length,
    failures,
  };
}
