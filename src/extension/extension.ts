import * as vscode from 'vscode';
import { EngineClient } from '../engine/client';
import { Anchor } from './anchor';
import { History } from './history';
import { Library } from './library';
import { LabPanel, type PanelServices } from './panel';
import { takePrompt } from './promptSource';

/** What `activate` returns: state that tests and other extensions may ask for. */
export interface DecodingLabApi {
  /** Process id of the model process; undefined while none runs. */
  readonly enginePid: () => number | undefined;
  /** Requests of the open panel: answered ones, and those that still run; 0 without a panel. */
  readonly answered: () => number;
  readonly pendingRequests: () => number;
  /** Listeners on documents and panels that are alive now. */
  readonly listeners: () => number;
  readonly isPanelOpen: () => boolean;
}

/** The parts that must be shut down before the window goes; VS Code waits for `deactivate`, not for subscriptions. */
let engine: EngineClient | undefined;

export function activate(context: vscode.ExtensionContext): DecodingLabApi {
  const log = vscode.window.createOutputChannel('Decoding Lab', { log: true });
  const client = new EngineClient({
    entry: vscode.Uri.joinPath(context.extensionUri, 'dist', 'engine.js').fsPath,
    log: (line) => {
      log.info(line);
    },
  });
  engine = client;
  const services: PanelServices = {
    engine: client,
    library: new Library(context.extensionUri),
    // A window without a folder has no workspace storage; its history is the user's.
    history: new History(
      vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'history').fsPath,
    ),
    log,
    extensionUri: context.extensionUri,
  };

  let panel: LabPanel | undefined;
  const keep = (opened: LabPanel): LabPanel => {
    panel = opened;
    opened.onDidDispose(() => {
      if (panel === opened) panel = undefined;
    });
    return opened;
  };
  const openPanel = (): LabPanel => panel ?? keep(LabPanel.create(services));

  // While the panel has the focus no text editor is active; the command then means the one last typed in.
  let lastEditor = vscode.window.activeTextEditor;
  const currentEditor = (): vscode.TextEditor | undefined =>
    vscode.window.activeTextEditor ??
    vscode.window.visibleTextEditors.find((editor) => editor === lastEditor);

  context.subscriptions.push(
    log,
    { dispose: () => panel?.dispose() },
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      if (editor) lastEditor = editor;
    }),
    vscode.commands.registerCommand('decodingLab.explore', () => {
      const editor = currentEditor();
      if (editor) openPanel().explore(takePrompt(editor));
      else openPanel().reveal();
    }),
    vscode.commands.registerCommand('decodingLab.open', () => {
      openPanel().reveal();
    }),
    vscode.commands.registerCommand('decodingLab.showLog', () => {
      log.show();
    }),
    vscode.window.registerWebviewPanelSerializer(LabPanel.viewType, {
      deserializeWebviewPanel: (restored) => {
        // One panel at a time: a second restored one would fight over the same prompt.
        if (panel) restored.dispose();
        else keep(LabPanel.restore(restored, services));
        return Promise.resolve();
      },
    }),
  );

  return {
    enginePid: () => client.pid,
    answered: () => panel?.requests.answered ?? 0,
    pendingRequests: () => panel?.requests.pending ?? 0,
    listeners: () => Anchor.listening + (panel ? 1 : 0),
    isPanelOpen: () => panel !== undefined,
  };
}

export async function deactivate(): Promise<void> {
  await engine?.dispose();
  engine = undefined;
}
