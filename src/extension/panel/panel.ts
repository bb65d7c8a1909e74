import * as vscode from 'vscode';
import { PANEL } from './viewType';
import { messageOf } from '../../core/messageOf';
import { TOY_DEFAULT } from '../../core/toyModel';
import type { EngineClient, EngineState } from '../../engine/client';
import { startParameters } from '../../experiments/explore/start';
import {
  FIRST_AHEAD,
  PROTOCOL_VERSION,
  readFromPanel,
  type Ahead,
  type ModelChoice,
  type Saved,
  type ToPanel,
} from '../../protocol/messages';
import { Anchor } from './anchor';
import { panelHtml } from './html';
import type { History } from '../history/history';
import type { Library } from '../models/library';
import { Outbox } from './outbox';
import type { TakenPrompt } from './promptSource';
import { Requests, toFailure } from './requests';
import { readServedId } from '../servers/serverSettings';
import { settings } from '../settings';
import { tell } from '../shown/messages';

/** Milliseconds that a prompt is held for the answer to it: a page that has both at once draws once. */
const MOST_HELD_MS = 30;

/** Milliseconds for which the panel stands back while its page draws: VS Code is as busy with coming to the front. */
const MOST_BEHIND_MS = 100;

type WithoutId<Message> = Message extends unknown ? Omit<Message, 'request'> : never;

/** What every panel shares. */
export interface PanelServices {
  readonly engine: EngineClient;
  readonly library: Library;
  readonly history: History;
  readonly log: vscode.LogOutputChannel;
  readonly extensionUri: vscode.Uri;
}

/** A tab to open: its experiment's parameters filled in, and started at once if `run`. */
export interface TabRequest {
  readonly tab: string;
  readonly parameters?: unknown;
  readonly run: boolean;
}

