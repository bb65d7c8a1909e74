/** The window that is used, with everything that belongs to it, and what a user does in it again and again. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, ConsoleMessage, Locator } from 'playwright-core';
import { enginesOf } from '../lib/engineProcess';
import { SAMPLE_LINE } from '../lib/exploreSample';
import { drawn, Panel } from '../lib/panelPage';
import { part } from '../lib/panelReading';
import { inRepository, repository } from '../lib/paths';
import { startServer, type StartedServer } from '../lib/vscodeServer';
import { Window } from '../lib/window';
import { sampleWorkspace, type SampleWorkspace } from '../lib/workspace';
import type { Disk } from './disk';
import { hostileDocument } from './hostileTexts';
import { Kept } from './kept';
import { startServices, type Services } from './services';
import { PATIENCE, Trouble, until } from './until';

/** The document of hostile texts, beside the sample. */
export const HOSTILE_FILE = 'hostile.txt';

/** A model of the library's own folder, which is taken away in the middle of its use. */
export const BORROWED = 'borrowed';

/** The command by its keys, as people press it. */
const EXPLORE_KEYS = ['Control+k', 'Control+g'];

export class Lab {
  readonly window: Window;
  readonly server: StartedServer;
  readonly workspace: SampleWorkspace;
  readonly disk: Disk;
  readonly services: Services;
  readonly kept: Kept;
  /** Errors that nobody caught, in the page, the workbench or the extension host. */
  readonly uncaught: string[] = [];
  /** Ids of model processes that have trained. */
  readonly trained = new Set<number>();
  /** Counts the pages that the workbench has had: one more at each reload. */
  pages = 1;
  #panel: Panel | undefined;

  private constructor(
    window: Window,
    server: StartedServer,
    { workspace, disk, services }: Pick<Lab, 'workspace' | 'disk' | 'services'>,
  ) {
    this.window = window;
    this.server = server;
    this.workspace = workspace;
    this.disk = disk;
    this.services = services;
    this.kept = new Kept({ data: server.place.data, documents: [workspace.file, this.hostile] });
    window.page.on('pageerror', (error) => {
      this.uncaught.push(error.stack ?? error.message);
    });
    window.page.on('console', (message) => {
      if (isUncaught(message)) this.uncaught.push(message.text());
    });
  }

  /** @param undo is given what is to be undone, in the order in which it was done */
  static async open(browser: Browser, disk: Disk, undo: (step: () => Promise<void>) => void): Promise<Lab> {
    const workspace = await sampleWorkspace(disk.folder);
    await writeFile(join(workspace.folder, HOSTILE_FILE), hostileDocument());
    const library = join(disk.folder, 'library');
    await mkdir(library);
    await cp(inRepository('models', 'kindling'), join(library, BORROWED), { recursive: true });
    const services = await startServices();
    undo(() => services.stop());
    const server = await startServer({
      lean: true,
      within: disk.folder,
      settings: { 'decodingLab.library.folder': library, 'editor.wordWrap': 'off', ...services.settings },
    });
    undo(() => server.stop());
    const { folder, file } = workspace;
    const window = await Window.open(server, browser, { folder, extension: repository, file });
    undo(() => window.close());
    window.page.setDefaultTimeout(PATIENCE);
    // An address that names a file would open that alone after a reload.
    await window.page.evaluate(
      (url) => {
        history.replaceState(null, '', url);
      },
      server.url({ folder, extension: repository }),
    );
    return new Lab(window, server, { workspace, disk, services });
  }

  get hostile(): string {
    return join(this.workspace.folder, HOSTILE_FILE);
  }

  get library(): string {
    return join(this.disk.folder, 'library');
  }

