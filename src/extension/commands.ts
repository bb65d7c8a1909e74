import * as vscode from 'vscode';
import { TAB_NAMES } from '../experiments/registry';
import type { PanelServices, TabRequest } from './panel/panel';
import type { PanelHolder } from './panel/panelHolder';
import { activeText, holdsText } from './document/activeText';
import { takePrompt, takePromptAt } from './panel/promptSource';
import { showMenu } from './menu';
import { historyCommands } from './history/historyCommands';
import { modelCommands } from './models/modelCommands';
import { presetCommands } from './presets/presetCommands';
import { presetExchangeCommands } from './presets/presetExchange';
import { tell } from './shown/messages';
import { shownError } from './shown/trees';
import type { StatusBar } from './statusBar';
import { unlessClosed } from './panel/exportFile';
import type { SurprisalMap } from './surprisal/surprisal';
import type { CursorView } from './cursor/cursorView';
import type { ModelsView } from './models/modelsView';
import type { PresetsView } from './presets/presetsView';

export interface CommandServices extends PanelServices {
  readonly panels: PanelHolder;
  readonly status: StatusBar;
  readonly surprisal: SurprisalMap;
  readonly cursor: CursorView;
  readonly presets: PresetsView;
  readonly models: ModelsView;
  readonly secrets: vscode.SecretStorage;
  readonly tokenizerFolder: string;
}

/** What commands do, by their ids. */
export type Commands = Readonly<Record<string, (...given: unknown[]) => unknown>>;

/** Every command of the manifest, and those that only the extension's own views run. */
export function createCommands(services: CommandServices): {
  readonly byId: Commands;
  dispose(): void;
} {
  const { panels, log, status, surprisal, cursor, history, presets } = services;

  // While the panel has the focus no text editor is active; the commands then mean the one last typed in.
  let lastEditor = activeText();
  const currentEditor = (): vscode.TextEditor | undefined =>
    activeText() ?? vscode.window.visibleTextEditors.find((editor) => editor === lastEditor);

  const commands: Record<string, (...given: unknown[]) => unknown> = {
    explore: () => {
      const editor = currentEditor();
      if (editor) return panels.open().explore(takePrompt(editor));
      panels.open().reveal();
      return undefined;
    },
    exploreAt: async (uri, position) => {
      if (!(uri instanceof vscode.Uri) || !(position instanceof vscode.Position)) {
        const editor = currentEditor();
        if (editor) await panels.open().explore(takePromptAt(editor.document, editor.selection.active));
        return;
      }
      await panels.open().explore(takePromptAt(await vscode.workspace.openTextDocument(uri), position));
    },
    open: () => {
      panels.open().reveal();
    },
    showSurprisal: async () => {
      const editor = currentEditor();
      if (editor) await surprisal.show(editor);
      else {
        void tell.information(vscode.l10n.t('Open a text first: its tokens will be tinted.'));
      }
    },
    clearSurprisal: () => {
      const editor = currentEditor();
      if (editor) surprisal.clear(editor.document);
    },
    stopSurprisal: () => {
      const editor = currentEditor();
      if (editor) surprisal.stop(editor.document);
    },
    continueSurprisal: async () => {
      const editor = currentEditor();
      if (editor) await surprisal.goOn(editor.document);
    },
    pauseInline: () => {
      status.setPaused(!status.paused);
    },
    clickToken: async (id) => {
      if (typeof id === 'number') await cursor.click(id);
    },
    insertToken: (given) => cursor.insert(given),
    insertFocusedToken: () => cursor.insertFocused(),
    pauseCursor: () => {
      cursor.setPaused(true);
    },
    resumeCursor: () => {
      cursor.setPaused(false);
    },
    usePreset: (id) => presets.use(id),
    explorePreset: async (given) => {
      const id = await presets.choose(given, vscode.l10n.t('Explore with a preset'));
      if (id !== undefined) panels.open().takePreset(id);
    },
    exportPresets: () => unlessClosed(presets.export()),
    importPresets: () => presets.import(),
    menu: () => showMenu(status),
    showLog: () => {
      log.show();
    },
  };

  const openAt = (request: TabRequest, editor: vscode.TextEditor | undefined): void => {
    if (editor) void panels.open().explore(takePrompt(editor), request);
    else panels.open().openTab(request);
  };

  /** Opens an experiment's tab on the current prompt; parameters, as the course gives them, start it at once. */
  const openExperiment = (tab: string, parameters: unknown): void => {
    openAt(
      { tab, run: parameters !== undefined, ...(parameters === undefined ? {} : { parameters }) },
      currentEditor(),
    );
  };
  commands['course'] = (step) => {
    const request = { tab: 'course', run: false, ...(typeof step === 'string' && { parameters: step }) };
    // A step is about the text that is there.
    openAt(request, typeof step === 'string' ? currentEditor() : undefined);
  };
  Object.assign(
    commands,
    modelCommands(services),
    historyCommands(history, panels),
    presetCommands(),
    presetExchangeCommands(presets),
  );
  for (const tab of TAB_NAMES) {
    // Explore's own command hands the selection over.
    commands[tab] ??= (parameters) => {
      openExperiment(tab, parameters);
    };
  }

  const listener = vscode.window.onDidChangeActiveTextEditor((editor) => {
    if (editor && holdsText(editor)) lastEditor = editor;
  });
  const byId = Object.entries(commands).map(([name, run]) => [
    `decodingLab.${name}`,
    async (...given: unknown[]) => {
      try {
        return await run(...given);
      } catch (error) {
        // VS Code shows what a command throws as it is.
        log.error(error instanceof Error ? error : String(error));
        throw shownError(error);
      }
    },
  ]);
  return {
    byId: Object.fromEntries(byId) as Commands,
    dispose() {
      listener.dispose();
    },
  };
}
