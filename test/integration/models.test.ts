import * as assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { HubServer } from '../unit/library/hubServer';
import { until } from './until';
import { extension, openText, select, withSettings } from './workspaceTools';

const PROMPT = 'Once upon a time there was a king who';

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
        await until('it is marked as used', () => existsSync(join(folder, '.in-use', 'tale')));
        await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      });
    });
  });

  it('says why a download failed, and leaves nothing that looks like a model', async () => {
    await withSettings(
      {
        ...settings(),
        'decodingLab.library.catalog': [{ id: 'none', repo: 'tester/none' }],
      },
      async () => {
        // The command tells the person; it does not fail.
        await vscode.commands.executeCommand('decodingLab.downloadModel', {
          kind: 'catalog',
          entry: { id: 'none' },
        });
        assert.ok(!existsSync(join(folder, 'none')));
      },
    );
  });
});
