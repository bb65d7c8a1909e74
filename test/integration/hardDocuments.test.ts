/** Documents that are large, odd, or not a user's own. */
import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { DecodingLabApi } from '../../src/extension/extension';
import { typeOn } from './typing';
import { until } from './until';
import { explore, extension, openText, select, withSettings } from './workspaceTools';

const PROMPT = 'Once upon a time there was a king who';

/** Asks for suggestions at the end of a document; what was offered before does not count. */
async function askAtEnd(editor: vscode.TextEditor, api: DecodingLabApi): Promise<() => readonly string[]> {
  const { document } = editor;
  const end = document.lineAt(document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
  await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
  const before = api.suggestions();
  await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  return () => (api.suggestions() === before ? [] : api.suggestions());
}

async function suggestAtEnd(editor: vscode.TextEditor, api: DecodingLabApi): Promise<void> {
  const offered = await askAtEnd(editor, api);
  await until('suggestions come', () => offered().length > 0);
}

/** A second provider of suggestions, which has none: it tells for which documents VS Code asks at all. */
function askedFor(): { readonly uris: readonly string[]; dispose(): void } {
  const uris: string[] = [];
  const registration = vscode.languages.registerInlineCompletionItemProvider(
    { pattern: '**' },
    {
      provideInlineCompletionItems({ uri }) {
        uris.push(uri.toString());
        return [];
      },
    },
  );
  return { uris, dispose: () => void registration.dispose() };
}

/** A place for files that is none of a user's own, with a text in each. */
function oneFile(text: string): vscode.FileSystemProvider {
  const bytes = new TextEncoder().encode(text);
  const readOnly = (): never => {
    throw vscode.FileSystemError.NoPermissions();
  };
  return {
    onDidChangeFile: new vscode.EventEmitter<vscode.FileChangeEvent[]>().event,
    watch: () => new vscode.Disposable(() => undefined),
    stat: () => ({ type: vscode.FileType.File, ctime: 0, mtime: 0, size: bytes.length }),
    readFile: () => bytes,
    readDirectory: () => [],
    ...{ createDirectory: readOnly, delete: readOnly, rename: readOnly, writeFile: readOnly },
  };
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
    await suggestAtEnd(lines, api);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    const line = await openText(`${'word '.repeat(200_000)}${PROMPT}`);
    await suggestAtEnd(line, api);
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
      await until('scoring goes on', () => api.pendingEngineRequests() > 0);
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

  it('suggests nothing in documents that are not a user’s own, which can be explored all the same', async () => {
    const files = vscode.workspace.registerFileSystemProvider('lab-memory', oneFile(PROMPT));
    const asked = askedFor();
    try {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.parse('lab-memory:/story.txt'));
      const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
      const offered = await askAtEnd(editor, api);
      await until('VS Code asks', () => asked.uris.includes(document.uri.toString()));
      await until('everything is answered', () => api.pendingEngineRequests() === 0);
      assert.deepEqual(offered(), []);
      select(editor, 0, PROMPT.length);
      await explore(api);
    } finally {
      asked.dispose();
      files.dispose();
    }
  });

  it('suggests nothing where VS Code’s own switch is off', async () => {
    const asked = askedFor();
    try {
      await withSettings({ 'editor.inlineSuggest.enabled': false }, async () => {
        const editor = await openText(`${PROMPT} never`);
        const offered = await askAtEnd(editor, api);
        await until('VS Code asks', () => asked.uris.includes(editor.document.uri.toString()));
        await until('everything is answered', () => api.pendingEngineRequests() === 0);
        assert.deepEqual(offered(), []);
      });
    } finally {
      asked.dispose();
    }
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

  it('is left as it was by 100 keystrokes with suggestions while typing', async () => {
    await withSettings(
      { 'decodingLab.inlineSuggest.mode': 'automatic', 'decodingLab.inlineSuggest.delay': 0 },
      async () => {
        const editor = await openText(`${PROMPT} `);
        await typeOn(editor, 30, 20);
        const listeners = api.listeners();
        const memory = residentBytes(api.enginePid()!);
        await typeOn(editor, 100, 20);
        await until('everything is answered', () => api.pendingEngineRequests() === 0);
        assert.equal(api.listeners(), listeners);
        assert.ok(residentBytes(api.enginePid()!) - memory < 100e6);
        assert.match(editor.document.getText(), /king who And the king said/);
      },
    );
  });
});

/** As Linux tells it; elsewhere nothing is measured. */
function residentBytes(pid: number): number {
  if (process.platform !== 'linux') return 0;
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}
