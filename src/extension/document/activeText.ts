import * as vscode from 'vscode';

const OUTPUT = 'output';

/** Whether an editor holds a text: to VS Code the lines of an output channel, our own log too, are an editor. */
export const holdsText = ({ document }: vscode.TextEditor): boolean => document.uri.scheme !== OUTPUT;

/** The active editor, where it holds a text. */
export function activeText(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor && holdsText(editor) ? editor : undefined;
}

/** A text on screen: the active one, or else the first. */
export function visibleText(): vscode.TextEditor | undefined {
  return activeText() ?? vscode.window.visibleTextEditors.find(holdsText);
}

/** The texts that are open in tabs, on screen or not; those that stand in front first. */
export function openTexts(): readonly vscode.Uri[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const uris = [...tabs]
    .sort((a, b) => Number(b.isActive) - Number(a.isActive))
    .flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : []))
    .filter(({ scheme }) => scheme !== OUTPUT);
  return [...new Map(uris.map((uri) => [uri.toString(), uri])).values()];
}
