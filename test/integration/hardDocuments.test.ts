/** Documents that are large, odd, or not a person's own. */
import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { DecodingLabApi } from '../../src/extension/extension';
import { typeOn } from './typing';
import { until } from './until';
import { explore, extension, openText, select, withSettings } from './workspaceTools';

const PROMPT = 'Once upon a time there was a king who';

/** How long to wait, in milliseconds, before it is taken for granted that nothing comes. */
const NOTHING = 3_000;

/** Asks for suggestions at the end of a document; empty where none come. What was offered elsewhere does not count. */
async function suggestionsAtEnd(
  api: DecodingLabApi,
  editor: vscode.TextEditor,
  patience = 60_000,
): Promise<readonly string[]> {
  const { document } = editor;
  const end = document.lineAt(document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
  await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
  const before = api.suggestions();
  await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  const begin = Date.now();
  const offered = (): readonly string[] => (api.suggestions() === before ? [] : api.suggestions());
  while (offered().length === 0 && Date.now() - begin < patience) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return offered();
}

describe('Decoding Lab in documents that are large or odd', () => {
  let api: DecodingLabApi;

  before(async () => {
    api = await extension().activate();
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('suggests at the end of a document of 5 MB, and at the end of a line of 1 MB', async () => {
    const lines = await openText(`${'A line of a long document.\n'.repeat(200_000)}${PROMPT}`);
    assert.ok(lines.document.getText().length > 5_000_000);
    assert.ok((await suggestionsAtEnd(api, lines)).length > 0);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    const line = await openText(`${'word '.repeat(200_000)}${PROMPT}`);
    assert.ok((await suggestionsAtEnd(api, line)).length > 0);
    await explore(api);
  });

  it('scores a text with line ends of both kinds, every token where it stands', async () => {
    const text = 'Once upon a time\r\nthere was a king\r\n\r\nwho had a café\r\nand a 🐟.';
    const { document } = await openText(text);
    await vscode.commands.executeCommand('decodingLab.showSurprisal');
    // VS Code keeps one kind of line end per document; what it holds is scored with LF.
    const held = document.getText().replaceAll('\r\n', '\n');
    const tokens = api.surprisal(document);
    assert.equal(tokens[0]!.start, 0);
    assert.equal(tokens.at(-1)!.end, held.length);
    assert.ok(tokens.some(({ start, end }) => held.slice(start, end) === ' café'));
  });

  it('scores on while the text is edited, and leaves no request behind', async () => {
    const editor = await openText('The king went out into the forest and saw a fox. '.repeat(200));
    const scoring = vscode.commands.executeCommand('decodingLab.showSurprisal');
    for (let i = 0; i < 5; i++) {
      await editor.edit((builder) => {
        builder.insert(new vscode.Position(0, 0), 'Then ');
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await scoring;
    await until('everything is answered', () => api.pendingEngineRequests() === 0);
    const text = editor.document.getText();
    // After the pause the edited beginning is scored again, and what stands behind it has moved along.
    await until('the new beginning is scored', () => {
      const first = api.surprisal(editor.document)[0];
      return first?.start === 0 && text.slice(first.start, first.end) === 'Then';
    });
    await vscode.commands.executeCommand('decodingLab.clearSurprisal');
  });

  it('suggests nothing in documents that are not a person’s own, which can be explored all the same', async () => {
    const provider = vscode.workspace.registerTextDocumentContentProvider('lab-virtual', {
      provideTextDocumentContent: () => PROMPT,
    });
    try {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.parse('lab-virtual:story.txt'));
      const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
      assert.deepEqual(await suggestionsAtEnd(api, editor, NOTHING), []);
      select(editor, 0, PROMPT.length);
      await explore(api);
    } finally {
      provider.dispose();
    }
  });

  it('suggests nothing where VS Code’s own switch is off', async () => {
    await withSettings({ 'editor.inlineSuggest.enabled': false }, async () => {
      const editor = await openText(`${PROMPT} never`);
      assert.deepEqual(await suggestionsAtEnd(api, editor, NOTHING), []);
    });
  });

  it('works in a cell of a notebook', async () => {
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, PROMPT, 'markdown');
    const notebook = await vscode.workspace.openNotebookDocument(
      'jupyter-notebook',
      new vscode.NotebookData([cell]),
    );
    const document = notebook.cellAt(0).document;
    assert.equal(document.getText(), PROMPT);
    const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    select(editor, 0, PROMPT.length);
    await explore(api);
  });

  it('explores the changed side of a comparison', async () => {
    const original = await vscode.workspace.openTextDocument({ content: 'Once upon a time.' });
    const changed = await vscode.workspace.openTextDocument({ content: PROMPT });
    await vscode.commands.executeCommand('vscode.diff', original.uri, changed.uri, 'A comparison');
    await until('the comparison is shown', () => vscode.window.activeTextEditor?.document === changed);
    select(vscode.window.activeTextEditor!, 0, PROMPT.length);
    await explore(api);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.window.showTextDocument(original);
  });

  it('takes the first of several cursors', async () => {
    const editor = await openText(PROMPT);
    await editor.edit((builder) => {
      builder.insert(new vscode.Position(0, PROMPT.length), `\n${PROMPT}`);
    });
    const at = (line: number): vscode.Selection => {
      const { end } = editor.document.lineAt(line).range;
      return new vscode.Selection(end, end);
    };
    editor.selections = [at(0), at(1)];
    await explore(api);
    assert.equal(api.pendingRequests(), 0);
  });

  it('is left as it was by 200 keystrokes with suggestions while typing', async () => {
    await withSettings(
      { 'decodingLab.inlineSuggest.mode': 'automatic', 'decodingLab.inlineSuggest.delay': 0 },
      async () => {
        const editor = await openText(`${PROMPT} `);
        await typeOn(editor, 60, 20);
        const listeners = api.listeners();
        const memory = residentBytes(api.enginePid()!);
        await typeOn(editor, 200, 20);
        await until('everything is answered', () => api.pendingEngineRequests() === 0);
        assert.equal(api.listeners(), listeners);
        assert.ok(residentBytes(api.enginePid()!) - memory < 100e6);
        assert.match(editor.document.getText(), /king who And the king said to the miller/);
      },
    );
  });
});

/** As Linux tells it; elsewhere nothing is measured. */
function residentBytes(pid: number): number {
  if (process.platform !== 'linux') return 0;
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}
