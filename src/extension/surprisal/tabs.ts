import * as vscode from 'vscode';

/** Whether a tab shows a document: in an editor, on a side of a comparison, or in a notebook. */
function holds({ input }: vscode.Tab, { uri }: vscode.TextDocument): boolean {
  const same = (other: vscode.Uri): boolean => other.toString() === uri.toString();
  if (input instanceof vscode.TabInputText) return same(input.uri);
  if (input instanceof vscode.TabInputTextDiff) return same(input.original) || same(input.modified);
  // The cells of a notebook have its path.
  if (input instanceof vscode.TabInputNotebook) return input.uri.path === uri.path;
  if (input instanceof vscode.TabInputNotebookDiff) return input.modified.path === uri.path;
  return false;
}

/** Whether these tabs, which were closed, were the last that showed a document. */
export function wereLastOf(document: vscode.TextDocument, closed: readonly vscode.Tab[]): boolean {
  const isIn = (tabs: readonly vscode.Tab[]): boolean => tabs.some((tab) => holds(tab, document));
  return isIn(closed) && !vscode.window.tabGroups.all.some(({ tabs }) => isIn(tabs));
}
