// Named to run last: after it the extension is shut down.
import * as assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { until } from './until';
import { explore, extension, openText, panelTabs, select } from './workspaceTools';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('Decoding Lab when it is shut down', () => {
  it('leaves no process and no listener behind when it is deactivated', async () => {
    const api = await extension().activate();
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
