import { languageEnvironment } from './language';
import * as vscode from 'vscode';
import { EngineClient } from '../engine/client';
import { Anchor } from './panel/anchor';
import { createCommands, type Commands } from './commands';
import { ExploreFromHere } from './surprisal/exploreFromHere';
import { History } from './history/history';
import { InlineCompletions } from './inline/inlineCompletions';
import { Library } from './models/library';
import { createTools } from './chat/languageModelTools';
import { PanelHolder } from './panel/panelHolder';
import { toFailure } from './panel/requests';
import { Preparing } from './models/preparing';
import { servedId } from './servers/serverSettings';
import { mayBeRead, tellWhereTo } from './servers/serverDialogs';
import { Servers } from './servers/servers';
import { settings } from './settings';
import type { StatusBar } from './statusBar';
import { SurprisalMap } from './surprisal/surprisal';
import { SurprisalStatus } from './surprisal/surprisalStatus';
import { CursorView } from './cursor/cursorView';
import { HistoryView } from './history/historyView';
import { ModelsView } from './models/modelsView';
import { PresetsView } from './presets/presetsView';
import { SurprisalLegend } from './surprisal/surprisalLegend';
import { SurprisalView } from './surprisal/surprisalView';
import type { ScoredToken } from './surprisal/scoredDocument';

/** What `activate` returns: state that tests and other extensions may ask for. */
export interface DecodingLabApi {
  /** Process id of the model process; undefined while none runs. */
  readonly enginePid: () => number | undefined;
  /** Requests of the open panel: answered ones, and those that still run; 0 without a panel. */
  readonly answered: () => number;
  readonly pendingRequests: () => number;
  /** Requests to the model process that have not been answered. */
  readonly pendingEngineRequests: () => number;
  /** Listeners on documents and panels that are alive now. */
  readonly listeners: () => number;
  readonly isPanelOpen: () => boolean;
  /** Text of the status bar item. */
  readonly statusText: () => string;
  /** Inline suggestions that were offered last. */
  readonly suggestions: () => readonly string[];
  /** Token ids that the view "At the cursor" lists, most probable first. */
  readonly atCursor: () => readonly number[];
  /** Whether that view waits for a pause or for the model. */
  readonly cursorPending: () => boolean;
  /** The scored tokens of a document with a surprisal heat map; offsets are of its text with LF. */
  readonly surprisal: (document: vscode.TextDocument) => readonly ScoredToken[];
  /** Ids of all commands that something answers to. */
  readonly commands: () => readonly string[];
  /** Text of the status bar item that tells of a scoring which is not complete; empty where none is. */
  readonly surprisalStatus: () => string;
}

export { modelLabel } from './models/trainedName';

/** Who answers to what `main.ts` has registered. */
export interface Whole {
  readonly api: DecodingLabApi;
  /** By their whole ids. */
  readonly commands: Commands;
  readonly tools: Readonly<Record<string, vscode.LanguageModelTool<unknown>>>;
  readonly panels: vscode.WebviewPanelSerializer;
  readonly inline: vscode.InlineCompletionItemProvider;
}

/** Must be shut down before the window goes: VS Code waits for `deactivate`, not for subscriptions. */
let engine: EngineClient | undefined;

