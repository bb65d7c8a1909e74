import * as vscode from 'vscode';
import { StatusItem } from './shown/statusItem';

type State = 'idle' | 'thinking' | 'error';

/** The status bar item: model, state and last latency; a click opens the quick menu. */
export class StatusBar implements vscode.Disposable {
  readonly #item = new StatusItem('decodingLab.status', 'Decoding Lab', 90);
  readonly #labelOf: (id: string) => string;
  #model: string;
  #state: State = 'idle';
  #sentence = '';
  #latency: number | undefined;
  #paused = false;

  /** @param labelOf what a model is called here, by its id */
  constructor(model: string, labelOf: (id: string) => string) {
    this.#model = model;
    this.#labelOf = labelOf;
    this.#draw();
  }

  /** True while suggestions while typing are paused. */
  get paused(): boolean {
    return this.#paused;
  }

  /** What the item says, for people and tests. */
  get text(): string {
    return this.#item.text;
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#draw();
  }

  thinking(model: string): void {
    this.#set(model, 'thinking');
  }

  /** @param latency milliseconds that the last answer took */
  idle(model: string, latency?: number): void {
    if (latency !== undefined) this.#latency = latency;
    this.#set(model, 'idle');
  }

  failed(model: string, sentence: string): void {
    this.#sentence = sentence;
    this.#set(model, 'error');
  }

  #set(model: string, state: State): void {
    this.#model = model;
    this.#state = state;
    this.#draw();
  }

  #draw(): void {
    const icon = {
      idle: this.#paused ? 'debug-pause' : 'beaker',
      thinking: 'loading~spin',
      error: 'warning',
    }[this.#state];
    const latency =
      this.#latency !== undefined && this.#state === 'idle' ? ` ${Math.round(this.#latency)} ms` : '';
    const words = {
      idle: this.#paused ? vscode.l10n.t('suggestions while typing are paused') : vscode.l10n.t('idle'),
      thinking: vscode.l10n.t('thinking'),
      error: this.#sentence,
    }[this.#state];
    this.#item.show({
      icon,
      command: 'decodingLab.menu',
      text: `${this.#labelOf(this.#model)}${latency}`,
      tooltip: vscode.l10n.t('Decoding Lab: {0}, {1}', this.#model, words),
      background:
        this.#state === 'error' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined,
    });
  }

  dispose(): void {
    this.#item.dispose();
  }
}
