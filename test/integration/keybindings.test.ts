import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension } from './workspaceTools';

interface Manifest {
  readonly contributes: {
    readonly keybindings: readonly {
      readonly command: string;
      readonly key: string;
      readonly when: string;
    }[];
  };
}

describe('The default keybindings', () => {
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeActiveEditor'));

  it('take no key that VS Code uses', async () => {
    await vscode.commands.executeCommand('workbench.action.openDefaultKeybindingsFile');
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    // The file is JSON with comments at the start of lines; every binding stands on lines of its own.
    const bindings = JSON.parse(text.replace(/^\s*\/\/.*$/gm, '')) as { key: string; command: string }[];
    assert.ok(bindings.length > 500, `${bindings.length} bindings were read`);
    // A list of our own may have its own Enter: nothing else of VS Code has the focus then.
    const keybindings = (extension().packageJSON as Manifest).contributes.keybindings.filter(
      ({ when }) => !/^focusedView == decodingLab\.\w+ && listFocus\b/.test(when),
    );
    assert.ok(keybindings.length > 0);
    for (const { command, key } of keybindings) {
      const others = bindings.filter((b) => b.key === key && b.command !== command).map((b) => b.command);
      assert.deepEqual(others, [], `${key} of ${command} is taken`);
    }
  });
});
