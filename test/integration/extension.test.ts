import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DecodingLabApi } from '../../src/extension/extension';
import { until } from './until';
import { explore, extension, openText, panelTabs, select } from './workspaceTools';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

describe('Decoding Lab in the extension host', () => {
  let api: DecodingLabApi;

  before(async () => {
    api = await extension().activate();
  });

  afterEach(async () => {
    await vscode.window.tabGroups.close(panelTabs());
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('activates and registers every contributed command', async () => {
    assert.ok(extension().isActive);
    const registered = new Set(await vscode.commands.getCommands(true));
    const { contributes } = extension().packageJSON as Manifest;
    assert.ok(contributes.commands.length >= 3);
    const answered = (await extension().activate()).commands();
    for (const { command } of contributes.commands) {
      assert.ok(registered.has(command), `${command} is missing`);
      assert.ok(answered.includes(command), `nothing answers to ${command}`);
    }
  });

  it('runs every contributed command without an error', async () => {
    await openText('Once upon a time');
    const { contributes } = extension().packageJSON as Manifest;
    for (const { command } of contributes.commands) {
      let done = false;
      const ended = Promise.resolve(vscode.commands.executeCommand(command)).finally(() => {
        done = true;
      });
      // A command that asks something waits for a user: closing the question is an answer too. One at a time, as a
      // busy window would be kept from asking by more.
      let closing: Thenable<unknown> | undefined;
      await until(`${command} has ended`, () => {
        closing ??= vscode.commands.executeCommand('workbench.action.closeQuickOpen').then(() => {
          closing = undefined;
        });
        return done;
      });
      await ended;
    }
    assert.ok(api.isPanelOpen());
  });

  it('opens one panel for a selection, and the same one for the next', async () => {
    const editor = await openText('Once upon a time there was a king who');
    select(editor, 0, 16);
    await explore(api);
    assert.equal(panelTabs().length, 1);
    assert.notEqual(api.enginePid(), undefined);
    await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    select(editor, 0, 37);
    await explore(api);
    assert.equal(panelTabs().length, 1);
  });

  for (const [what, text] of [
    ['an empty document', ''],
    ['whitespace only', ' \n\t  '],
    ['a NUL character', 'a\0b'],
    ['<|endoftext|> as ordinary text', 'one <|endoftext|> two'],
    ['one megabyte', 'word '.repeat(200_000)],
    ['a lone surrogate', 'broken \ud800 text'],
  ] as const) {
    it(`answers for ${what}`, async () => {
      const editor = await openText(text);
      select(editor, 0, text.length);
      await explore(api);
      assert.ok(api.isPanelOpen());
    });
  }

  it('stops what runs when the panel is closed', async () => {
    await openText('Once upon a time');
    const before = api.answered();
    await vscode.commands.executeCommand('decodingLab.explore');
    await until('a request runs', () => api.pendingRequests() > 0 || api.answered() > before);
    await until('the panel has a tab', () => panelTabs().length > 0);
    await vscode.window.tabGroups.close(panelTabs());
    await until('the panel is closed', () => !api.isPanelOpen());
    await until('nothing is pending', () => api.pendingRequests() === 0);
  });

  it('survives the end of the model process', async () => {
    const editor = await openText('Once upon a time there was a king who');
    select(editor, 0, 37);
    await explore(api);
    const pid = api.enginePid();
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGKILL');
    await until('the process is gone', () => api.enginePid() !== pid);
    await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    select(editor, 0, 16);
    await explore(api);
    assert.ok(api.enginePid() !== undefined && api.enginePid() !== pid);
  });
});
