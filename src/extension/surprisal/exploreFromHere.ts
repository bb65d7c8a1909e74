import * as vscode from 'vscode';
import { positionOf } from '../document/documentText';
import type { SurprisalMap } from './surprisal';

/** "Explore from here" for the token under the cursor, where a heat map is shown. */
export class ExploreFromHere implements vscode.CodeActionProvider {
  readonly #map: SurprisalMap;

  constructor(map: SurprisalMap) {
    this.#map = map;
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const token = this.#map.tokenAt(document, range.start);
    if (!token) return [];
    const action = new vscode.CodeAction(vscode.l10n.t('Explore what else could come here (Decoding Lab)'));
    action.command = {
      command: 'decodingLab.exploreAt',
      title: action.title,
      arguments: [document.uri, positionOf(document, token.start)],
    };
    return [action];
  }
}
