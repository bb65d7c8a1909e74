import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DecodingLabApi } from '../../src/extension/extension';
import { until } from './until';
import { extension, openText, withSettings } from './workspaceTools';

/** Asks for suggestions at a position as VS Code does, and gives their texts. */
async function suggestionsAt(document: vscode.TextDocument, position: vscode.Position): Promise<string[]> {
  const list = await vscode.commands.executeCommand<
    vscode.InlineCompletionList | vscode.InlineCompletionItem[] | undefined
  >('vscode.executeInlineCompletionItemProvider', document.uri, position);
  const items = Array.isArray(list) ? list : (list?.items ?? []);
  return items.map(({ insertText }) => (typeof insertText === 'string' ? insertText : insertText.value));
}

const end = (document: vscode.TextDocument): vscode.Position =>
  document.lineAt(document.lineCount - 1).range.end;

describe('Decoding Lab in the text editor', () => {
  let api: DecodingLabApi;

  before(async () => {
    api = await extension().activate();
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  describe('surprisal', () => {
    const text = 'Once upon a time there was a king who had a daughter. Once upon a xylophone.';

    it('scores every token, in the order of the text, without a gap', async () => {
      const { document } = await openText(text);
      await vscode.commands.executeCommand('decodingLab.showSurprisal');
      const tokens = api.surprisal(document);
      assert.ok(tokens.length > 10);
      assert.equal(tokens.map((t) => text.slice(t.start, t.end)).join(''), text);
      const surprise = tokens.filter(
        (t) => t.start >= text.indexOf(' xy') && t.start < text.indexOf('phone'),
      );
      const expected = tokens.find((t) => text.slice(t.start, t.end) === ' time');
      assert.ok(expected && expected.rank < 10, 'a king once upon a time is expected');
      assert.ok(
        surprise.some((t) => t.rank > 100),
        'a xylophone is not',
      );
      assert.ok(tokens.every((t) => t.alternatives.length === 10));
    });

    it('shows a hover with probability, rank, entropy and ten alternatives', async () => {
      const { document } = await openText(text);
      await vscode.commands.executeCommand('decodingLab.showSurprisal');
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        document.positionAt(text.indexOf('king')),
      );
      const shown = hovers
        .flatMap(({ contents }) => contents)
        .map((c) => (c instanceof vscode.MarkdownString ? c.value : ''))
        .join('\n');
      assert.match(shown, /probability \*\*.*%\*\*.*bits.*rank .* of 50,257.*entropy .* nats/);
      assert.equal(shown.match(/^\| \d+ \|/gm)?.length, 10);
    });

    it('offers to explore from the token under the cursor', async () => {
      const { document } = await openText(text);
      await vscode.commands.executeCommand('decodingLab.showSurprisal');
      const at = document.positionAt(text.indexOf('king'));
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        new vscode.Range(at, at),
      );
      assert.ok(actions.some(({ command }) => command?.command === 'decodingLab.exploreAt'));
    });

    it('scores an edit again and leaves what stands before it alone', async () => {
      const editor = await openText(text);
      const { document } = editor;
      await vscode.commands.executeCommand('decodingLab.showSurprisal');
      const before = api.surprisal(document).filter((t) => t.end < 8);
      await editor.edit((builder) => {
        builder.insert(document.positionAt(text.indexOf(' king')), ' young');
      });
      const covered = (): string =>
        api
          .surprisal(document)
          .map((t) => document.getText().slice(t.start, t.end))
          .join('');
      await until('the edited text is scored', () => covered() === document.getText());
      assert.deepEqual(
        api.surprisal(document).filter((t) => t.end < 8),
        before,
      );
    });

    it('goes when it is cleared', async () => {
      const { document } = await openText(text);
      await vscode.commands.executeCommand('decodingLab.showSurprisal');
      await vscode.commands.executeCommand('decodingLab.clearSurprisal');
      assert.equal(api.surprisal(document).length, 0);
    });
  });

  describe('inline suggestions', () => {
    const prompt = 'Once upon a time there was a king who';

    it('are several, distinct, on one line, and the same when asked again', async () => {
      const { document } = await openText(prompt);
      const first = await suggestionsAt(document, end(document));
      assert.ok(first.length >= 2, `${first.length} suggestions`);
      assert.equal(new Set(first).size, first.length);
      assert.ok(first.every((text) => text !== '' && !text.includes('\n')));
      assert.deepEqual(await suggestionsAt(document, end(document)), first);
    });

    it('shrink by what is typed along with them', async () => {
      const editor = await openText(prompt);
      const first = await suggestionsAt(editor.document, end(editor.document));
      const typed = first[0]!.slice(0, 3);
      await editor.edit((builder) => {
        builder.insert(end(editor.document), typed);
      });
      const rest = await suggestionsAt(editor.document, end(editor.document));
      assert.ok(rest.includes(first[0]!.slice(3)));
    });

    it('are not given when they are off, for the language or at all', async () => {
      const { document } = await openText(`${prompt} was`);
      for (const settings of [
        { 'decodingLab.inlineSuggest.mode': 'off' },
        { 'decodingLab.inlineSuggest.languages': { plaintext: false } },
        { 'editor.inlineSuggest.enabled': false },
      ]) {
        await withSettings(settings, async () => {
          assert.deepEqual(await suggestionsAt(document, end(document)), []);
        });
      }
    });

    it('do not double the space before the cursor', async () => {
      const { document } = await openText(`${prompt} `);
      const suggestions = await suggestionsAt(document, end(document));
      assert.ok(suggestions.every((text) => !text.startsWith(' ')));
    });

    it('survive the end of the model process, and the status bar says so', async () => {
      const editor = await openText(`${prompt} lived`);
      await suggestionsAt(editor.document, end(editor.document));
      const pid = api.enginePid();
      assert.ok(pid !== undefined);
      process.kill(pid, 'SIGKILL');
      await until('the process is gone', () => api.enginePid() !== pid);
      await editor.edit((builder) => {
        builder.insert(end(editor.document), ' in');
      });
      assert.ok((await suggestionsAt(editor.document, end(editor.document))).length > 0);
      assert.match(api.statusText(), /fireside/);
      assert.equal(api.pendingEngineRequests(), 0);
    });
  });
});
