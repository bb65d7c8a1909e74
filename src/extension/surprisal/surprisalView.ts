import * as vscode from 'vscode';
import { activeText, holdsText } from '../document/activeText';
import { count, decimals, significant } from '../numbers';
import { settings } from '../settings';
import { swatchOf, TreeView, type TreeData, type TreeRow } from '../shown/trees';
import type { SurprisalMap } from './surprisal';
import { classCounts, classNames, legendOf, STRENGTHS, tint } from './surprisalScale';
import { noticeOf } from './surprisalStatus';
import { inPercent } from '../../l10n/numbers';
import { bar } from '../shown/bar';

interface Row {
  readonly label: string;
  readonly value: string;
  /** Drawn behind the value, 0 to 1. */
  readonly share?: number;
  /** Strength of the tint that it stands for. */
  readonly swatch?: number;
  readonly tooltip: string;
  /** What a click runs. */
  readonly command?: string;
}

/** "Surprisal": what the tints of the document in the editor say together. */
export class SurprisalView implements TreeData<Row>, vscode.Disposable {
  readonly #map: SurprisalMap;
  readonly #view: TreeView<Row>;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #disposables: readonly { dispose(): unknown }[];
  /** Stays while the panel or the view has the focus, when no editor is active. */
  #document: vscode.TextDocument | undefined;

  constructor(map: SurprisalMap) {
    this.#map = map;
    this.#view = new TreeView('decodingLab.surprisal', this);
    this.#document = activeText()?.document;
    this.#disposables = [
      this.#view,
      this.#changed,
      map.onDidChange(() => {
        this.#changed.fire(undefined);
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('decodingLab.surprisal.scale')) this.#changed.fire(undefined);
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (!editor || !holdsText(editor)) return;
        this.#document = editor.document;
        this.#changed.fire(undefined);
      }),
    ];
  }

  rowOf({ label, value, share, swatch, tooltip, command }: Row): TreeRow {
    return {
      label,
      description: share === undefined ? value : `${value}  ${bar(share)}`,
      tooltip: [tooltip],
      spoken: `${label}, ${value}`,
      ...(swatch !== undefined && { iconPath: swatchOf(tint(swatch)) }),
      ...(command !== undefined && { command: { command, title: tooltip } }),
    };
  }

  getChildren(row?: Row): Row[] {
    const document = this.#document;
    const found = row || !document || document.isClosed ? undefined : this.#map.summary(document);
    if (!found || !document) {
      if (!row) {
        this.#view.description = '';
        this.#view.message = '';
      }
      return [];
    }
    const { summary, model, startless } = found;
    this.#view.description = vscode.workspace.asRelativePath(document.uri, false);
    const { tokens, perplexity, meanSurprisal, bitsPerCharacter } = summary;
    const scale = settings.surprisalScale();
    const names = classNames(scale);
    const counts = classCounts(scale, this.#map.tokens(document));
    this.#view.message = legendOf(scale);
    const state = this.#map.state(document);
    const notice = state?.kind === 'scoring' ? undefined : noticeOf(state);
    return [
      ...(notice
        ? [
            {
              label: vscode.l10n.t('Incomplete'),
              value: notice.label,
              tooltip: notice.sentence,
              command: notice.command,
            },
          ]
        : []),
      {
        label: vscode.l10n.t('Perplexity'),
        value: significant(perplexity),
        tooltip: vscode.l10n.t(
          'On average, the model was as unsure of each token as if it had to guess among {0} equally likely ones: e to the power of the mean surprisal, {1} nats.',
          significant(perplexity),
          decimals(meanSurprisal, 3),
        ),
      },
      {
        label: vscode.l10n.t('Bits per character'),
        value: decimals(bitsPerCharacter, 3),
        tooltip: vscode.l10n.t(
          'Total surprisal in bits, divided by the number of characters: the size of the text if compressed with this model.',
        ),
      },
      ...names.map((label, i): Row => {
        const strength = STRENGTHS[scale][i]!;
        const found = counts[i]!;
        return {
          label,
          value: inPercent(found / tokens),
          share: found / tokens,
          swatch: strength,
          tooltip: vscode.l10n.t(
            'Colour {0} of {1}: {2} of {3} tokens. Stronger colour means more surprising.',
            count(i + 1),
            count(names.length),
            count(found),
            count(tokens),
          ),
        };
      }),
      {
        label: vscode.l10n.t('Tokens'),
        value: vscode.l10n.t('{0}, read by {1}', count(tokens), model),
        tooltip: vscode.l10n.t('{0} tokens of this text have been scored by {1}.', count(tokens), model),
      },
      ...(startless
        ? [
            {
              label: vscode.l10n.t('First token'),
              value: vscode.l10n.t('no value'),
              tooltip: vscode.l10n.t(
                '{0} has no token to begin a text with (bos_token_id or eos_token_id in its config.json), so nothing predicts the first token, and it has no value.',
                model,
              ),
            },
          ]
        : []),
    ];
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}
