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
    { label: `$(beaker) ${vscode.l10n.t('Explore the selection')}`, run: command('explore') },
    { label: `$(flame) ${vscode.l10n.t('Show surprisal')}`, run: command('showSurprisal') },
    {
      label: status.paused
        ? `$(debug-continue) ${vscode.l10n.t('Resume suggestions while typing')}`
        : `$(debug-pause) ${vscode.l10n.t('Pause suggestions while typing')}`,
      run: command('pauseInline'),
    },
    {
      label: `$(settings-gear) ${vscode.l10n.t('Suggestions: off, manual or automatic')}`,
      run: chooseMode,
    },
    { label: `$(output) ${vscode.l10n.t('Show the log')}`, run: command('showLog') },
    {
      label: `$(gear) ${vscode.l10n.t('Settings')}`,
      run: () =>
        vscode.commands.executeCommand('workbench.action.openSettings', '@ext:decoding-lab.decoding-lab'),
    },
  ];
  const chosen = await vscode.window.showQuickPick(entries, {
    title: vscode.l10n.t('Decoding Lab: {0}', settings.defaultModel()),
    placeHolder: vscode.l10n.t('What next?'),
  });
  await chosen?.run();
}

async function chooseMode(): Promise<void> {
  // The setting's own values, which the settings editor shows untranslated too.
  const modes = [
    { label: 'off', description: vscode.l10n.t('no suggestions') },
    { label: 'manual', description: vscode.l10n.t('only when Trigger Inline Suggestion is run') },
    { label: 'automatic', description: vscode.l10n.t('while typing, after a short pause') },
  ];
  const chosen = await vscode.window.showQuickPick(modes, { title: vscode.l10n.t('Inline suggestions') });
  if (chosen) {
    await vscode.workspace
      .getConfiguration('decodingLab')
      .update('inlineSuggest.mode', chosen.label, vscode.ConfigurationTarget.Global);
  }
}
