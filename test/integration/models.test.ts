import * as assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { HubServer } from '../unit/library/hubServer';
import { until } from './until';
import { explore, extension, openText, select, withSettings } from './workspaceTools';

const PROMPT = 'Once upon a time there was a king who';

type Shown = 'showErrorMessage' | 'showInformationMessage' | 'showOpenDialog';

/** Answers in the place of a user for a while. */
async function instead(
  kind: Shown,
  answer: (question: string) => Promise<unknown>,
  run: () => Promise<void>,
): Promise<void> {
  const shown: unknown = vscode.window[kind];
  assert.ok(Reflect.set(vscode.window, kind, answer));
  try {
    await run();
  } finally {
    Reflect.set(vscode.window, kind, shown);
  }
}

/** Takes the messages of one kind that a user would see meanwhile. @returns them */
async function listening(
  kind: 'showErrorMessage' | 'showInformationMessage',
  run: (heard: readonly string[]) => Promise<void>,
): Promise<readonly string[]> {
  const heard: string[] = [];
  const answer = (message: string): Promise<unknown> => {
    heard.push(message);
    return Promise.resolve(undefined);
  };
  await instead(kind, answer, () => run(heard));
  return heard;
}

describe('The model library in the extension', () => {
  let hub: HubServer;
  let folder: string;

  before(async () => {
    await extension().activate();
    hub = await HubServer.start();
    folder = mkdtempSync(join(tmpdir(), 'decoding-lab-'));
    const model = join(extension().extensionPath, 'models', 'fireside');
    hub.add('tester/tale', {
      'config.json': readFileSync(join(model, 'config.json')),
      'model.safetensors': readFileSync(join(model, 'model.safetensors')),
    });
  });

  after(async () => {
    await hub.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const settings = () => ({
    'decodingLab.library.folder': folder,
    'decodingLab.library.endpoints': [hub.endpoint],
    'decodingLab.library.catalog': [{ id: 'tale', repo: 'tester/tale' }],
  });

  it('downloads a listed model into the chosen folder, uses it, and marks it as used', async () => {
    await withSettings(settings(), async () => {
      await vscode.commands.executeCommand('decodingLab.downloadModel', {
        kind: 'catalog',
        entry: { id: 'tale' },
      });
      const fetched = hub.seen.filter(({ where }) => where === 'store').length;
      assert.equal(fetched, 1);
      assert.ok(existsSync(join(folder, 'tale', 'model.safetensors')));
      await withSettings({ 'decodingLab.defaultModel': 'tale' }, async () => {
        await vscode.commands.executeCommand('decodingLab.cursor.focus');
        const api = await extension().activate();
        const editor = await openText(`${PROMPT} had`);
        // " had" comes first after the prompt, by an independent implementation of this model.
        select(editor, PROMPT.length, PROMPT.length);
        await until('the downloaded model answers', () => api.atCursor()[0] === 550);
        const marks = (): number => readdirSync(join(folder, '.in-use', 'tale')).length;
        await until(
          'it is marked as used',
          () => existsSync(join(folder, '.in-use', 'tale')) && marks() === 1,
        );
        await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
        // A changed setting leaves the mark on what is in memory.
        const elsewhere = { 'decodingLab.library.endpoints': ['https://hub.example'] };
        await withSettings(elsewhere, () => Promise.resolve());
        await until('it is marked still, or again', () => marks() === 1);
        // Freeing it is no use of it.
        await vscode.commands.executeCommand('decodingLab.unloadModel', 'tale');
        await until('nobody uses it any more', () => marks() === 0);
      });
    });
  });

  it('says why there is nothing to choose, each command its own reason', async () => {
    await withSettings({ 'decodingLab.library.folder': join(folder, 'empty') }, async () => {
      const said = await listening('showInformationMessage', async () => {
        await vscode.commands.executeCommand('decodingLab.removeModel');
      });
      assert.deepEqual(said, ['These models come with the extension and cannot be removed.']);
    });
  });

  it('exports a model to a chosen folder, or leaves nothing there and says what to do', async () => {
    const target = join(folder, 'exported');
    mkdirSync(target);
    const exportTo = (place: string): Promise<void> =>
      instead(
        'showOpenDialog',
        () => Promise.resolve([vscode.Uri.file(place)]),
        async () => {
          await vscode.commands.executeCommand('decodingLab.exportModel', 'fireside');
        },
      );
    const told = await listening('showInformationMessage', () => exportTo(target));
    assert.equal(told.length, 1);
    const [name = '', ...more] = readdirSync(target);
    assert.deepEqual(more, []);
    const model = join(extension().extensionPath, 'models', 'fireside');
    assert.deepEqual(readdirSync(join(target, name)).sort(), [
      'README.md',
      'config.json',
      'model.safetensors',
    ]);
    for (const file of readdirSync(join(target, name))) {
      assert.ok(readFileSync(join(target, name, file)).equals(readFileSync(join(model, file))), file);
    }
    // No folder can be made within a file.
    const file = join(target, name, 'config.json');
    const said = await listening('showErrorMessage', () => exportTo(file));
    assert.equal(said.length, 1);
    assert.match(said[0]!, /could not be copied to .*Choose another folder or make room there/);
    assert.doesNotMatch(said[0]!, /could not be removed/);
  });

  it('says in the panel what is wrong with a setting, and offers the models once it is right', async () => {
    const api = await extension().activate();
    await openText(PROMPT);
    await vscode.commands.executeCommand('editor.action.selectAll');
    await explore(api);
    const said = await listening('showErrorMessage', async (heard) => {
      await withSettings({ 'decodingLab.library.catalog': 'nowhere' }, () =>
        until('the user is told', () => heard.length > 0),
      );
      await explore(api);
    });
    assert.equal(said.length, 1);
    assert.match(said[0]!, /decodingLab\.library\.catalog/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('goes on with the models of this machine though the address of the hub is none', async () => {
    const api = await extension().activate();
    await withSettings({ 'decodingLab.library.endpoints': ['nowhere'] }, async () => {
      await openText(PROMPT);
      await vscode.commands.executeCommand('editor.action.selectAll');
      await explore(api);
      const said = await listening('showErrorMessage', async () => {
        await vscode.commands.executeCommand('decodingLab.downloadModel', {
          kind: 'catalog',
          entry: { id: 'gpt2' },
        });
      });
      assert.match(said.join(), /"nowhere" cannot be asked/);
    });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('says why a download failed, and leaves nothing that looks like a model', async () => {
    await withSettings(
      {
        ...settings(),
        'decodingLab.library.catalog': [{ id: 'none', repo: 'tester/none' }],
      },
      async () => {
        // The command tells the user; it does not fail.
        await vscode.commands.executeCommand('decodingLab.downloadModel', {
          kind: 'catalog',
          entry: { id: 'none' },
        });
        assert.ok(!existsSync(join(folder, 'none')));
      },
    );
  });
});
