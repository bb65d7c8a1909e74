/**
 * `npm run bench -- panel`: how soon the panel answers a hand, in a real VS Code with the bundled model. The bars after
 * the command, the first time in a window (the model process starts, the model is loaded, the panel opens) and then; in
 * the panel that is open, the prompt's tokens after the command, a tab after a click, and the controls after Stop. What
 * of that is VS Code's own, a panel with one word in it tells, in windows that take turns with the others.
 */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame, Page } from 'playwright-core';
import { openBrowser } from '../../scripts/lib/chromium';
import { EXPLORE, exploreSample, SAMPLE_LINE } from '../../scripts/lib/exploreSample';
import { part } from '../../scripts/lib/panelReading';
import { repository } from '../../scripts/lib/paths';
import { startServer } from '../../scripts/lib/vscodeServer';
import { Window } from '../../scripts/lib/window';
import { sampleWorkspace } from '../../scripts/lib/workspace';

const TRIES = 15;

/** Windows in which each panel is opened for the first time. */
const WINDOWS = 3;

/** The panel with one word in it. */
const EMPTY = {
  extension: join(__dirname, 'emptyPanel'),
  title: 'Show Empty Panel',
  part: part('word'),
  sign: '[id="decoding-lab.empty-panel.status"]',
};

/** Tabs are gone to and left, and each kind of run is stopped, so many times. */
const TIMES = 7;

export async function run(): Promise<void> {
  // As it is shipped: what people load is half of what a build for development has.
  execFileSync(process.execPath, ['esbuild.mjs', '--production'], { cwd: repository, stdio: 'inherit' });
  const workspace = await sampleWorkspace();
  const server = await startServer();
  const browser = await openBrowser();
  try {
    const at = { folder: workspace.folder, file: workspace.file };
    const open = (): Promise<Window> => Window.open(server, browser, { ...at, extension: repository });
    const openEmpty = (): Promise<Window> =>
      Window.open(server, browser, { ...at, extension: EMPTY.extension }, { sign: EMPTY.sign });
    const cold: number[] = [];
    const coldEmpty: number[] = [];
    let warmEmpty: number[] = [];
    let window: Window | undefined;
    for (let i = 0; i < WINDOWS; i++) {
      await window?.close();
      const empty = await openEmpty();
      coldEmpty.push(await timeFirst(empty, workspace.file, EMPTY.title, EMPTY.part));
      if (i === 0) warmEmpty = await timeWarmEmpty(empty);
      await empty.close();
      window = await open();
      cold.push(await timeFirst(window, workspace.file, EXPLORE, part('bar-row')));
    }
    if (!window) return;
    const line = (name: string, value: string): void => {
      console.log(`  ${name.padEnd(56)} ${value}`);
    };
    line('a panel with one word, cold', spread(coldEmpty));
    line('first distribution, cold (goal: under 1,000 ms)', spread(cold));
    line('beyond a panel with one word, cold', spread(cold.map((time, i) => time - coldEmpty[i]!)));
    const { frame, tokens, bars } = await timeWarm(window, workspace.file);
    line('a panel with one word, warm', spread(warmEmpty));
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

/** Milliseconds from a command in the palette until a panel has opened and shows something. */
async function timeFirst(window: Window, file: string, title: string, selector: string): Promise<number> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  await window.select(lines.indexOf(SAMPLE_LINE) + 1, 1, SAMPLE_LINE.length + 1);
  const { page } = window;
  // The extensions have been activated by the start of the window; the model process has not been started.
  await page.keyboard.press('F1');
  const widget = page.locator('.quick-input-widget');
  await widget.locator('input.input').fill(`>${title}`);
  await widget.locator(`.monaco-list-row[aria-label^="${title}"]`).first().waitFor();
  const begin = performance.now();
  await page.keyboard.press('Enter');
  await (await onlyPanel(page)).locator(selector).first().waitFor();
  return performance.now() - begin;
}

/** The page of the only panel in a window, as soon as there is one. */
async function onlyPanel(page: Page): Promise<Frame> {
  for (;;) {
    const frame = page.frames().find((one) => one.url().includes('fake.html'));
    if (frame) return frame;
    await sleep(5);
  }
}

/** Milliseconds from the command until the panel with one word, which is open, has another. */
async function timeWarmEmpty(window: Window): Promise<number[]> {
  const { keyboard } = window.page;
  const frame = await onlyPanel(window.page);
  const times: number[] = [];
  for (let i = 0; i < TRIES; i++) {
    await window.focusEditor();
    const changed = await watch(frame, { word: EMPTY.part });
    await keyboard.press('Control+k');
    const begin = Date.now();
    await keyboard.press('Control+j');
    times.push((await changed()).word - begin);
  }
  return times;
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
    const changed = await watch(frame, { tokens: part('chip'), bars: part('bar-row') });
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

/**
 * Notices when what some selectors find is there and another than now, and has been drawn.
 * @returns what waits for that, and gives the times, as `Date.now` does
 */
async function watch<Name extends string>(
  frame: Frame,
  selectors: Readonly<Record<Name, string>>,
): Promise<() => Promise<Record<Name, number>>> {
  const names = Object.keys(selectors) as Name[];
  const handle = await frame.locator('body').evaluateHandle(
    (body, all: readonly string[]) => {
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
      return { at: Promise.all(all.map((selector) => looking.change(selector))) };
    },
    names.map((name) => selectors[name]),
  );
  return async () => {
    const at = await handle.evaluate((watched) => watched.at);
    return Object.fromEntries(names.map((name, i) => [name, at[i]!])) as Record<Name, number>;
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
