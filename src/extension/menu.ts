import * as vscode from 'vscode';
import { modelLabel } from './models/trainedName';
import { settings } from './settings';
import { choose, type Choice } from './shown/choices';
import type { StatusBar } from './statusBar';

interface Entry extends Choice {
  readonly run: () => unknown;
}

/** The quick menu behind the status bar item. */
export async function showMenu(status: StatusBar): Promise<void> {
  const command = (name: string) => () => vscode.commands.executeCommand(`decodingLab.${name}`);
  const entries: Entry[] = [
    {
      label: vscode.l10n.t('Explore the selection'),
      iconPath: new vscode.ThemeIcon('beaker'),
      run: command('explore'),
    },
    {
      label: vscode.l10n.t('Show surprisal'),
      iconPath: new vscode.ThemeIcon('flame'),
      run: command('showSurprisal'),
    },
    {
      label: status.paused
        ? vscode.l10n.t('Resume suggestions while typing')
        : vscode.l10n.t('Pause suggestions while typing'),
      iconPath: new vscode.ThemeIcon(status.paused ? 'debug-continue' : 'debug-pause'),
      run: command('pauseInline'),
    },
    {
      label: vscode.l10n.t('Suggestions: off, manual or automatic'),
      iconPath: new vscode.ThemeIcon('settings-gear'),
      run: chooseMode,
    },
    {
      label: vscode.l10n.t('Show the log'),
      iconPath: new vscode.ThemeIcon('output'),
      run: command('showLog'),
    },
    {
      label: vscode.l10n.t('Settings'),
      iconPath: new vscode.ThemeIcon('gear'),
      run: () =>
        vscode.commands.executeCommand('workbench.action.openSettings', '@ext:decoding-lab.decoding-lab'),
    },
  ];
  const chosen = await choose(entries, {
    title: vscode.l10n.t('Decoding Lab: {0}', modelLabel(settings.defaultModel())),
    placeHolder: vscode.l10n.t('What do you want to do?'),
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
  const chosen = await choose(modes, { title: vscode.l10n.t('Inline suggestions') });
  if (chosen) {
    await vscode.workspace
      .getConfiguration('decodingLab')
      .update('inlineSuggest.mode', chosen.label, vscode.ConfigurationTarget.Global);
  }
}
