/** A workbench window in a browser: what a user does with keys and eyes, as functions. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Frame, Locator, Page } from 'playwright-core';
import { Failure } from './failure';
import { screenshots } from './paths';
import type { Opening, VsCodeServer } from './vscodeServer';

/** How long a user would wait for the window, a command or the panel, in milliseconds. Busy machines are slow. */
const PROGRESS_AFTER = 240_000;

/** Asks for pictures of what the tests see. */
const PICTURES = 'DECODING_LAB_PICTURES';

/**
 * How long the palette may at first take to open, or to show a row, before it is opened again, in milliseconds:
 * a key may be lost. Each time it may take twice as long, as the machine may be busy.
 */
const FIRST_ATTEMPT = 1_500;

const STATUS = '[id="decoding-lab.decoding-lab.decodingLab.status"]';

export interface WindowOptions {
  /** Size of the browser window, in CSS pixels. */
  readonly width?: number;
  readonly height?: number;
  /** What is there once the extension has been activated; the status bar item of this one where left out. */
  readonly sign?: string;
}

/** An open window of the workbench. Close it when done. */
export class Window {
  readonly page: Page;
  readonly #context: BrowserContext;

  private constructor(page: Page, context: BrowserContext) {
    this.page = page;
    this.#context = context;
  }

  /** Opens a window and waits until it can be used. @throws Failure when it does not come up. */
  static async open(
    server: VsCodeServer,
    browser: Browser,
    opening: Opening,
    { width = 1600, height = 1000, sign = STATUS }: WindowOptions = {},
  ): Promise<Window> {
    const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    page.setDefaultTimeout(PROGRESS_AFTER);
    const window = new Window(page, context);
    try {
      await page.goto(server.url(opening), { waitUntil: 'domcontentloaded', timeout: PROGRESS_AFTER });
      await page.locator('.monaco-workbench .part.statusbar').waitFor();
      if (opening.file !== undefined) await page.locator('.monaco-editor .view-line').first().waitFor();
      // Keys that are pressed before would be lost.
      await page.locator(sign).waitFor();
      return window;
    } catch (error) {
      await window.screenshot('window-failed').catch(() => undefined);
      await window.close();
      throw new Failure(
        `The VS Code window did not come up within ${PROGRESS_AFTER / 1000} seconds; ` +
          `what it showed is in artifacts/screenshots/window-failed.png. ${error instanceof Error ? error.message : ''}`,
      );
    }
  }