  /** The open panel. @throws Trouble where there is none */
  get panel(): Panel {
    if (!this.#panel || this.#panel.frame.isDetached()) throw new Trouble('The panel is not open.');
    return this.#panel;
  }

  get isPanelOpen(): boolean {
    return this.#panel?.frame.isDetached() === false;
  }

  /** Process ids of the model processes. */
  engines(): number[] {
    return enginesOf(this.server.pid);
  }

  /** Finds the page of a panel that has been opened. */
  async findPanel(): Promise<Panel> {
    this.#panel = new Panel(await this.window.frameWith(part('tab-explore'), PATIENCE));
    return this.#panel;
  }

  /** The sample document as the disk has it. */
  text(): Promise<string> {
    return readFile(this.workspace.file, 'utf8');
  }

  /** Saves what is open, and waits until the sample is on the disk as it must be. */
  async save(holds: (text: string) => boolean): Promise<void> {
    await this.window.run('File: Save All Files');
    await until('the document is saved as it is in the editor', async () => holds(await this.text()));
  }

  /** Gives the panel's chain a name, as far as the name has been typed. */
  async askForPreset(name: string): Promise<void> {
    const { panel } = this;
    await panel.part('tab-explore').click();
    await panel.unfold();
    await panel.part('save-preset').click();
    const widget = this.window.page.locator('.quick-input-widget');
    await until('a name is asked for', async () => (await widget.innerText()).includes('Name of the preset'));
    await widget.locator('input.input').fill(name);
    await this.window.page.keyboard.press('Enter');
  }

  /** Makes a preset of the panel's chain, and waits until the settings have it. */
  async savePreset(name: string): Promise<void> {
    await this.askForPreset(name);
    await until('the preset is in the settings', async () =>
      (await this.kept.presets()).some((preset) => preset.includes(name)),
    );
  }

  /** Brings a document of the workspace into the editor. */
  async openFile(name: string): Promise<void> {
    const { page } = this.window;
    await this.window.focusEditor();
    const widget = page.locator('.quick-input-widget');
    const row = widget.locator('.monaco-list-row', { hasText: name }).first();
    const tab = page.locator('.tab.active', { hasText: name }).first();
    const comes = (shown: Locator): Promise<boolean> =>
      shown.waitFor({ timeout: 3_000 }).then(
        () => true,
        () => false,
      );
    // The list is drawn again while one types: what is pressed in that moment is not taken.
    await until(`${name} is opened`, async () => {
      await page.keyboard.press('Control+p');
      await widget.locator('input.input').fill(name);
      if (await comes(row)) await row.click();
      if (await comes(tab)) return true;
      await page.keyboard.press('Escape');
      return false;
    });
    await page.locator('.monaco-editor .view-line').first().waitFor();
  }

  /** Explores what is selected in the editor that has the focus, and waits until the run has ended. */
  async explore(): Promise<Panel> {
    if (this.isPanelOpen) {
      const { panel } = this;
      await panel.begin(() => this.pressExplore());
      await panel.part('tab-explore').and(panel.frame.locator('[aria-selected="true"]')).waitFor();
      await panel.ended();
      await this.atRest(panel);
      return panel;
    }
    await this.pressExplore();
    const panel = await this.findPanel();
    await panel.ended();
    return panel;
  }

  /** Presses the command's keys in the editor, and waits until the panel has taken the focus: keys would be lost else. */
  async pressExplore(): Promise<void> {
    const { page } = this.window;
    for (const key of EXPLORE_KEYS) await page.keyboard.press(key);
    await until('the panel takes the focus', () =>
      page.evaluate(() => document.activeElement?.tagName.toLowerCase() === 'iframe'),
    );
  }

  /** Selects the sample's line. */
  async selectSample(): Promise<void> {
    const line = (await this.text()).split('\n').indexOf(SAMPLE_LINE) + 1;
    await this.window.select(line, 1, SAMPLE_LINE.length + 1);
  }

  /**
   * Waits until no run goes on in the tab that is shown, and nothing waits for its turn; nor in the next frames,
   * as Explore begins to draw only when its first answer is on the screen.
   */
  async atRest(panel = this.panel): Promise<void> {
    let looks = 0;
    await until('the run ends', async () => {
      await drawn(panel.frame);
      const rests = await panel.frame.evaluate(
        () =>
          document.querySelector(
            '[data-testid="stop"]:not([disabled]), [data-testid="progress"], [data-testid="waiting"]',
          ) === null,
      );
      looks = rests ? looks + 1 : 0;
      return looks >= 3;
    });
  }

  /** Has more drawn than can be looked at, does something meanwhile, stops it and asks for little again. */
  async duringRun(work: () => Promise<void>): Promise<void> {
    await this.panel.generateForLong();
    try {
      await work();
    } finally {
      await this.stop();
      await this.panel.keepShort();
    }
  }

  /** Stops what runs, unless it has ended, and takes away what is said of it. */
  async stop(): Promise<void> {
    const running = `${part('stop')}:not([disabled])`;
    await until('nothing runs any more', async () => !(await pressed(this.panel, running)));
    await this.atRest();
    await this.dismiss();
  }

  /** The code of the failure that is shown; null where none is. */
  async failure(panel = this.panel): Promise<string | null> {
    const shown = panel.part('failure').first();
    return (await shown.count()) > 0 ? shown.getAttribute('data-code') : null;
  }

  /** Takes away whatever message stands in the panel. */
  async dismiss(panel = this.panel): Promise<void> {
    await until('messages can be dismissed', async () => !(await pressed(panel, part('dismiss'))));
  }

  /** The lists of the side bar, by their heading. */
  pane(heading: string): Locator {
    return this.window.page.locator(`.pane:has(.pane-header:has-text("${heading}"))`);
  }

  /**
   * Where figures are compared: the same prompt explored with the same settings, nothing running, no messages.
   */
  async settle(): Promise<void> {
    await this.window.page.keyboard.press('Escape');
    await this.selectSample();
    let panel = await this.explore();
    await this.dismiss(panel);
    await this.keepModel('fireside');
    panel = this.panel;
    await panel.keepShort();
    // The page keeps results of before for a while, some of them large.
    for (let time = 0; time < 3; time++) {
      await panel.generate();
      await panel.ended();
      await this.atRest(panel);
    }
    await this.window.run('Notifications: Clear All Notifications');
  }

  /** Whether a model can be chosen, by its id. */
  async offers(model: string): Promise<boolean> {
    return (await this.#option(model).count()) > 0;
  }

  /** Chooses a model, by its id, unless it is chosen. */
  async keepModel(model: string): Promise<void> {
    const { panel } = this;
    const menu = panel.part('model');
    if ((await menu.evaluate((element) => (element as HTMLSelectElement).value)) === model) return;
    await panel.begin(async () => {
      await menu.click();
      await this.#option(model).click();
    });
    await panel.ended();
  }

  #option(model: string): Locator {
    return this.panel.part('model').locator(`vscode-option[value="${model}"]`);
  }
}

/**
 * Presses a button that may go at any moment, where it is there. A click of Playwright's that is given up keeps the
 * button in memory, and with it all that it was once part of, for as long as the page lives.
 */
const pressed = ({ frame }: Panel, selector: string): Promise<boolean> =>
  frame.evaluate((name) => {
    const button = document.querySelector<HTMLElement>(name);
    button?.click();
    return button !== null;
  }, selector);

/** VS Code tells the errors of an extension in the console of the workbench, and so does a page its own. */
function isUncaught(message: ConsoleMessage): boolean {
  if (message.type() !== 'error') return false;
  const { url } = message.location();
  return /decoding-lab|webview|fake\.html/i.test(`${message.text()} ${url}`);
}
