import * as vscode from 'vscode';
import { rankClass } from '../../experiments/surprisal/result';
import { positionsIn } from '../document/documentText';
import type { ScoredToken } from './scoredDocument';

/** How tokens are told apart: four classes of rank, or ten steps of surprisal. */
export type SurprisalScale = 'rank' | 'surprisal';

/** Backgrounds from expected to surprising: one hue family whose strength grows, so that it reads in grey too. */
const RANK_STRENGTHS = [0.07, 0.22, 0.42, 0.66];
const SURPRISAL_STRENGTHS = Array.from({ length: 10 }, (_, i) => 0.03 + (0.65 * i) / 9);

/** Nats per step of the continuous scale; the last step is open-ended: 9 nats and more, 1 in 8,100. */
const NATS_PER_STEP = 1;

/** The decoration types of one scale, and which token takes which. */
export class SurprisalColours implements vscode.Disposable {
  readonly types: readonly vscode.TextEditorDecorationType[];
  readonly #scale: SurprisalScale;

  constructor(scale: SurprisalScale) {
    this.#scale = scale;
    const strengths = scale === 'rank' ? RANK_STRENGTHS : SURPRISAL_STRENGTHS;
    this.types = strengths.map((strength, i) =>
      vscode.window.createTextEditorDecorationType({
        rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
        light: { backgroundColor: `rgba(214, 92, 0, ${strength.toFixed(2)})` },
        dark: { backgroundColor: `rgba(255, 140, 40, ${(strength * 0.8).toFixed(2)})` },
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
      const index =
        this.#scale === 'rank'
          ? rankClass(token.rank)
          : Math.min(this.types.length - 1, Math.floor(-token.logProbability / NATS_PER_STEP));
      ranges[index]?.push(new vscode.Range(positionOf(token.start), positionOf(token.end)));
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
