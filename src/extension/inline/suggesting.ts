/** Where suggestions may come at all: read before anything of them is loaded. */
import * as vscode from 'vscode';

/** Kinds of documents that hold a user's own text; output, search results and the like are left alone. */
const OWN_SCHEMES = ['file', 'untitled', 'vscode-notebook-cell', 'vscode-remote', 'vscode-vfs'];

export const OWN_DOCUMENTS: vscode.DocumentSelector = OWN_SCHEMES.map((scheme) => ({ scheme }));

const MODE = 'inlineSuggest.mode';

const modeIn = (scope?: vscode.ConfigurationScope): unknown =>
  vscode.workspace.getConfiguration('decodingLab', scope).get(MODE);

/** Whether some folder has suggestions: where none has, VS Code need not ask at any keystroke. */
export function mayBeSuggested(): boolean {
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
  return [undefined, ...folders].some((scope) => modeIn(scope) !== 'off');
}

/** Whether a document has them, when asked for or while typing. */
export function isSuggested(
  document: vscode.TextDocument,
  { triggerKind }: vscode.InlineCompletionContext,
): boolean {
  const mode = modeIn(document);
  if (triggerKind === vscode.InlineCompletionTriggerKind.Automatic) return mode === 'automatic';
  return mode !== 'off';
}
