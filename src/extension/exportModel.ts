/** Writes a model's folder where other programs find it. */
import * as vscode from 'vscode';
import type { LibraryEntry } from '../library/shelf';
import { count } from './numbers';

/** What of a model folder belongs to the model: notes of the library's own stay behind. */
const OWN = /^[^.].*\.(?:json|txt|safetensors|onnx|onnx_data|md)$/;

/**
 * Copies a model's files into a new folder within one that the person chooses.
 * @throws Error of the file system, with its reason
 */
export async function exportModelFolder(entry: LibraryEntry): Promise<void> {
  const [parent] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Export {0}: choose where its folder is to be', entry.name),
      openLabel: vscode.l10n.t('Export Here'),
      canSelectFolders: true,
      canSelectFiles: false,
    })) ?? [];
  if (!parent) return;
  const from = vscode.Uri.file(entry.directory);
  const target = vscode.Uri.joinPath(parent, entry.name.replace(/[^\p{L}\p{N}._-]+/gu, '-'));
  if (await exists(target)) {
    void vscode.window.showErrorMessage(
      vscode.l10n.t('{0} is there already. Rename it, or choose another folder.', target.fsPath),
    );
    return;
  }
  const files = (await vscode.workspace.fs.readDirectory(from))
    .filter(([name, type]) => type !== vscode.FileType.Directory && OWN.test(name))
    .map(([name]) => name);
  await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Exporting {0}', entry.name),
      cancellable: true,
    },
    async (progress, token) => {
      for (const [i, name] of files.entries()) {
        if (token.isCancellationRequested) break;
        progress.report({ message: name, increment: i === 0 ? 0 : 100 / files.length });
        await vscode.workspace.fs.copy(vscode.Uri.joinPath(from, name), vscode.Uri.joinPath(target, name));
      }
      if (token.isCancellationRequested) {
        // What is there of it is no model.
        if (await exists(target)) await vscode.workspace.fs.delete(target, { recursive: true });
        return;
      }
      void vscode.window.showInformationMessage(
        vscode.l10n.t('{0} is in {1}: files copied: {2}.', entry.name, target.fsPath, count(files.length)),
      );
    },
  );
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
