import * as vscode from 'vscode';
import { activeText } from '../document/activeText';
import type { ScoringState } from './documentScoring';
import { count } from '../numbers';
import { toFailure } from '../panel/requests';
import type { SurprisalMap } from './surprisal';
import { settings } from '../settings';
import { legendOf } from './surprisalScale';
import { StatusItem } from '../shown/statusItem';

/** What a user is told of a scoring that is not done, and the command that a click runs. */
export interface ScoringNotice {
  readonly icon: string;
  readonly label: string;
  readonly sentence: string;
  readonly command: 'decodingLab.stopSurprisal' | 'decodingLab.continueSurprisal';
}

/** @returns undefined where there is nothing to tell: every token is scored, or will be in a moment */
export function noticeOf(state: ScoringState | undefined): ScoringNotice | undefined {
  const goOn = 'decodingLab.continueSurprisal';
  switch (state?.kind) {
    case undefined:
    case 'waiting':
      return undefined;
    case 'scoring':
      return {
        icon: 'loading~spin',
        // How many there are is known once the text has been tokenized.
        label:
          state.total === 0
            ? vscode.l10n.t('reading the text')
            : vscode.l10n.t('{0} of {1} tokens', count(state.done), count(state.total)),
        sentence: vscode.l10n.t('The surprisal of this text is being computed. Click to stop.'),
        command: 'decodingLab.stopSurprisal',
      };
    case 'scored':
      if (state.left === 0) return undefined;
      return {
        icon: 'warning',
        label: vscode.l10n.t('{0} characters not scored', count(state.left)),
        sentence: vscode.l10n.t(
          'The last {0} characters have no surprisal yet: the text is too long to score at once. Click to continue.',
          count(state.left),
        ),
        command: goOn,
      };
    case 'stopped':
      return {
        icon: 'debug-pause',
        label: vscode.l10n.t('not all tokens scored'),
        sentence: vscode.l10n.t(
          'Scoring was stopped: text not reached yet, or edited since, has no surprisal. Click to continue.',
        ),
        command: goOn,
      };
    case 'failed':
      return {
        icon: 'warning',
        label: vscode.l10n.t('not all tokens scored'),
        sentence: vscode.l10n.t('{0} Click to try again.', toFailure(state.error).sentence),
        command: goOn,
      };
  }
}

/**
 * A status bar item while the text in the editor has tints. Until its surprisal is complete, a click stops the scoring
 * or goes on; then it says what the colours mean.
 */
export class SurprisalStatus implements vscode.Disposable {
  readonly #map: SurprisalMap;
  readonly #item = new StatusItem('decodingLab.surprisalStatus', vscode.l10n.t('Surprisal'), 89);
  readonly #disposables: readonly { dispose(): unknown }[];

  constructor(map: SurprisalMap) {
    this.#map = map;
    this.#disposables = [
      this.#item,
      map.onDidProgress((document) => {
        if (document === activeText()?.document) this.#draw();
      }),
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.#draw();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('decodingLab.surprisal.scale')) this.#draw();
      }),
    ];
  }

  /** What the item says of a scoring that is not complete; else empty. */
  text = '';

  #draw(): void {
    const document = activeText()?.document;
    const state = document && this.#map.state(document);
    const notice = noticeOf(state);
    if (!notice) {
      this.text = '';
      if (state) this.#showLegend();
      else this.#item.hide();
      return;
    }
    const { icon, label, sentence, command } = notice;
    const text = vscode.l10n.t('{0}: {1}', vscode.l10n.t('Surprisal'), label);
    this.#item.show({ icon, text, tooltip: sentence, spoken: `${text}. ${sentence}`, command });
    this.text = this.#item.text;
  }

  /** Where nothing is left to score, the item says what the colours mean. */
  #showLegend(): void {
    const legend = legendOf(settings.surprisalScale());
    this.#item.show({
      icon: 'symbol-color',
      text: vscode.l10n.t('Surprisal'),
      tooltip: vscode.l10n.t('{0} Click for the numbers.', legend),
      command: 'decodingLab.surprisal.focus',
    });
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}
