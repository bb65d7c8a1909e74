import * as vscode from 'vscode';
import { RANK_LIMITS } from '../../experiments/surprisal/result';
import { activeText, holdsText } from '../document/activeText';
import { count, decimals, significant } from '../numbers';
import { TreeView, type TreeData, type TreeRow } from '../shown/trees';
import type { SurprisalMap } from './surprisal';
import { noticeOf } from './surprisalStatus';
import { percentOfLog } from '../tokenNames';
import { bar } from '../shown/bar';

interface Row {
  readonly label: string;
  readonly value: string;
  /** Drawn behind the value, 0 to 1. */
  readonly share?: number;
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
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (!editor || !holdsText(editor)) return;
        this.#document = editor.document;
        this.#changed.fire(undefined);
      }),
    ];
  }

  rowOf({ label, value, share, tooltip, command }: Row): TreeRow {
    return {
      label,
      description: share === undefined ? value : `${value}  ${bar(share)}`,
      tooltip: [tooltip],
      spoken: `${label}, ${value}`,
      ...(command !== undefined && { command: { command, title: tooltip } }),
    };
  }

  getChildren(row?: Row): Row[] {
    const document = this.#document;
    const found = row || !document || document.isClosed ? undefined : this.#map.summary(document);
    if (!found || !document) {
      if (!row) this.#view.description = '';
      return [];
    }
    const { summary, model, startless } = found;
    this.#view.description = vscode.workspace.asRelativePath(document.uri, false);
    const { tokens, perplexity, meanSurprisal, bitsPerCharacter, ranks } = summary;
    const [ten, hundred, thousand] = RANK_LIMITS;
    const classes = [
      vscode.l10n.t('Among the {0} likeliest', count(ten)),
      vscode.l10n.t('{0} to {1}', count(ten + 1), count(hundred)),
      vscode.l10n.t('{0} to {1}', count(hundred + 1), count(thousand)),
      vscode.l10n.t('Beyond'),
    ];
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
          'The model was as unsure at every token as if it had to guess among {0} equally likely ones: e to the mean surprisal of {1} nats.',
          significant(perplexity),
          decimals(meanSurprisal, 3),
        ),
      },
      {
        label: vscode.l10n.t('Bits per character'),
        value: decimals(bitsPerCharacter, 3),
        tooltip: vscode.l10n.t(
          'All surprisal in bits over the number of characters: what the text would take, compressed with this model.',
        ),
      },
      ...classes.map((label, i) => ({
        label,
        value: ranks[i] === 0 ? '0 %' : percentOfLog(Math.log(ranks[i]! / tokens), vscode.env.language),
        share: ranks[i]! / tokens,
        tooltip: vscode.l10n.t('{0} of {1} tokens, by their rank', count(ranks[i]!), count(tokens)),
      })),
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
                '{0} has no token that stands before a text (bos_token_id or eos_token_id in its config.json), so the first token of the text is predicted by nothing and has no value.',
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
