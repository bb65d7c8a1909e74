import type * as vscode from 'vscode';
import { LabPanel, type PanelServices } from './panel';

/** The one panel of the window: opened when it is first needed, and after it was closed. */
export class PanelHolder implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #services: PanelServices;
  #panel: LabPanel | undefined;

  constructor(services: PanelServices) {
    this.#services = services;
  }

  get current(): LabPanel | undefined {
    return this.#panel;
  }

  open(): LabPanel {
    return this.#panel ?? this.#keep(LabPanel.create(this.#services));
  }

  /** The default model is another one now: an open panel uses it. */
  useModel(id: string): void {
    this.#panel?.useModel(id);
  }

  /** The library has other models now. */
  modelsChanged(): void {
    this.#panel?.modelsChanged();
  }

  /** There are other presets now. */
  presetsChanged(): void {
    this.#panel?.presetsChanged();
  }

  deserializeWebviewPanel(restored: vscode.WebviewPanel): Promise<void> {
    // One panel at a time: a second restored one would fight over the same prompt.
    if (this.#panel) restored.dispose();
    else this.#keep(LabPanel.restore(restored, this.#services));
    return Promise.resolve();
  }

  #keep(panel: LabPanel): LabPanel {
    this.#panel = panel;
    panel.onDidDispose(() => {
      if (this.#panel === panel) this.#panel = undefined;
    });
    return panel;
  }

  dispose(): void {
    this.#panel?.dispose();
  }
}
