/** Documents whose lines end with CR LF, and documents that are edited while they are scored. */
import * as assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { DecodingLabApi } from '../../src/extension/extension';
import { until } from './until';
import { extension, openText } from './workspaceTools';

const SENTENCE = 'The fox said N to the king.';

/** Opens a text whose lines all end in one way. */
async function openWith(text: string, eol: vscode.EndOfLine): Promise<vscode.TextEditor> {
  const editor = await openText(text);
  await editor.edit((builder) => {
    builder.setEndOfLine(eol);
  });
  assert.equal(editor.document.eol, eol);
  return editor;
}

const unixText = (document: vscode.TextDocument): string => document.getText().replaceAll('\r\n', '\n');

/** The position of an offset into the text with LF, by counting its lines. */
function positionOf(document: vscode.TextDocument, offset: number): vscode.Position {
  const before = unixText(document).slice(0, offset).split('\n');
  return new vscode.Position(before.length - 1, before.at(-1)!.length);
}

describe('Decoding Lab and line ends', () => {
  let api: DecodingLabApi;

  before(async () => {
    api = await extension().activate();
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  const show = async (editor: vscode.TextEditor): Promise<void> => {
    await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    await vscode.commands.executeCommand('decodingLab.showSurprisal');
  };

  const settled = (document: vscode.TextDocument): Promise<void> =>
    until('the whole text is scored', () => {
      const text = unixText(document);
      const covered = api.surprisal(document).map(({ start, end }) => text.slice(start, end));
      return api.pendingEngineRequests() === 0 && api.surprisalStatus() === '' && covered.join('') === text;
    });

  it('score and place the tokens of a text with CR LF as those with LF, also after edits and undo', async () => {
    const text = `${SENTENCE}\n`.repeat(60);
    const unix = await openWith(text, vscode.EndOfLine.LF);
    await show(unix);
    const expected = api.surprisal(unix.document);
    assert.ok(expected.length > 400);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');

    const editor = await openWith(text, vscode.EndOfLine.CRLF);
    const { document } = editor;
    await show(editor);
    // What differs between so many values would take minutes to tell.
    const same = (): boolean => isDeepStrictEqual(api.surprisal(document), expected);
    assert.ok(same());
    // A token is shown where it is: the hover over its first character is of its very characters.
    const token = expected.find(({ start, end }) => start > 1000 && text.slice(start, end) === ' fox')!;
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      positionOf(document, token.start),
    );
    assert.ok(hovers.some(({ range }) => range && document.getText(range) === ' fox'));
    await editor.edit((builder) => {
      builder.insert(positionOf(document, 100), 'x');
      builder.insert(positionOf(document, 900), 'old\r\n');
    });
    await settled(document);
    assert.ok(!same());
    await vscode.commands.executeCommand('undo');
    assert.equal(unixText(document), text);
    await until('every token has the values of before', same);
    // The text is the same when all its line ends change.
    await editor.edit((builder) => {
      builder.setEndOfLine(vscode.EndOfLine.LF);
    });
    assert.ok(same());
  });

  it('score a part that begins between CR and LF where it is', async () => {
    const text = `${SENTENCE}\n`.repeat(200);
    const editor = await openWith(text, vscode.EndOfLine.CRLF);
    const { document } = editor;
    // 2,000 units before the selection lies the place between CR and LF.
    const start = document.getText().indexOf('\r\n', 1000) + 1 + 2000;
    editor.selection = new vscode.Selection(document.positionAt(start), document.positionAt(start + 300));
    await show(editor);
    const tokens = api.surprisal(document);
    assert.ok(tokens.length > 60);
    const words = new Set(['The', ' fox', ' said', ' N', ' to', ' the', ' king', '.', '\n']);
    for (const token of tokens) assert.ok(words.has(text.slice(token.start, token.end)));
  });

  it('leave nothing unscored after an edit during a scoring', async () => {
    const editor = await openText('The king went out into the forest and saw a fox. '.repeat(300));
    const { document } = editor;
    const scoring = vscode.commands.executeCommand('decodingLab.showSurprisal');
    await until('100 tokens are scored', () => api.surprisal(document).length >= 100);
    await editor.edit((builder) => {
      builder.insert(document.lineAt(0).range.end, 'And');
    });
    await scoring;
    await settled(document);
  });

  it('stop when they are told to, say so, and go on', async () => {
    const editor = await openText('The king went out into the forest and saw a fox. '.repeat(200));
    const { document } = editor;
    const scoring = vscode.commands.executeCommand('decodingLab.showSurprisal');
    await until('100 tokens are scored', () => api.surprisal(document).length >= 100);
    await vscode.commands.executeCommand('decodingLab.stopSurprisal');
    await scoring;
    assert.match(api.surprisalStatus(), /not all tokens scored/);
    await until('the model is free', () => api.pendingEngineRequests() === 0);
    await vscode.commands.executeCommand('decodingLab.continueSurprisal');
    await settled(document);
  });

  it('end with Clear after a paste of a million characters, and with the last tab', async () => {
    const editor = await openText('Once upon a time. ');
    const { document } = editor;
    for (const end of ['decodingLab.clearSurprisal', 'workbench.action.revertAndCloseActiveEditor']) {
      await vscode.commands.executeCommand('decodingLab.showSurprisal');
      await editor.edit((builder) => {
        builder.insert(new vscode.Position(0, 0), 'The king went out and saw a fox.\n'.repeat(30_000));
      });
      await until('its scoring has begun', () => /\d of \d/.test(api.surprisalStatus()));
      await vscode.commands.executeCommand(end);
      await until('nothing runs any more', () => api.pendingEngineRequests() === 0);
      assert.equal(api.surprisalStatus(), '');
      assert.equal(api.surprisal(document).length, 0);
      if (!document.isClosed) await vscode.commands.executeCommand('undo');
    }
  });
});
