import * as vscode from 'vscode';
import type { HistoryLine } from '../../protocol/messages';
import type { History } from '../history';

interface Day {
  readonly day: string;
  readonly lines: readonly HistoryLine[];
}
type Node = Day | HistoryLine;

const isDay = (node: Node): node is Day => 'lines' in node;

/** "History": saved results by day. */
export class HistoryView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #history: History;
  readonly #view: vscode.TreeView<Node>;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(history: History) {
    this.#history = history;
    this.#view = vscode.window.createTreeView('decodingLab.history', {
      treeDataProvider: this,
      canSelectMany: true,
    });
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (isDay(node)) return new vscode.TreeItem(node.day, vscode.TreeItemCollapsibleState.Expanded);
    const item = new vscode.TreeItem(node.title || node.experiment);
    item.id = node.id;
    item.contextValue = 'result';
    item.description = `${node.experiment}, ${node.model}, ${new Date(node.savedAt).toLocaleTimeString(vscode.env.language)}`;
    item.iconPath = new vscode.ThemeIcon('beaker');
    item.command = { command: 'decodingLab.reopenResult', title: vscode.l10n.t('Reopen'), arguments: [node] };
    return item;
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node) return isDay(node) ? [...node.lines] : [];
    const lines = await this.#history.lines();
    const days = new Map<string, HistoryLine[]>();
    for (const line of lines) {
      const day = new Date(line.savedAt).toLocaleDateString(vscode.env.language, { dateStyle: 'full' });
      days.set(day, [...(days.get(day) ?? []), line]);
    }
    return [...days].map(([day, ofDay]) => ({ day, lines: ofDay }));
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
  }
}
