/** Markdown that VS Code renders, and answers that agents read. */
import * as vscode from 'vscode';
import { visibleLines } from '../../core/visibleText';
import { forLine, type Markdown } from './quote';

/** A hover; it runs no commands and shows no HTML. */
export function hover(text: Markdown, range: vscode.Range): vscode.Hover {
  return new vscode.Hover(new vscode.MarkdownString(text), range);
}

/** A line of small type above a line of a document; a click runs a command. */
export function codeLens(line: number, text: string, command: string): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title: forLine(text), command });
}

/** Opens a new document beside the active one. */
export async function openMarkdown(content: Markdown): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
}

/** An answer to a chat agent; nothing in it is hidden from a user who reads it. */
export function answerOf(text: string): vscode.LanguageModelToolResult {
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(visibleLines(text))]);
}
