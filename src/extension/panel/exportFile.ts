import * as vscode from 'vscode';
import { messageOf } from '../../core/messageOf';
import { chooseTarget } from '../shown/choices';
import { tell } from '../shown/messages';

/** The user closed the dialog, or the file could not be written; nothing was saved. */
export class NotSavedError extends Error {
  /** True when the user closed the dialog. */
  readonly closed: boolean;

  constructor(sentence: string, closed: boolean) {
    super(sentence);
    this.closed = closed;
  }
}

/**
 * Asks where to save a file and writes it.
 * @param title of the dialog
 * @throws NotSavedError
 */
export async function exportFile(name: string, content: string, title?: string): Promise<void> {
  const safeName = name.replace(/[^\p{L}\p{N}._ -]/gu, '-');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await chooseTarget({
    title: title ?? vscode.l10n.t('Export result'),
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, safeName) } : {}),
  });
  if (!target) throw new NotSavedError(vscode.l10n.t('Nothing was exported: the dialog was closed.'), true);
  try {
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(content));
  } catch (error) {
    const why = messageOf(error);
    throw new NotSavedError(
      vscode.l10n.t('{0} could not be written: {1}. Choose another folder.', target.fsPath, why),
      false,
    );
  }
}

/** Closing the dialog is an answer, not an error; a file that could not be written is told. */
export async function unlessClosed(saving: Promise<void>): Promise<void> {
  try {
    await saving;
  } catch (error) {
    if (!(error instanceof NotSavedError)) throw error;
    if (!error.closed) void tell.error(error.message);
  }
}
