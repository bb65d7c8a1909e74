import * as vscode from 'vscode';
import { EngineClient } from '../engine/client';
import { Library } from './library';
import { LabPanel, type PanelServices } from './panel';
import { takePrompt } from './promptSource';

/** What `activate` returns: state that tests and other extensions may ask for. */
export interface DecodingLabApi {
  /** Process id of the model process; undefined while none runs. */
  readonly enginePid: () => number | undefined;
  /** Requests of the panel that are not answered yet; 0 without a panel. */
  readonly pendingRequests: () => number;
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

  context.subscriptions.push(
    log,
    { dispose: () => panel?.dispose() },
    vscode.commands.registerCommand('decodingLab.explore', () => {
      const editor = vscode.window.activeTextEditor;
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
    pendingRequests: () => panel?.pending ?? 0,
    isPanelOpen: () => panel !== undefined,
  };
}

export async function deactivate(): Promise<void> {
  await engine?.dispose();
  engine = undefined;
}
