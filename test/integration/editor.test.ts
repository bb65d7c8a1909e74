import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DecodingLabApi } from '../../src/extension/extension';
import { until } from './until';
import { extension, openText, withSettings } from './workspaceTools';

/** Puts the cursor at the end and triggers suggestions, as a user does with the keyboard. */
async function suggest(api: DecodingLabApi, editor: vscode.TextEditor): Promise<readonly string[]> {
  const position = end(editor.document);
  editor.selection = new vscode.Selection(position, position);
  await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
  await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  await until('suggestions are offered', () => api.suggestions().length > 0, 20_000);
  return api.suggestions();
}

/** Makes a change at the end of the document. */
async function append(editor: vscode.TextEditor, text: string): Promise<void> {
  await editor.edit((builder) => {
    builder.insert(end(editor.document), text);
  });
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
      assert.match(shown, /probability \*\*.*%\*\*, rank .* of 50,257/);
      const nats = /in nats: surprisal \*\*([\d.]+)\*\*, ([\d.]+) expected \(entropy\)/.exec(shown);
      const bits = /in bits: surprisal \*\*([\d.]+)\*\*, ([\d.]+) expected \(entropy\)/.exec(shown);
      for (const of of [1, 2]) {
        assert.ok(Math.abs(Number(bits?.[of]) * Math.LN2 - Number(nats?.[of])) < 0.01, shown);
      }
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
      const editor = await openText(prompt);
      const first = await suggest(api, editor);
      assert.ok(first.length >= 2, `${first.length} suggestions`);
      assert.equal(new Set(first).size, first.length);
      assert.ok(first.every((text) => text !== '' && !text.includes('\n')));
      assert.deepEqual(await suggest(api, editor), first);
    });

    it("are accepted, whole or word by word, and cycled with VS Code's own commands", async () => {
      const editor = await openText(prompt);
      const [first, second] = await suggest(api, editor);
      const text = (): string => editor.document.getText();
      // The suggestion is offered before the editor shows it; a command that comes too early does nothing.
      await until('a word is accepted', () => {
        if (text() === prompt)
          void vscode.commands.executeCommand('editor.action.inlineSuggest.acceptNextWord');
        return text() !== prompt;
      });
      assert.ok(`${prompt}${first!}`.startsWith(text()));
      const again = await openText(prompt);
      await suggest(api, again);
      // A command that came before the first suggestion was shown did not go on to the second: once more then.
      for (let tries = 0; again.document.getText() !== prompt + second!; tries++) {
        assert.ok(tries < 100, `accepted ${JSON.stringify(again.document.getText())}`);
        if (again.document.getText() !== prompt) await vscode.commands.executeCommand('undo');
        await suggest(api, again);
        await vscode.commands.executeCommand('editor.action.inlineSuggest.showNext');
        await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
      }
    });

    it('shrink by what is typed along with them', async () => {
      const editor = await openText(prompt);
      const [first] = await suggest(api, editor);
      await append(editor, first!.slice(0, 3));
      assert.ok((await suggest(api, editor)).includes(first!.slice(3)));
    });

    it('are not given when they are off for the language', async () => {
      // A document of its own: what VS Code was told of a place it does not ask for again.
      const editor = await openText(`${prompt} was`);
      editor.selection = new vscode.Selection(end(editor.document), end(editor.document));
      await withSettings({ 'decodingLab.inlineSuggest.languages': { plaintext: false } }, async () => {
        const before = api.suggestions();
        await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
        // Every question begins a list of its own, and this has its answer at once.
        await until('suggestions were asked for', () => api.suggestions() !== before);
        assert.equal(api.pendingEngineRequests(), 0);
        assert.deepEqual(api.suggestions(), []);
      });
    });

    it('are not even asked for when they are off, and are as soon as they are on again', async () => {
      const before = api.suggestions();
      const editor = await openText(`${prompt} was`);
      editor.selection = new vscode.Selection(end(editor.document), end(editor.document));
      await withSettings({ 'decodingLab.inlineSuggest.mode': 'off' }, async () => {
        await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
        await append(editor, ' a');
        await append(editor, ' king');
        assert.equal(api.suggestions(), before);
      });
      assert.ok((await suggest(api, editor)).length > 0);
    });

    it('do not double the space before the cursor', async () => {
      const editor = await openText(`${prompt} was `);
      assert.ok((await suggest(api, editor)).every((text) => !text.startsWith(' ')));
    });

    it('survive the end of the model process', async () => {
      const editor = await openText(`${prompt} lived`);
      await suggest(api, editor);
      const pid = api.enginePid();
      assert.ok(pid !== undefined);
      process.kill(pid, 'SIGKILL');
      await until('the process is gone', () => api.enginePid() !== pid);
      await append(editor, ' in');
      assert.ok((await suggest(api, editor)).length > 0);
      assert.match(api.statusText(), /fireside/);
      assert.equal(api.pendingEngineRequests(), 0);
    });
  });
});
