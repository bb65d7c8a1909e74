/** The default model: the setting, and what is said when it changes. */
import * as vscode from 'vscode';
import type { PanelHolder } from '../panel/panelHolder';
import { textGoesTo } from '../servers/serverDialogs';
import { settings } from '../settings';
import { tell } from '../shown/messages';
import type { Library } from './library';
import { modelLabel } from './trainedName';

/** Writes the user's setting; undefined is the model that the extension comes with. */
export async function setDefault(id: string | undefined): Promise<void> {
  await vscode.workspace
    .getConfiguration('decodingLab')
    .update('defaultModel', id, vscode.ConfigurationTarget.Global);
}

export interface DefaultModelServices {
  readonly library: Library;
  readonly panels: PanelHolder;
}

/** Makes a model the default, and says so with a way back. */
export async function makeDefault(id: string, { library, panels }: DefaultModelServices): Promise<void> {
  const before = vscode.workspace.getConfiguration('decodingLab').inspect<string>('defaultModel');
  if (settings.defaultModel() === id) {
    panels.useModel(id);
    return;
  }
  await setDefault(id);
  if (settings.defaultModel() !== id) {
    void tell.warning(
      vscode.l10n.t(
        '{0} is your default model now, but this workspace has its own: {1} (decodingLab.defaultModel in its settings).',
        modelLabel(id),
        modelLabel(settings.defaultModel()),
      ),
    );
    return;
  }
  const undo = vscode.l10n.t('Undo');
  const name = modelLabel(id);
  // The panel follows the setting.
  const sentence = panels.current
    ? vscode.l10n.t('{0} is the default model now, and the open panel uses it.', name)
    : vscode.l10n.t(
        '{0} is the default model now: for new panels, suggestions, surprisal and At the Cursor.',
        name,
      );
  const server = library.servers.serverOf(id);
  void tell
    .information(server ? `${sentence} ${textGoesTo(server.address)}` : sentence, undo)
    .then((answer) => {
      if (answer === undo && settings.defaultModel() === id) void setDefault(before?.globalValue);
    });
}
