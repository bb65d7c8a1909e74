import * as vscode from 'vscode';
import { positionsIn } from '../document/documentText';
import type { ScoredToken } from './scoredDocument';
import { STRENGTHS, tint, tintClass, type SurprisalScale } from './surprisalScale';

/** The decoration types of one scale, and which token takes which. */
export class SurprisalColours implements vscode.Disposable {
  readonly types: readonly vscode.TextEditorDecorationType[];
  readonly #scale: SurprisalScale;

  constructor(scale: SurprisalScale) {
    this.#scale = scale;
    const strengths = STRENGTHS[scale];
    this.types = strengths.map((strength, i) =>
      vscode.window.createTextEditorDecorationType({
        rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
        light: { backgroundColor: tint(strength).light },
        dark: { backgroundColor: tint(strength).dark },
        // Only the upper half leaves a trace in the ruler: it is there to find surprises.
        ...(i >= strengths.length / 2
          ? {
              overviewRulerLane: vscode.OverviewRulerLane.Right,
              overviewRulerColor: `rgba(230, 110, 20, ${strength.toFixed(2)})`,
            }
          : {}),
      }),
    );
  }

  /** Tints the tokens in every editor that shows the document. */
  paint(document: vscode.TextDocument, tokens: readonly ScoredToken[]): void {
    const ranges: vscode.Range[][] = this.types.map(() => []);
    const positionOf = positionsIn(document);
    for (const token of tokens) {
      ranges[tintClass(this.#scale, token)]?.push(
        new vscode.Range(positionOf(token.start), positionOf(token.end)),
      );
    }
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document === document)
        this.types.forEach((type, i) => {
          editor.setDecorations(type, ranges[i]!);
        });
    }
  }

  dispose(): void {
    for (const type of this.types) type.dispose();
  }
}
