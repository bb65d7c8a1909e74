/** Runs the suites of test/integration inside VS Code's extension host and reads the report they leave. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROXY_VARIABLE, REPORT_VARIABLE } from '../../test/integration/report';
import { openBrowser } from '../lib/chromium';
import { artifacts, inRepository, repository } from '../lib/paths';
import { startServer } from '../lib/vscodeServer';
import { Window } from '../lib/window';
import { sampleWorkspace } from '../lib/workspace';
import type { Outcome } from './outcome';
import { count, freshReport, isWhole, readReport, testsOf } from './report';
import { endOrSilence, inMinutes, runWatched, sizeOf } from './silence';

/** How long no test may begin or end, in milliseconds; a test has two minutes. */
const SILENCE = 300_000;

/** In the desktop, VS Code may have to be downloaded first. */
const SILENCE_ON_DESKTOP = 1_200_000;

const tests = inRepository('out', 'integration', 'index.js');
const report = join(artifacts, 'integration.jsonl');

/** In the VS Code server, with a browser that nobody sees. */
export async function inServer(): Promise<Outcome> {
  await freshReport(report);
  const workspace = await sampleWorkspace();
  const proxy = await proxyAddress();
  const env = { [REPORT_VARIABLE]: report, [PROXY_VARIABLE]: proxy, HTTP_PROXY: proxy };
  const server = await startServer({ lean: true, env });
  const browser = await openBrowser();
  const waiting = new AbortController();
  try {
    const opening = { folder: workspace.folder, extension: repository, tests };
    const window = await Window.open(server, browser, opening);
    const ended = Promise.race([
      server.ended.then(() => 'the VS Code server ended'),
      reportEnds(waiting.signal),
    ]);
    const end = await endOrSilence(ended, () => sizeOf(report), SILENCE);
    const outcome = await result(end === null ? `nothing happened for ${inMinutes(SILENCE)}` : end.end);
    if (outcome.failed > 0) await window.screenshot('integration-failed').catch(() => undefined);
    await window.close();
    return outcome;
  } finally {
    waiting.abort();
    await browser.close();
    await server.stop();
    await workspace.remove();
  }
}

/** The address of a proxy, on a port that is free. */
async function proxyAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return `http://name:word@127.0.0.1:${port}`;
}

/** Waits until the suites say that they have ended. */
async function reportEnds(signal: AbortSignal): Promise<string> {
  while (!signal.aborted && !isWhole(await readReport(report))) await sleep(250);
  return '';
}

/** In the desktop VS Code, which `@vscode/test-electron` fetches. */
export async function onDesktop(): Promise<Outcome> {
  await freshReport(report);
  const workspace = await sampleWorkspace();
  const { code } = await runWatched(
    ['--import', 'tsx', inRepository('scripts', 'suites', 'desktop.ts'), repository, tests, workspace.folder],
    SILENCE_ON_DESKTOP,
    { report, env: { [REPORT_VARIABLE]: report, [PROXY_VARIABLE]: await proxyAddress() } },
  );
  await workspace.remove();
  // The exit code says no more than the report, unless there is no whole report.
  return result(
    code === null
      ? `nothing happened for ${inMinutes(SILENCE_ON_DESKTOP)}`
      : `VS Code ended with exit code ${code}`,
  );
}

/** Prints the report and counts it. @param cut why it is not whole, if it is not. */
async function result(cut: string): Promise<Outcome> {
  const lines = await readReport(report);
  const marks = { passed: '✓', failed: '✗', skipped: '-' };
  for (const { title, outcome, milliseconds, message } of testsOf(lines)) {
    console.log(` ${marks[outcome]} ${title} ${milliseconds} ms`);
    if (message !== undefined) console.log(message.replace(/^/gm, '     '));
  }
  return count('integration', lines, cut);
}
