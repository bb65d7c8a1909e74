import * as vscode from 'vscode';

/** Whether an editor holds a text: to VS Code the lines of an output channel, our own log too, are an editor. */
export const holdsText = ({ document }: vscode.TextEditor): boolean => document.uri.scheme !== 'output';

/** The active editor, where it holds a text. */
export function activeText(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor && holdsText(editor) ? editor : undefined;
}

/** A text on screen: the active one, or else the first. */
export function visibleText(): vscode.TextEditor | undefined {
  return activeText() ?? vscode.window.visibleTextEditors.find(holdsText);
}
