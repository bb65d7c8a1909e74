/**
 * `npm run bench -- panel`: how soon the distribution is on screen after the command, in a real VS Code with the
 * bundled model: the first time (the model process starts, the model is loaded, the panel opens) and then.
 */
import { readFile } from 'node:fs/promises';
import type { Frame } from 'playwright-core';
import { openBrowser } from '../../scripts/lib/chromium';
import { EXPLORE, exploreSample, SAMPLE_LINE } from '../../scripts/lib/exploreSample';
import { part } from '../../scripts/lib/panelReading';
import { repository } from '../../scripts/lib/paths';
import { startServer } from '../../scripts/lib/vscodeServer';
import { Window } from '../../scripts/lib/window';
import { sampleWorkspace } from '../../scripts/lib/workspace';

const TRIES = 15;

export async function run(): Promise<void> {
  const workspace = await sampleWorkspace();
  const server = await startServer();
  const browser = await openBrowser();
  try {
    const opening = { folder: workspace.folder, extension: repository, file: workspace.file };
    const window = await Window.open(server, browser, opening);
    const cold = await timeFirst(window, workspace.file);
    const warm = await timeWarm(window, workspace.file);
    await window.close();
    const line = (name: string, value: string): void => {
      console.log(`  ${name.padEnd(46)} ${value}`);
    };
    line('first distribution, cold (goal: under 1,000 ms)', `${cold.toFixed(0)} ms`);
    const [low, middle, high] = [0, TRIES >> 1, TRIES - 1].map((i) => warm[i]!.toFixed(0));
    line('first distribution, warm (goal: under 100 ms)', `${middle!} ms (${low!} to ${high!})`);
  } finally {
    await browser.close();
    await server.stop();
    await workspace.remove();
  }
}

/** Milliseconds from the command in the palette until the panel has opened and shows bars. */
async function timeFirst(window: Window, file: string): Promise<number> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  await window.select(lines.indexOf(SAMPLE_LINE) + 1, 1, SAMPLE_LINE.length + 1);
  const { page } = window;
  // The extension has been activated by the start of the window; its process has not been started.
  await page.keyboard.press('F1');
  const widget = page.locator('.quick-input-widget');
  await widget.locator('input.input').fill(`>${EXPLORE}`);
  await widget.locator(`.monaco-list-row[aria-label^="${EXPLORE}"]`).first().waitFor();
  const begin = performance.now();
  await page.keyboard.press('Enter');
  await window.frameWith(part('bar-row'));
  return performance.now() - begin;
}

/** The same with the panel open, for other selections each time; ascending. */
async function timeWarm(window: Window, file: string): Promise<number[]> {
  const { frame } = await exploreSample(window, file);
  const times: number[] = [];
  const { keyboard } = window.page;
  await window.focusEditor();
  for (let i = 0; i < TRIES; i++) {
    // One character less is another prompt.
    await keyboard.press('Shift+ArrowLeft');
    const changed = await watch(frame);
    const begin = Date.now();
    await keyboard.press('Control+k');
    await keyboard.press('Control+g');
    times.push((await changed()) - begin);
    await frame.locator(`${part('stop')}[disabled]`).waitFor();
    await window.focusEditor();
  }
  return times.sort((a, b) => a - b);
}

/** Notices when the bars have been drawn anew. @returns what waits for that, and gives the time, as `Date.now` does */
async function watch(frame: Frame): Promise<() => Promise<number>> {
  const handle = await frame
    .locator(part('bar-row'))
    .first()
    .evaluateHandle((row) => {
      const table = row.closest('table')!;
      return {
        at: new Promise<number>((resolve) => {
          const observer = new MutationObserver(() => {
            observer.disconnect();
            // The frame in which it is seen.
            requestAnimationFrame(() => {
              resolve(Date.now());
            });
          });
          observer.observe(table, {
            subtree: true,
            attributes: true,
            attributeFilter: ['data-raw-probability'],
          });
        }),
      };
    });
  return () => handle.evaluate(({ at }) => at);
}
