import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

const SENTENCE = 'And the king said to the miller that he would give him gold. ';

/** Types so many characters at the end of a document, one after the other, with a pause of `pace` milliseconds. */
export async function typeOn(editor: vscode.TextEditor, characters: number, pace: number): Promise<void> {
  const { document } = editor;
  const end = document.lineAt(document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
  for (let i = 0; i < characters; i++) {
    await vscode.commands.executeCommand('type', { text: SENTENCE[i % SENTENCE.length]! });
    await sleep(pace);
  }
}
