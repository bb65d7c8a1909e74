import * as vscode from 'vscode';
import type { PanelServices } from './panel';
import type { PanelHolder } from './panelHolder';
import { takePrompt, takePromptAt } from './promptSource';
import { showMenu } from './menu';
import type { StatusBar } from './statusBar';
import type { SurprisalMap } from './surprisal';

export interface CommandServices extends PanelServices {
  readonly panels: PanelHolder;
  readonly status: StatusBar;
  readonly surprisal: SurprisalMap;
}

/** Every command of the manifest. */
export function registerCommands(services: CommandServices): vscode.Disposable[] {
  const { panels, log, status, surprisal } = services;

  // While the panel has the focus no text editor is active; the commands then mean the one last typed in.
  let lastEditor = vscode.window.activeTextEditor;
  const currentEditor = (): vscode.TextEditor | undefined =>
    vscode.window.activeTextEditor ??
    vscode.window.visibleTextEditors.find((editor) => editor === lastEditor);

  const commands: Record<string, (...given: unknown[]) => unknown> = {
    explore: () => {
      const editor = currentEditor();
      if (editor) panels.open().explore(takePrompt(editor));
      else panels.open().reveal();
    },
    exploreAt: async (uri, position) => {
      if (!(uri instanceof vscode.Uri) || !(position instanceof vscode.Position)) {
        const editor = currentEditor();
        if (editor) panels.open().explore(takePromptAt(editor.document, editor.selection.active));
        return;
      }
      panels.open().explore(takePromptAt(await vscode.workspace.openTextDocument(uri), position));
    },
    open: () => {
      panels.open().reveal();
    },
    showSurprisal: async () => {
      const editor = currentEditor();
      if (editor) await surprisal.show(editor);
      else void vscode.window.showInformationMessage('Open a text first: its tokens will be tinted.');
    },
    clearSurprisal: () => {
      const editor = currentEditor();
      if (editor) surprisal.clear(editor.document);
    },
    pauseInline: () => {
      status.setPaused(!status.paused);
    },
    menu: () => showMenu(status),
    showLog: () => {
      log.show();
    },
  };

  return [
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      if (editor) lastEditor = editor;
    }),
    ...Object.entries(commands).map(([name, run]) =>
      vscode.commands.registerCommand(`decodingLab.${name}`, run),
    ),
  ];
}