  /**
   * Runs a command of the palette by its whole title, for example `View: Close All Editors`. A command of an
   * extension that is still loading is waited for.
   */
  async run(title: string): Promise<void> {
    // A row's name also holds its keybinding and group, separated by commas.
    const row = `.monaco-list-row[aria-label="${title}"], .monaco-list-row[aria-label^="${title},"]`;
    const deadline = Date.now() + PROGRESS_AFTER;
    // The list closes where a panel that was called before takes the focus: then it is opened again.
    for (let timeout = FIRST_ATTEMPT; ; timeout *= 2) {
      const offered = await this.search(title, this.page.locator('.quick-input-widget').locator(row));
      try {
        await offered.click({ timeout });
        break;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
    // A pointer that stays there would open the hover text of whatever lies below.
    await this.page.mouse.move(0, 0);
  }

  /**
   * Runs a command that shows one list after another, and chooses from each: a row by its whole text, or the first
   * row of the list with a title. A list closes where the focus goes elsewhere, as it does when a dialog or a
   * panel that has just been left takes it back: then the command is run again.
   */
  async choose(title: string, ...choices: (string | { readonly firstOf: string })[]): Promise<void> {
    const widget = this.page.locator('.quick-input-widget');
    const deadline = Date.now() + PROGRESS_AFTER;
    const offered = (choice: (typeof choices)[number]): Locator =>
      typeof choice === 'string'
        ? widget.locator('.monaco-list-row').getByText(choice, { exact: true })
        : widget.filter({ hasText: choice.firstOf }).locator('.monaco-list-row').first();
    for (let timeout = FIRST_ATTEMPT; ; timeout *= 2) {
      await this.run(title);
      try {
        for (const choice of choices) await offered(choice).click({ timeout });
        await this.page.mouse.move(0, 0);
        return;
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Searches the palette until it shows a row, for example because an extension has been loaded; the row. */
  async search(text: string, row: Locator): Promise<Locator> {
    const { page } = this;
    const deadline = Date.now() + PROGRESS_AFTER;
    const widget = page.locator('.quick-input-widget');
    const offered = async (timeout: number): Promise<boolean> => {
      // One that is still closing would take the key, and the list with it.
      await widget.waitFor({ state: 'hidden', timeout });
      await page.keyboard.press('F1');
      await widget.waitFor({ timeout });
      await widget.locator('input.input').fill(`>${text}`, { timeout });
      // The list does not learn of commands that come while it is open: it is opened again.
      await row.first().waitFor({ timeout });
      return true;
    };
    for (let patience = FIRST_ATTEMPT; Date.now() < deadline; patience *= 2) {
      if (await offered(patience).catch(() => false)) return row.first();
      await page.keyboard.press('Escape');
    }
    throw new Failure(`The command palette offers no "${text}" after ${PROGRESS_AFTER / 1000} seconds.`);
  }

  /** Puts the focus into the text editor. */
  async focusEditor(): Promise<void> {
    await this.run('View: Focus First Editor Group');
  }

  /** Selects characters of one line of the active editor; lines and columns from 1, the end is exclusive. */
  async select(line: number, from: number, to: number): Promise<void> {
    const { keyboard } = this.page;
    await this.focusEditor();
    const input = this.page.locator('.quick-input-widget input.input');
    const asksForLine = async (): Promise<boolean> => {
      for (const since = Date.now(); Date.now() - since < 1_000;) {
        await sleep(20);
        if ((await input.isVisible()) && (await input.inputValue()).startsWith(':')) return true;
      }
      return false;
    };
    // A palette that is still closing takes the first key; what asks for a line begins with a colon.
    const deadline = Date.now() + PROGRESS_AFTER;
    for (;;) {
      await keyboard.press('Control+g');
      if (await asksForLine()) break;
      if (Date.now() > deadline)
        throw new Failure(`The editor asks for no line after ${PROGRESS_AFTER / 1000} seconds.`);
    }
    await input.fill(`:${line}:${from}`);
    await input.press('Enter');
    await input.waitFor({ state: 'hidden' });
    for (let column = from; column < to; column++) await keyboard.press('Shift+ArrowRight');
  }

  /** The innermost frame that holds an element, for example a webview's page. */
  async frameWith(selector: string, patience = PROGRESS_AFTER): Promise<Frame> {
    const deadline = Date.now() + patience;
    while (Date.now() < deadline) {
      for (const frame of this.page.frames().reverse()) {
        const found = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (found > 0) return frame;
      }
      await sleep(100);
    }
    throw new Failure(`No page of the window shows ${selector} after ${patience / 1000} seconds.`);
  }

  /** Saves what the window shows; returns the file's path. */
  async screenshot(name: string): Promise<string> {
    await mkdir(screenshots, { recursive: true });
    const path = join(screenshots, `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /**
   * A picture to look at, of a test that goes well: only where it is asked for by DECODING_LAB_PICTURES=1, as
   * each takes a machine without a graphics card up to half a second.
   */
  async picture(name: string): Promise<void> {
    if (process.env[PICTURES] === '1') await this.screenshot(name);
  }

  /** Leaves the page first, as closing a tab does: only then does its extension host end at once. */
  async close(): Promise<void> {
    await this.page.goto('about:blank').catch(() => undefined);
    await this.#context.close();
  }
}
