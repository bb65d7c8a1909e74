import * as vscode from 'vscode';
import { settings } from './settings';
import type { StatusBar } from './statusBar';

interface Entry extends vscode.QuickPickItem {
  readonly run: () => unknown;
}

/** The quick menu behind the status bar item. */
export async function showMenu(status: StatusBar): Promise<void> {
  const command = (name: string) => () => vscode.commands.executeCommand(`decodingLab.${name}`);
  const entries: Entry[] = [
    { label: '$(beaker) Explore the selection', run: command('explore') },
    { label: '$(flame) Show surprisal', run: command('showSurprisal') },
    {
      label: status.paused
        ? '$(debug-continue) Resume suggestions while typing'
        : '$(debug-pause) Pause suggestions while typing',
      run: command('pauseInline'),
    },
    {
      label: '$(settings-gear) Suggestions: off, manual or automatic',
      run: chooseMode,
    },
    { label: '$(output) Show the log', run: command('showLog') },
    {
      label: '$(gear) Settings',
      run: () =>
        vscode.commands.executeCommand('workbench.action.openSettings', '@ext:decoding-lab.decoding-lab'),
    },
  ];
  const chosen = await vscode.window.showQuickPick(entries, {
    title: `Decoding Lab: ${settings.defaultModel()}`,
    placeHolder: 'What next?',
  });
  await chosen?.run();
}

async function chooseMode(): Promise<void> {
  const modes = [
    { label: 'off', description: 'no suggestions' },
    { label: 'manual', description: 'only when Trigger Inline Suggestion is run' },
    { label: 'automatic', description: 'while typing, after a short pause' },
  ];
  const chosen = await vscode.window.showQuickPick(modes, { title: 'Inline suggestions' });
  if (chosen) {
    await vscode.workspace
      .getConfiguration('decodingLab')
      .update('inlineSuggest.mode', chosen.label, vscode.ConfigurationTarget.Global);
  }
}
