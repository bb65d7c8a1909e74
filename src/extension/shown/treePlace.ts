/** A view before what fills it has been loaded. */
import * as vscode from 'vscode';

/**
 * Holds a view's place, and shows nothing there.
 * @param asked is called when the view is first looked at
 */
export function placeOfTree(id: string, asked: () => unknown): vscode.Disposable {
  return vscode.window.registerTreeDataProvider<never>(id, {
    getChildren() {
      asked();
      return [];
    },
    getTreeItem: (element) => element,
  });
}
