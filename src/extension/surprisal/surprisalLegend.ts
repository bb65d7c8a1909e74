import * as vscode from 'vscode';
import { positionOf } from '../document/documentText';
import { settings } from '../settings';
import { codeLens } from '../shown/documents';
import type { SurprisalMap } from './surprisal';
import { legendOf } from './surprisalScale';

/** The meaning of the colours, above the first line that has some, for as long as it has. */
export class SurprisalLegend implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #map: SurprisalMap;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #disposables: readonly { dispose(): unknown }[];
  /** Where the legend stands in each document. */
  readonly #lines = new WeakMap<vscode.TextDocument, number>();

  constructor(map: SurprisalMap) {
    this.#map = map;
    this.#disposables = [
      this.#changed,
      map.onDidProgress((document) => {
        // Asked for again only when it comes, goes or moves: not at every token that is scored.
        if (this.#lineOf(document) !== this.#lines.get(document)) this.#changed.fire();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('decodingLab.surprisal.scale')) this.#changed.fire();
      }),
      vscode.languages.registerCodeLensProvider({ scheme: '*' }, this),
    ];
  }

  #lineOf(document: vscode.TextDocument): number | undefined {
    const [first] = this.#map.tokens(document);
    return first && positionOf(document, first.start).line;
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const line = this.#lineOf(document);
    if (line === undefined) {
      this.#lines.delete(document);
      return [];
    }
    this.#lines.set(document, line);
    return [
      codeLens(line, legendOf(settings.surprisalScale()), 'decodingLab.surprisal.focus'),
      codeLens(line, vscode.l10n.t('Clear'), 'decodingLab.clearSurprisal'),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}
