import * as assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { DecodingLabApi } from '../../src/extension/extension';
import { until } from './until';

const ID = 'decoding-lab.decoding-lab';

const extension = (): vscode.Extension<DecodingLabApi> => {
  const found = vscode.extensions.getExtension<DecodingLabApi>(ID);
  assert.ok(found, `${ID} is not installed in this window`);
  return found;
};

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

const panelTabs = (): vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(
      (tab) =>
        tab.input instanceof vscode.TabInputWebview && tab.input.viewType.endsWith('decodingLab.panel'),
    );

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function openText(content: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ language: 'plaintext', content });
  return vscode.window.showTextDocument(document, vscode.ViewColumn.One);
}

function select(editor: vscode.TextEditor, from: number, to: number): void {
  editor.selection = new vscode.Selection(editor.document.positionAt(from), editor.document.positionAt(to));
}

/** Explores what is selected and waits until the page has been answered: vocabulary, distribution, completions. */
async function explore(api: DecodingLabApi): Promise<void> {
  const before = api.answered();
  await vscode.commands.executeCommand('decodingLab.explore');
  await until(
    'the panel asked and was answered',
    () => api.answered() > before && api.pendingRequests() === 0,
  );
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
    for (const { command } of contributes.commands)
      assert.ok(registered.has(command), `${command} is missing`);
  });

  it('runs every contributed command without an error', async () => {
    await openText('Once upon a time');
    const { contributes } = extension().packageJSON as Manifest;
    for (const { command } of contributes.commands) {
      const ended = Promise.resolve(vscode.commands.executeCommand(command));
      // A command that asks something waits for a person: closing the question is an answer too.
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1500))]);
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
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
    await vscode.window.tabGroups.close(panelTabs());
    await until('nothing is pending', () => api.pendingRequests() === 0);
    assert.equal(api.isPanelOpen(), false);
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

  it('leaves no process and no listener behind when it is deactivated', async () => {
    const editor = await openText('Once upon a time');
    select(editor, 0, 16);
    await explore(api);
    const pid = api.enginePid();
    assert.ok(pid !== undefined && isAlive(pid));
    await vscode.window.tabGroups.close(panelTabs());
    await until('the panel let go of its listeners', () => api.listeners() === 0);
    // The same module that VS Code loaded: the extension host calls exactly this when the window closes.
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- a dynamic import would load a second copy
    const loaded = require(join(extension().extensionPath, 'dist', 'extension.js')) as {
      deactivate: () => Promise<void>;
    };
    await loaded.deactivate();
    await until('the model process ended', () => !isAlive(pid));
  });
});
