import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DecodingLabApi } from '../../src/extension/extension';
import { until } from './until';

export const EXTENSION_ID = 'decoding-lab.decoding-lab';

export const extension = (): vscode.Extension<DecodingLabApi> => {
  const found = vscode.extensions.getExtension<DecodingLabApi>(EXTENSION_ID);
  assert.ok(found, `${EXTENSION_ID} is not installed in this window`);
  return found;
};

/** Tabs of the Decoding Lab panel. */
export const panelTabs = (): vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(
      (tab) =>
        tab.input instanceof vscode.TabInputWebview && tab.input.viewType.endsWith('decodingLab.panel'),
    );

/** The last document that was shown here. */
let last: vscode.TextDocument | undefined;

/** Whether its tab is closed and VS Code still keeps it: a new document would be given its name, and its text. */
const isLeaving = ({ uri, isClosed }: vscode.TextDocument): boolean =>
  !isClosed &&
  !vscode.window.tabGroups.all.some(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString()),
  );

/** Shows a new document with a text in the first column. */
export async function openText(content: string): Promise<vscode.TextEditor> {
  await until('the last document is gone', () => last === undefined || !isLeaving(last));
  const document = await vscode.workspace.openTextDocument({ language: 'plaintext', content });
  last = document;
  return vscode.window.showTextDocument(document, vscode.ViewColumn.One);
}

/** Selects from one UTF-16 offset to another, and waits until the extensions know; the cursor is at the second. */
export async function selectAndTell(editor: vscode.TextEditor, from: number, to: number): Promise<void> {
  const told = new Promise<void>((resolve) => {
    const listener = vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor !== editor) return;
      listener.dispose();
      resolve();
    });
  });
  select(editor, from, to);
  await told;
}

/** Selects from one UTF-16 offset to another; the cursor is at the second. */
export function select(editor: vscode.TextEditor, from: number, to: number): void {
  editor.selection = new vscode.Selection(editor.document.positionAt(from), editor.document.positionAt(to));
}

/** Changes a setting of the extension for the time of a test. */
export async function withSettings(values: Record<string, unknown>, run: () => Promise<void>): Promise<void> {
  const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration();
  const global = vscode.ConfigurationTarget.Global;
  for (const [name, value] of Object.entries(values)) await configuration().update(name, value, global);
  try {
    await run();
  } finally {
    for (const name of Object.keys(values)) await configuration().update(name, undefined, global);
  }
}

/** Explores what is selected and waits until the page has been answered: vocabulary, distribution, completions. */
export async function explore(api: DecodingLabApi): Promise<void> {
  const before = api.answered();
  await vscode.commands.executeCommand('decodingLab.explore');
  await until(
    'the panel asked and was answered',
    () => api.answered() > before && api.pendingRequests() === 0,
  );
}
