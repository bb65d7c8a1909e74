/** Items in the status bar: text goes to VS Code through `forLine`. */
import * as vscode from 'vscode';
import { forLine } from './quote';

export interface StatusText {
  /** Name of an icon of VS Code, with how it moves: `loading~spin`. */
  readonly icon: string;
  readonly text: string;
  readonly tooltip: string;
  /** What a screen reader says; the tooltip where left out. */
  readonly spoken?: string;
  /** What a click runs. */
  readonly command: string;
  readonly background?: vscode.ThemeColor | undefined;
}

export class StatusItem implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;

  /** @param priority items of a higher one stand further to the left */
  constructor(id: string, name: string, priority: number) {
    this.#item = vscode.window.createStatusBarItem(id, vscode.StatusBarAlignment.Right, priority);
    this.#item.name = name;
  }

  /** What it says, its icon included. */
  get text(): string {
    return this.#item.text;
  }

  show({ icon, text, tooltip, spoken, command, background }: StatusText): void {
    this.#item.text = `$(${icon}) ${forLine(text)}`;
    this.#item.tooltip = forLine(tooltip);
    this.#item.accessibilityInformation = { label: forLine(spoken ?? tooltip), role: 'button' };
    this.#item.command = command;
    this.#item.backgroundColor = background;
    this.#item.show();
  }

  hide(): void {
    this.#item.hide();
  }

  dispose(): void {
    this.#item.dispose();
  }
}
