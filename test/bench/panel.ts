/**
 * `npm run bench -- panel`: how soon the panel answers a hand, in a real VS Code with the bundled model. The bars after
 * the command, the first time (the model process starts, the model is loaded, the panel opens) and then; in the panel
 * that is open, the prompt's tokens after the command, a tab after a click, and the controls after Stop.
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

/** Tabs are gone to and left, and each kind of run is stopped, so many times. */
const TIMES = 7;

export async function run(): Promise<void> {
  const workspace = await sampleWorkspace();
  const server = await startServer();
  const browser = await openBrowser();
  try {
    const opening = { folder: workspace.folder, extension: repository, file: workspace.file };
    const window = await Window.open(server, browser, opening);
    const cold = await timeFirst(window, workspace.file);
    const line = (name: string, value: string): void => {
      console.log(`  ${name.padEnd(56)} ${value}`);
    };
    line('first distribution, cold (goal: under 1,000 ms)', `${cold.toFixed(0)} ms`);
    const { frame, tokens, bars } = await timeWarm(window, workspace.file);
    line('first distribution, warm (goal: under 100 ms)', spread(bars));
    line('tokens of the prompt, warm (goal: at most 250 ms)', spread(tokens));
    line('another tab (goal: at most 100 ms)', spread(await timeTabs(frame)));
    for (const tab of ['explore', 'temperature', 'grid']) {
      line(`Stop of ${tab} (goal: at most 300 ms)`, spread(await timeStop(frame, tab)));
    }
    await window.close();
  } finally {
    await browser.close();
    await server.stop();
    await workspace.remove();
  }
}

/** Median, least and most. */
function spread(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const [low, middle, high] = [0, sorted.length >> 1, sorted.length - 1].map((i) => sorted[i]!.toFixed(0));
  return `${middle!} ms (${low!} to ${high!})`;
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

interface Warm {
  readonly frame: Frame;
  readonly tokens: readonly number[];
  readonly bars: readonly number[];
}

/** The same with the panel open, for other selections each time. */
async function timeWarm(window: Window, file: string): Promise<Warm> {
  const { frame } = await exploreSample(window, file);
  const tokens: number[] = [];
  const bars: number[] = [];
  const { keyboard } = window.page;
  await window.focusEditor();
  for (let i = 0; i < TRIES; i++) {
    // One character less is another prompt.
    await keyboard.press('Shift+ArrowLeft');
    const changed = await watch(frame);
    await keyboard.press('Control+k');
    const begin = Date.now();
    await keyboard.press('Control+g');
    const at = await changed();
    tokens.push(at.tokens - begin);
    bars.push(at.bars - begin);
    await frame.locator(`${part('stop')}[disabled]`).waitFor();
    await window.focusEditor();
  }
  return { frame, tokens, bars };
}

interface Drawn {
  readonly tokens: number;
  readonly bars: number;
}

/**
 * Notices when the tokens of another prompt, and its bars, have been drawn.
 * @returns what waits for that, and gives the times, as `Date.now` does
 */
async function watch(frame: Frame): Promise<() => Promise<Drawn>> {
  const handle = await frame.locator('body').evaluateHandle((body) => {
    // Methods, as the page does not have what tsx puts around functions that are given names.
    const looking = {
      read(selector: string): string {
        return [...body.querySelectorAll(selector)]
          .map((element) => `${element.textContent} ${element.getAttribute('data-raw-probability') ?? ''}`)
          .join('|');
      },
      /** When what a selector finds is there and another than now; in the frame in which it is seen. */
      change(selector: string): Promise<number> {
        const before = looking.read(selector);
        return new Promise((resolve) => {
          const observer = new MutationObserver(() => {
            const now = looking.read(selector);
            if (now === '' || now === before) return;
            observer.disconnect();
            requestAnimationFrame(() => {
              resolve(Date.now());
            });
          });
          observer.observe(body, { subtree: true, childList: true, characterData: true, attributes: true });
        });
      },
    };
    return {
      at: Promise.all([looking.change('[data-testid="chip"]'), looking.change('[data-testid="bar-row"]')]),
    };
  });
  return async () => {
    const [tokens, bars] = await handle.evaluate(({ at }) => at);
    return { tokens, bars };
  };
}

/** Milliseconds from a click on a tab until its frame has been drawn. */
async function timeTabs(frame: Frame): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    for (const tab of ['temperature', 'grid', 'methods', 'explore']) {
      const time = await frame.locator(part(`tab-${tab}`)).evaluate(
        (button: HTMLElement) =>
          new Promise<number>((resolve) => {
            const begin = performance.now();
            button.click();
            const looking = {
              look(): void {
                if (button.getAttribute('aria-selected') !== 'true') {
                  requestAnimationFrame(() => {
                    looking.look();
                  });
                  return;
                }
                // After the frame's own work.
                const { port1, port2 } = new MessageChannel();
                port1.onmessage = () => {
                  resolve(performance.now() - begin);
                };
                port2.postMessage(null);
              },
            };
            requestAnimationFrame(() => {
              looking.look();
            });
          }),
      );
      times.push(time);
    }
  }
  return times;
}

/** Milliseconds from a click on Stop until a run is said to have stopped and can be started again. */
async function timeStop(frame: Frame, tab: string): Promise<number[]> {
  await frame.locator(part(`tab-${tab}`)).click();
  if (tab === 'explore') {
    const drawer = frame.locator(part('drawer'));
    const folded = (await drawer.isVisible()) && (await drawer.getAttribute('aria-expanded')) === 'false';
    if (folded) await drawer.click();
    for (const [name, value] of [
      ['samples', '5'],
      ['max-new-tokens', '200'],
    ] as const) {
      await frame.locator(`${part(name)} input`).fill(value);
    }
  }
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    await frame.locator(part(tab === 'explore' ? 'generate' : 'run')).click();
    await frame.locator(`${part('stop')}:not([disabled])`).waitFor();
    await frame.locator(part('progress')).first().waitFor();
    const time = await frame.locator(part('stop')).evaluate(
      (button: HTMLElement) =>
        new Promise<number>((resolve, reject) => {
          const begin = performance.now();
          button.click();
          const looking = {
            look(): void {
              const free =
                button.textContent.trim() === 'Stop' &&
                button.hasAttribute('disabled') &&
                document.querySelector('[data-testid="progress"]') === null &&
                document.querySelector('[data-testid="stopped"]') !== null;
              const time = performance.now() - begin;
              if (free) resolve(time);
              else if (time > 30_000) reject(new Error('The run had ended before it was stopped.'));
              else {
                requestAnimationFrame(() => {
                  looking.look();
                });
              }
            },
          };
          looking.look();
        }),
    );
    times.push(time);
    // The next run must not wait for this one.
    await frame.waitForTimeout(2000);
  }
  return times;
}