/** The webview panel beside the editor: its page, its current prompt, and its requests. */
export class LabPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #services: PanelServices;
  readonly #requests: Requests;
  readonly #outbox: Outbox;
  readonly #disposables: { dispose(): unknown }[] = [];
  readonly #onDidDispose = new vscode.EventEmitter<void>();
  readonly onDidDispose = this.#onDidDispose.event;
  #anchor: Anchor | undefined;
  /** The prompt to hand over once the page says that it is ready. */
  #waiting: TakenPrompt | undefined;
  /** The tab to open then. */
  #tab: Extract<ToPanel, { type: 'open' }> | undefined;
  /** Id of the preset to take then. */
  #preset: string | undefined;
  /** Id of the model to use then. */
  #model: string | undefined;
  /** Whether the page has said that it is ready. */
  #asked = false;
  /** Whether it has been told the models since. */
  #ready = false;
  /** Why the models could not be listed, as it was told last. */
  #trouble = '';
  /** Whether the models are known that a new panel begins with, and what it will ask for has been begun. */
  #begun: Promise<unknown> = Promise.resolve();
  #aheads = 0;
  #disposed = false;

  /** Opens a panel beside the active editor without taking the focus away from the text. */
  static create(services: PanelServices): LabPanel {
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const panel = new LabPanel(
      vscode.window.createWebviewPanel(
        PANEL,
        'Decoding Lab',
        { viewColumn: column, preserveFocus: false },
        webviewOptions(services.extensionUri),
      ),
      services,
    );
    panel.#begun = panel.#beginFirst();
    return panel;
  }

  /** Takes over a panel that VS Code restored; the page finds its own state again. */
  static restore(panel: vscode.WebviewPanel, services: PanelServices): LabPanel {
    panel.webview.options = webviewOptions(services.extensionUri);
    return new LabPanel(panel, services);
  }

  private constructor(panel: vscode.WebviewPanel, services: PanelServices) {
    this.#panel = panel;
    this.#services = services;
    this.#outbox = new Outbox((message) => panel.webview.postMessage(message));
    this.#requests = new Requests({
      engine: services.engine,
      library: services.library,
      history: services.history,
      log: services.log,
      extensionUri: services.extensionUri,
      anchor: () => this.#anchor,
      post: (message) => {
        this.#outbox.post(message);
      },
      modelsChanged: () => void this.#welcome(),
    });
    panel.iconPath = vscode.Uri.joinPath(services.extensionUri, 'media', 'panel.svg');
    this.#disposables.push(
      this.#onDidDispose,
      this.#requests,
      panel.webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)),
      panel.onDidDispose(() => {
        this.dispose();
      }),
    );
    panel.webview.html = panelHtml(panel.webview, services.extensionUri);
  }

  /** This panel's requests: how many were answered, how many still run. */
  get requests(): { readonly answered: number; readonly pending: number } {
    return this.#requests;
  }

  /**
   * Shows the panel and explores a prompt in it, or hands the prompt to the tab of another experiment.
   * @returns when the panel has come to the front, or is about to for the first time
   */
  explore(taken: TakenPrompt, tab?: TabRequest): Promise<void> {
    this.#anchor?.dispose();
    this.#anchor = new Anchor(taken);
    this.#waiting = taken;
    return this.#show(tab && { type: 'open', ...tab });
  }

  /** Shows the panel with a saved result in the tab of its experiment. */
  openResult(saved: Saved, how: { readonly replay?: boolean; readonly earlier?: Saved } = {}): void {
    void this.#show({ type: 'open', tab: saved.entry.experiment, entry: saved, run: false, ...how });
  }

  /** Shows the panel at a tab, with the prompt that is there. */
  openTab(tab: TabRequest): void {
    void this.#show({ type: 'open', ...tab });
  }

  async #show(tab: Extract<ToPanel, { type: 'open' }> | undefined): Promise<void> {
    this.#tab = tab;
    const reveal = (): void => {
      if (!this.#disposed) this.#panel.reveal(undefined, false);
    };
    const { visible } = this.#panel;
    // Nobody sees what a hidden page draws.
    if (!visible) reveal();
    if (this.#ready && !this.#outbox.isHeld) {
      const isBegun = this.#beginNext();
      if (isBegun) await this.#outbox.news(MOST_HELD_MS);
      this.#handOver();
      await this.#outbox.release();
      if (isBegun) await this.#outbox.news(MOST_BEHIND_MS);
    }
    if (visible) reveal();
  }

  showEngineState(state: EngineState): void {
    this.#outbox.post({ type: 'engine', state });
  }

  reveal(): void {
    this.#panel.reveal(undefined, false);
  }

  /** Uses a model from now on, without coming to the front. The page takes only one that it has been told of. */
  useModel(id: string): void {
    this.#model = id;
    this.modelsChanged();
  }

  /** Explores with a preset, in whatever text the panel has. */
  takePreset(id: string): void {
    this.#preset = id;
    void this.#show(undefined);
  }

  /** Offers the presets of now; a page that is not ready gets them when it is. */
  presetsChanged(): void {
    if (!this.#asked) return;
    const presets = Object.entries(settings.presets()).map(([id, preset]) => ({
      id,
      ...preset,
      off: [...preset.off],
    }));
    this.#outbox.post({ type: 'presets', presets });
  }

  /** Offers the models of now; a page that is not ready gets them when it is. */
  modelsChanged(): void {
    if (this.#asked) void this.#welcome();
  }

  /** The model process starts, loads the model and explores the prompt while the page loads, which will ask for all that. */
  async #beginFirst(): Promise<void> {
    const { engine, library, log } = this.#services;
    engine.start();
    const model = settings.defaultModel();
    if (model === 'toy') return;
    try {
      // A server has work to do only when it is asked.
      if ((await library.locate(model)).kind !== 'gpt2' || this.#disposed) return;
      this.#beginAhead({ type: 'load', model });
      if (!this.#isExplored) return;
      const parameters = startParameters(this.#waiting!.source.text);
      this.#beginAhead({ type: 'run', experiment: 'explore', model, parameters });
    } catch (error) {
      // The page asks for the model too, and is told.
      log.debug(messageOf(error));
    }
  }

  /**
   * Explores the new prompt as the one before, ahead of the page, which asks for the same unless its controls have
   * changed.
   * @returns false where there is nothing to explore, or it is the page's to say how
   */
  #beginNext(): boolean {
    const { explored, pending } = this.#requests;
    // What runs is the page's to stop.
    if (!explored || pending > 0 || !this.#isExplored || readServedId(explored.model)) return false;
    const { model, parameters } = explored;
    const prompt = this.#waiting!.source.text;
    this.#outbox.hold();
    this.#beginAhead({ type: 'run', experiment: 'explore', model, parameters: { ...parameters, prompt } });
    return true;
  }

  /** Whether a prompt waits to be explored with the controls and the model that are there. */
  get #isExplored(): boolean {
    const others = [this.#tab, this.#preset, this.#model];
    return this.#waiting !== undefined && others.every((other) => other === undefined);
  }

  #beginAhead(asked: WithoutId<Ahead>): void {
    const request = FIRST_AHEAD + this.#aheads++;
    this.#outbox.post({ type: 'ahead', asked: { ...asked, request } });
    void this.#requests.handle({ ...asked, request });
  }

  #handOver(): void {
    if (this.#model !== undefined) this.#outbox.post({ type: 'use-model', model: this.#model });
    this.#model = undefined;
    if (this.#waiting) {
      // A tab that is to run has its own experiment to do with the prompt.
      this.#outbox.post({ type: 'prompt', source: this.#waiting.source, run: this.#tab === undefined });
    }
    if (this.#tab) this.#outbox.post(this.#tab);
    if (this.#preset !== undefined) this.#outbox.post({ type: 'take-preset', id: this.#preset });
    this.#waiting = undefined;
    this.#tab = undefined;
    this.#preset = undefined;
  }

  async #receive(value: unknown): Promise<void> {
    const message = readFromPanel(value);
    if (!message) {
      this.#services.log.error('The panel sent a message that is not part of the protocol; it was ignored.');
      return;
    }
    if (message.type === 'log') {
      this.#services.log.warn(`panel: ${message.message}`);
    } else if (message.type === 'get-model') {
      await vscode.commands.executeCommand('decodingLab.getModel');
    } else if (message.type === 'connect-server') {
      await vscode.commands.executeCommand('decodingLab.connectServer');
    } else if (message.type === 'ready') {
      if (message.version !== PROTOCOL_VERSION) {
        this.#services.log.error(
          `The panel speaks version ${message.version} of the protocol, not ${PROTOCOL_VERSION}.`,
        );
        void tell.error(
          vscode.l10n.t(
            'This Decoding Lab panel belongs to another version of the extension. Close it and open it again.',
          ),
        );
        return;
      }
      this.#asked = true;
      this.presetsChanged();
      await this.#begun;
      await this.#welcome();
      await this.#outbox.release();
    } else {
      if (message.type === 'tell' || message.type === 'cancel') this.#outbox.tellNews();
      await this.#requests.handle(message);
    }
  }

  /** Never fails: a library that cannot be read is told, once until it can. */
  async #welcome(): Promise<void> {
    let models: ModelChoice[];
    try {
      models = await this.#services.library.choices();
      this.#trouble = '';
    } catch (error) {
      const { sentence } = toFailure(error);
      this.#services.log.error(sentence, error);
      if (sentence !== this.#trouble) void tell.error(sentence);
      this.#trouble = sentence;
      return;
    }
    const wanted = settings.defaultModel();
    const known = models.some((m) => m.id === wanted);
    this.#outbox.post({
      type: 'welcome',
      version: PROTOCOL_VERSION,
      models,
      defaultModel: known ? wanted : (models[0]?.id ?? 'toy'),
      toy: { words: [...TOY_DEFAULT.words], logits: [...TOY_DEFAULT.logits] },
    });
    this.#ready = true;
    this.#handOver();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#outbox.close();
    this.#panel.dispose();
    this.#anchor?.dispose();
    this.#onDidDispose.fire();
    for (const disposable of this.#disposables) disposable.dispose();
  }
}

function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewPanelOptions & vscode.WebviewOptions {
  return {
    enableScripts: true,
    retainContextWhenHidden: true,
    localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')],
  };
}
