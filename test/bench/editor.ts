/**
 * `npm run bench -- editor`: what the extension costs a user who types, in a real VS Code: activation, the time
 * from a keystroke to the first suggestion with and without the prompt cache, and 2,000 keystrokes. On Linux.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { openBrowser } from '../../scripts/lib/chromium';
import { repository } from '../../scripts/lib/paths';
import { startServer } from '../../scripts/lib/vscodeServer';
import { Window } from '../../scripts/lib/window';
import { sampleWorkspace } from '../../scripts/lib/workspace';
import { FIGURES_VARIABLE, type EditorFigures, type Soaked } from './editor/figures';

const LIMIT = 600_000;
const MB = 1e6;

export async function run(): Promise<void> {
  if (process.platform !== 'linux') {
    console.log('  left out: it reads the memory of processes as Linux tells it');
    return;
  }
  const suite = resolve('out/bench/editor.js');
  const figures = resolve('artifacts/bench/editor.json');
  await build({
    ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node20', logLevel: 'warning' },
    entryPoints: ['test/bench/editor/suite.ts'],
    outfile: suite,
    external: ['vscode'],
  });
  rmSync(figures, { force: true });
  const workspace = await sampleWorkspace();
  const server = await startServer({ env: { [FIGURES_VARIABLE]: figures } });
  const browser = await openBrowser();
  try {
    const opening = { folder: workspace.folder, extension: repository, tests: suite };
    const window = await Window.open(server, browser, opening);
    const deadline = Date.now() + LIMIT;
    while (!existsSync(figures) && Date.now() < deadline) await sleep(500);
    await window.close();
  } finally {
    await browser.close();
    await server.stop();
    await workspace.remove();
  }
  if (!existsSync(figures)) throw new Error(`The suite left no figures within ${LIMIT / 1000} seconds.`);
  print(JSON.parse(readFileSync(figures, 'utf8')) as EditorFigures);
}

function print(figures: EditorFigures): void {
  const { activation, hostBefore, hostAfter, processBefore, warm, cold, keystrokes, before, after } = figures;
  const line = (name: string, value: string): void => {
    console.log(`  ${name.padEnd(46)} ${value}`);
  };
  line(
    'activation (goal: under 50 ms)',
    activation === null ? 'was active before it could be timed' : `${activation.toFixed(0)} ms`,
  );
  line('extension host grows by', `${((hostAfter - hostBefore) / MB).toFixed(1)} MB`);
  line('model process before the first use', processBefore ? 'runs' : 'does not run');
  line('keystroke to suggestions, prompt in the cache', `${median(warm).toFixed(0)} ms`);
  line('keystroke to suggestions, new prompt', `${median(cold).toFixed(0)} ms`);
  line('  ratio', (median(cold) / median(warm)).toFixed(1));
  line('model process at rest', `${(figures.idleBytes / MB).toFixed(0)} MB`);
  line('  its share of a processor', `${(100 * figures.idleShare).toFixed(1)} %`);
  const told = ({ listeners, pending, engineBytes, hostHeap }: Soaked): string =>
    `${listeners} listeners, ${pending} requests, engine ${(engineBytes / MB).toFixed(0)} MB, host heap ${(hostHeap / MB).toFixed(0)} MB`;
  line(`before ${keystrokes} keystrokes`, told(before));
  line(`after them`, told(after));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
