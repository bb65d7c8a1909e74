/** Views of the side panel: text goes to VS Code through `forLine`, errors of a view's data too. */
import * as vscode from 'vscode';
import { messageOf } from '../../core/messageOf';
import { forLine, forLines } from './quote';

/** A row of a view. */
export interface TreeRow extends Pick<
  vscode.TreeItem,
  'id' | 'contextValue' | 'command' | 'collapsibleState'
> {
  readonly label: string;
  readonly description?: string;
  /** Lines; empty ones are left out. */
  readonly tooltip?: readonly string[];
  readonly iconPath?: vscode.ThemeIcon | Swatch;
  /** What a screen reader says instead of label and description. */
  readonly spoken?: string;
}

/** A picture for light and one for dark themes. */
interface Swatch {
  readonly light: vscode.Uri;
  readonly dark: vscode.Uri;
}

/** A patch of colour before a row's label, as CSS names it in light and in dark themes. */
export function swatchOf(colours: { readonly light: string; readonly dark: string }): Swatch {
  const patch = (fill: string, line: string): vscode.Uri => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"><rect x="1.5" y="1.5" width="13" height="13" rx="2" fill="${fill}" stroke="${line}"/></svg>`;
    return vscode.Uri.parse(`data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`);
  };
  return { light: patch(colours.light, '#8a5a30'), dark: patch(colours.dark, '#b98a5e') };
}

export interface TreeData<T> {
  readonly onDidChangeTreeData: vscode.Event<T | undefined>;
  rowOf(element: T): TreeRow;
  getChildren(element?: T): vscode.ProviderResult<T[]>;
  /** The row that a row stands under; a view whose rows are revealed needs it. */
  getParent?(element: T): T | undefined;
}

/** Errors of a view's data are shown by VS Code as they are. */
export function shownError(error: unknown): Error {
  return new Error(forLine(messageOf(error)), { cause: error });
}

function itemOf({ label, description, tooltip, spoken, collapsibleState, ...row }: TreeRow): vscode.TreeItem {
  const item = new vscode.TreeItem(forLine(label), collapsibleState);
  return Object.assign(item, row, {
    ...(description !== undefined && { description: forLine(description) }),
    ...(tooltip !== undefined && { tooltip: forLines(tooltip) }),
    ...(spoken !== undefined && { accessibilityInformation: { label: forLine(spoken) } }),
  });
}

/** A view of the manifest with its data. */
export class TreeView<T> implements vscode.Disposable {
  readonly #view: vscode.TreeView<T>;

  constructor(id: string, data: TreeData<T>, options: { readonly canSelectMany?: boolean } = {}) {
    this.#view = vscode.window.createTreeView<T>(id, {
      ...options,
      treeDataProvider: {
        onDidChangeTreeData: data.onDidChangeTreeData,
        getTreeItem: (element) => itemOf(data.rowOf(element)),
        ...(data.getParent && { getParent: (element: T) => data.getParent?.(element) }),
        getChildren: async (element) => {
          try {
            return await data.getChildren(element);
          } catch (error) {
            throw shownError(error);
          }
        },
      },
    });
  }

  /** Said above the rows. */
  set message(message: string) {
    this.#view.message = forLine(message);
  }

  /** Said beside the view's name. */
  set description(description: string) {
    this.#view.description = forLine(description);
  }

  /** Selects a row and shows what stands under it. */
  async expand(element: T): Promise<void> {
    await this.#view.reveal(element, { select: true, focus: false, expand: true });
  }

  get visible(): boolean {
    return this.#view.visible;
  }

  get onDidChangeVisibility(): vscode.Event<vscode.TreeViewVisibilityChangeEvent> {
    return this.#view.onDidChangeVisibility;
  }

  dispose(): void {
    this.#view.dispose();
  }
}
