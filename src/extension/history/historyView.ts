import * as vscode from 'vscode';
import { languageTag } from '../../l10n/language';
import type { HistoryLine } from '../../protocol/messages';
import { experimentName } from './experimentName';
import type { History } from './history';
import { modelLabel } from '../models/trainedName';
import { TreeView, type TreeData, type TreeRow } from '../shown/trees';

interface Day {
  readonly day: string;
  readonly lines: readonly HistoryLine[];
}
type Node = Day | HistoryLine;

const isDay = (node: Node): node is Day => 'lines' in node;

/** "History": saved results by day. */
export class HistoryView implements TreeData<Node>, vscode.Disposable {
  readonly #history: History;
  readonly #view: TreeView<Node>;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(history: History) {
    this.#history = history;
    this.#view = new TreeView('decodingLab.history', this, { canSelectMany: true });
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  rowOf(node: Node): TreeRow {
    if (isDay(node)) return { label: node.day, collapsibleState: vscode.TreeItemCollapsibleState.Expanded };
    const { id, title, experiment, model, savedAt } = node;
    return {
      id,
      label: title || experimentName(experiment),
      contextValue: 'result',
      description: `${experimentName(experiment)}, ${modelLabel(model)}, ${new Date(savedAt).toLocaleTimeString(languageTag)}`,
      iconPath: new vscode.ThemeIcon('beaker'),
      command: { command: 'decodingLab.reopenResult', title: vscode.l10n.t('Reopen'), arguments: [node] },
    };
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node) return isDay(node) ? [...node.lines] : [];
    const lines = await this.#history.lines();
    const days = new Map<string, HistoryLine[]>();
    for (const line of lines) {
      const day = new Date(line.savedAt).toLocaleDateString(languageTag, { dateStyle: 'full' });
      days.set(day, [...(days.get(day) ?? []), line]);
    }
    return [...days].map(([day, ofDay]) => ({ day, lines: ofDay }));
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
  }
}