/** @param status is disposed of by whoever made it */
export function activate(context: vscode.ExtensionContext, status: StatusBar): Whole {
  const log = vscode.window.createOutputChannel('Decoding Lab', { log: true });
  const client = new EngineClient({
    entry: vscode.Uri.joinPath(context.extensionUri, 'dist', 'engine.js').fsPath,
    env: languageEnvironment(),
    log: (line) => {
      log.info(line);
    },
    onState: (state) => {
      if (state === 'failed' || state === 'stopped') preparing.dispose();
      panels.current?.showEngineState(state);
    },
    onLoading: (progress) => {
      preparing.show(progress);
    },
    onHeld: (held) => {
      models.showHeld(held);
    },
    settings: () => settings.engine(),
  });
  const preparing = new Preparing((source) => {
    client.unload(source).catch((error: unknown) => {
      log.warn(String(error));
    });
  });
  engine = client;
  const servers = new Servers({
    configured: () => settings.servers(),
    memory: context.globalState,
    secrets: context.secrets,
    probe: (server, signal) => client.probe(server, signal),
    mayBeRead,
    tellWhereTo,
    offerTokenizers: (entry, model) => {
      void vscode.commands.executeCommand('decodingLab.chooseTokenizer', servedId(entry.name, model));
    },
    sentenceOf: (error) => toFailure(error).sentence,
  });
  const library = new Library(context, client, servers);
  // A window without a folder has no workspace storage; its history is the user's.
  const history = new History(
    vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'history').fsPath,
    () => {
      historyView.refresh();
    },
  );
  const historyView = new HistoryView(history);
  const services = {
    engine: client,
    library,
    history,
    log,
    extensionUri: context.extensionUri,
  };
  const panels = new PanelHolder(services);
  const surprisal = new SurprisalMap(services);
  const surprisalStatus = new SurprisalStatus(surprisal);
  const cursor = new CursorView(services);
  const presets = new PresetsView();
  const models = new ModelsView(library);
  const inline = new InlineCompletions({ engine: client, library, status });

  const commands = createCommands({
    ...services,
    panels,
    status,
    surprisal,
    cursor,
    presets,
    models,
    secrets: context.secrets,
    tokenizerFolder: vscode.Uri.joinPath(context.globalStorageUri, 'tokenizers').fsPath,
  });

  let defaultModel = settings.defaultModel();
  let served = JSON.stringify(servers.choices());

  context.subscriptions.push(
    log,
    library,
    servers,
    panels,
    preparing,
    surprisal,
    surprisalStatus,
    new SurprisalView(surprisal),
    new SurprisalLegend(surprisal),
    cursor,
    historyView,
    presets,
    models,
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('decodingLab.library')) {
        library.reload();
        panels.modelsChanged();
      }
      if (event.affectsConfiguration('decodingLab.presets')) panels.presetsChanged();
      // A value that another one overrides changes nothing.
      if (defaultModel !== settings.defaultModel()) {
        defaultModel = settings.defaultModel();
        status.idle(defaultModel);
        panels.useModel(defaultModel);
        cursor.update();
      }
      if (event.affectsConfiguration('decodingLab.engine') || event.affectsConfiguration('http')) {
        client.configure();
      }
      if (event.affectsConfiguration('decodingLab.servers')) panels.modelsChanged();
    }),
    servers.onDidChange(() => {
      // What a server says as often as it is asked is no news to a page.
      const now = JSON.stringify(servers.choices());
      if (now !== served) panels.modelsChanged();
      served = now;
    }),
    commands,
    vscode.languages.registerCodeActionsProvider({ scheme: '*' }, new ExploreFromHere(surprisal), {
      providedCodeActionKinds: [vscode.CodeActionKind.Empty],
    }),
  );

  const api: DecodingLabApi = {
    enginePid: () => client.pid,
    answered: () => panels.current?.requests.answered ?? 0,
    pendingRequests: () => panels.current?.requests.pending ?? 0,
    pendingEngineRequests: () => client.pending,
    listeners: () => Anchor.listening + (panels.current ? 1 : 0),
    isPanelOpen: () => panels.current !== undefined,
    statusText: () => status.text,
    suggestions: () => inline.offered,
    atCursor: () => cursor.rows.map(({ id }) => id),
    cursorPending: () => cursor.pending,
    surprisal: (document) => surprisal.tokens(document),
    commands: () => Object.keys(commands.byId),
    surprisalStatus: () => surprisalStatus.text,
  };
  return { api, commands: commands.byId, tools: createTools(services), panels, inline };
}

export async function deactivate(): Promise<void> {
  await engine?.dispose();
  engine = undefined;
}
