import * as v from 'valibot';
import * as vscode from 'vscode';
import type { PanelServices } from './panel';
import type { PanelHolder } from './panelHolder';
import { takePrompt, takePromptAt } from './promptSource';
import { showMenu } from './menu';
import { modelCommands } from './modelCommands';
import { moment } from './numbers';
import type { StatusBar } from './statusBar';
import { exportFile, NotSavedError } from './exportFile';
import type { SurprisalMap } from './surprisal';
import type { CursorView } from './views/cursorView';
import type { ModelsView } from './views/modelsView';
import type { PresetsView } from './views/presetsView';
import { historyLineSchema, type HistoryLine } from '../protocol/messages';

export interface CommandServices extends PanelServices {
  readonly panels: PanelHolder;
  readonly status: StatusBar;
  readonly surprisal: SurprisalMap;
  readonly cursor: CursorView;
  readonly presets: PresetsView;
  readonly models: ModelsView;
  readonly secrets: vscode.SecretStorage;
}

/** Experiments with a tab and a command of their own. */
const EXPERIMENTS = [
  'temperature',
  'grid',
  'determinism',
  'nucleus',
  'methods',
  'branches',
  'loss',
  'models',
  'training',
] as const;

/** Every command of the manifest. */
export function registerCommands(services: CommandServices): vscode.Disposable[] {
  const { panels, log, status, surprisal, cursor, history, presets } = services;

  // While the panel has the focus no text editor is active; the commands then mean the one last typed in.
  let lastEditor = vscode.window.activeTextEditor;
  const currentEditor = (): vscode.TextEditor | undefined =>
    vscode.window.activeTextEditor ??
    vscode.window.visibleTextEditors.find((editor) => editor === lastEditor);

  /** The saved result a command is for: the one clicked, or else the one chosen from a list. */
  const chosenLine = async (given: unknown): Promise<HistoryLine | undefined> => {
    const clicked = v.safeParse(historyLineSchema, given);
    if (clicked.success) return clicked.output;
    const lines = await history.lines();
    if (lines.length === 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('No result is saved yet. Run an experiment in the panel and save it.'),
      );
      return undefined;
    }
    const items = lines.map((line) => ({
      label: line.title,
      description: `${line.experiment}, ${moment(line.savedAt)}`,
      line,
    }));
    return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Saved results') }))?.line;
  };

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
      else {
        void vscode.window.showInformationMessage(
          vscode.l10n.t('Open a text first: its tokens will be tinted.'),
        );
      }
    },
    clearSurprisal: () => {
      const editor = currentEditor();
      if (editor) surprisal.clear(editor.document);
    },
    pauseInline: () => {
      status.setPaused(!status.paused);
    },
    insertToken: async (id) => {
      if (typeof id === 'number') await cursor.insert(id);
    },
    pauseCursor: () => {
      cursor.setPaused(true);
    },
    resumeCursor: () => {
      cursor.setPaused(false);
    },
    reopenResult: async (given) => {
      const line = await chosenLine(given);
      if (!line) return;
      const { id } = line;
      panels.open().openResult(id, await history.open(id));
    },
    exportResult: async (given) => {
      const line = await chosenLine(given);
      if (!line) return;
      const { id, experiment } = line;
      const content = JSON.stringify(await history.open(id), undefined, 2);
      await unlessClosed(exportFile(`${experiment}.json`, content));
    },
    usePreset: (id) => presets.use(id),
    exportPresets: () => unlessClosed(presets.export()),
    importPresets: () => presets.import(),
    removeResult: async (given) => {
      const line = await chosenLine(given);
      if (!line) return;
      const { id, title } = line;
      const remove = vscode.l10n.t('Delete');
      const answer = await vscode.window.showWarningMessage(
        vscode.l10n.t('Delete the saved result "{0}"? This cannot be undone.', title),
        { modal: true },
        remove,
      );
      if (answer === remove) await history.remove(id);
    },
    menu: () => showMenu(status),
    showLog: () => {
      log.show();
    },
  };

  /** Opens an experiment's tab on the current prompt; parameters, as the course gives them, start it at once. */
  const openExperiment = (tab: string, parameters: unknown): void => {
    const editor = currentEditor();
    const request = {
      tab,
      run: parameters !== undefined,
      ...(parameters === undefined ? {} : { parameters }),
    };
    if (editor) panels.open().explore(takePrompt(editor), request);
    else panels.open().openTab(request);
  };
  commands['course'] = (step) => {
    panels
      .open()
      .openTab({ tab: 'course', run: false, ...(typeof step === 'string' && { parameters: step }) });
  };
  Object.assign(commands, modelCommands(services));
  for (const tab of EXPERIMENTS) {
    commands[tab] = (parameters) => {
      openExperiment(tab, parameters);
    };
  }

  return [
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      if (editor) lastEditor = editor;
    }),
    ...Object.entries(commands).map(([name, run]) =>
      vscode.commands.registerCommand(`decodingLab.${name}`, run),
    ),
  ];
}

/** Closing the dialog is an answer, not an error; a file that could not be written is told. */
async function unlessClosed(saving: Promise<void>): Promise<void> {
  try {
    await saving;
  } catch (error) {
    if (!(error instanceof NotSavedError)) throw error;
    if (!error.closed) void vscode.window.showErrorMessage(error.message);
  }
}
