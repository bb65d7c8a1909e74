/** Writes a model's folder where other programs find it. */
import * as vscode from 'vscode';
import type { ModelFile } from '../../library/exportFolder';
import type { Inspect } from '../../library/inspect';
import type { LibraryEntry } from '../../library/installedModels';
import { count } from '../numbers';
import { chooseFile } from '../shown/choices';
import { showProgress, tell } from '../shown/messages';
import { signalOf } from '../../engine/signalOf';

/**
 * Copies a model's files into a new folder within one that the user chooses, and tells how that went.
 * @throws Error of the file system where the model's own folder cannot be read
 */
export async function exportModelFolder(entry: LibraryEntry, inspect: Inspect): Promise<void> {
  if (entry.problem !== undefined) {
    void tell.error(
      vscode.l10n.t('{0} cannot be run, so it is not exported. {1}', entry.name, entry.problem),
    );
    return;
  }
  const parent = await chooseFile({
    title: vscode.l10n.t('Export {0}: choose where to put its folder', entry.name),
    openLabel: vscode.l10n.t('Export Here'),
    canSelectFolders: true,
    canSelectFiles: false,
  });
  if (!parent) return;
  const target = vscode.Uri.joinPath(parent, entry.name.replace(/[^\p{L}\p{N}._-]+/gu, '-'));
  if (await exists(target)) {
    void tell.error(vscode.l10n.t('{0} already exists. Rename it, or choose another folder.', target.fsPath));
    return;
  }
  // Loaded at its first use, which keeps activation quick.
  const { copyChecked, copyModel, CopyError, filesOfModel } = await import('../../library/exportFolder');
  const files = await filesOfModel(entry.directory, inspect);
  try {
    const done = await showProgress(vscode.l10n.t('Exporting {0}', entry.name), (progress, token) => {
      let before = 0;
      return copyModel(files, copyTo(target, copyChecked), {
        signal: signalOf(token),
        onFile: ({ path }, share) => {
          progress.report({ message: path, increment: 100 * (share - before) });
          before = share;
        },
      });
    });
    if (!done) return;
    void tell.information(
      vscode.l10n.t(
        '{0} was exported to {1}. Files copied: {2}.',
        entry.name,
        target.fsPath,
        count(files.length),
      ),
    );
  } catch (error) {
    if (!(error instanceof CopyError)) throw error;
    const sentences = [
      ...(error.file === undefined
        ? []
        : [
            vscode.l10n.t(
              '{0} could not be copied to {1} ({2}). Choose another folder or make room there, and export again.',
              error.file,
              target.fsPath,
              error.why,
            ),
          ]),
      ...(error.left === undefined
        ? []
        : [
            vscode.l10n.t(
              'What was copied to {0} could not be removed ({1}). Delete that folder yourself.',
              target.fsPath,
              error.left,
            ),
          ]),
    ];
    void tell.error(sentences.join(' '));
  }
}

/** The new folder, in whatever file system it was chosen. */
const copyTo = (target: vscode.Uri, copyChecked: (file: ModelFile, target: string) => Promise<void>) => ({
  copy: async (file: ModelFile): Promise<void> => {
    const place = vscode.Uri.joinPath(target, file.path);
    if (place.scheme === 'file') await copyChecked(file, place.fsPath);
    else await vscode.workspace.fs.copy(vscode.Uri.file(file.from), place);
  },
  remove: async (): Promise<void> => {
    if (await exists(target)) await vscode.workspace.fs.delete(target, { recursive: true });
  },
});

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
