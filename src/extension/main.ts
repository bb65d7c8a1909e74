/**
 * What VS Code loads at its start: the status bar item, and who answers to what the manifest declares. Nothing else
 * is loaded before the first of them is used. VS Code asks for no extension when it wants suggestions, so one that
 * gives them has to be there from the start.
 */
import './language';
import { createRequire } from 'node:module';
import * as vscode from 'vscode';
import type * as extension from './extension';
import type { DecodingLabApi, Whole } from './extension';
import { isSuggested, mayBeSuggested, OWN_DOCUMENTS } from './inline/suggesting';
import { PANEL } from './panel/viewType';
import { placeOfTree } from './shown/treePlace';
import { StatusBar } from './statusBar';

/** The rest of the extension, a bundle of its own beside this one. */
const rest = (): typeof extension => createRequire(__filename)('./whole.js') as typeof extension;

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly keybindings: readonly { readonly command: string }[];
    readonly languageModelTools: readonly { readonly name: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
  };
}

let whole: Whole | undefined;

export function activate(context: vscode.ExtensionContext): DecodingLabApi {
  const { contributes } = context.extension.packageJSON as Manifest;
  const status = new StatusBar(defaultModel(), labelOf);
  const commands = new Set<string>();
  const register = (id: string): void => {
    if (commands.has(id)) return;
    commands.add(id);
    context.subscriptions.push(
      vscode.commands.registerCommand(id, (...given: unknown[]) => load().commands[id]?.(...given)),
    );
  };
  const views = new Map<string, vscode.Disposable>();
  const load = (): Whole => {
    if (whole) return whole;
    // Their views take the places.
    for (const view of views.values()) view.dispose();
    whole = rest().activate(context, status);
    // What only its own views run.
    Object.keys(whole.commands).forEach(register);
    return whole;
  };

  for (const { command } of [...contributes.commands, ...contributes.keybindings]) register(command);
  for (const { id } of Object.values(contributes.views).flat()) {
    views.set(id, placeOfTree(id, load));
  }
  context.subscriptions.push(
    status,
    suggestions(() => load().inline),
    ...tools(contributes.languageModelTools, (name) => load().tools[name]!),
    vscode.window.registerWebviewPanelSerializer(PANEL, {
      deserializeWebviewPanel: (panel, state) => load().panels.deserializeWebviewPanel(panel, state),
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!whole && event.affectsConfiguration('decodingLab.defaultModel')) status.idle(defaultModel());
    }),
  );

  return new Proxy({} as DecodingLabApi, {
    // Whoever awaits it asks whether it can be awaited, which is no use of it.
    get: (_, name) => (name === 'then' ? undefined : load().api[name as keyof DecodingLabApi]),
  });
}

export async function deactivate(): Promise<void> {
  if (whole) await rest().deactivate();
}

function defaultModel(): string {
  const model = vscode.workspace.getConfiguration('decodingLab').get<unknown>('defaultModel');
  return typeof model === 'string' && model !== '' ? model : 'fireside';
}

/** Ids of served and of trained models need words; others are names. */
const labelOf = (id: string): string =>
  /^[\w.-]+$/.test(id) && !id.startsWith('step-') ? id : rest().modelLabel(id);

/** Registered while suggestions may come; typing costs nothing where none do. */
function suggestions(provider: () => vscode.InlineCompletionItemProvider): vscode.Disposable {
  let registered: vscode.Disposable | undefined;
  const update = (): void => {
    if (!mayBeSuggested()) {
      registered?.dispose();
      registered = undefined;
    } else
      registered ??= vscode.languages.registerInlineCompletionItemProvider(OWN_DOCUMENTS, {
        provideInlineCompletionItems: (document, position, context, token) =>
          whole || isSuggested(document, context)
            ? provider().provideInlineCompletionItems(document, position, context, token)
            : [],
      });
  };
  update();
  const listeners = [
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('decodingLab.inlineSuggest.mode')) update();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(update),
  ];
  const registration = {
    dispose: () => {
      registered?.dispose();
    },
  };
  return vscode.Disposable.from(...listeners, registration);
}

/** What chat agents in the editor may ask of the model; nothing where VS Code has no such interface. */
function tools(
  declared: Manifest['contributes']['languageModelTools'],
  tool: (name: string) => vscode.LanguageModelTool<unknown>,
): vscode.Disposable[] {
  // `lm` is missing in editors that are built on an older VS Code or without chat.
  const lm = (vscode as { lm?: Partial<typeof vscode.lm> }).lm;
  if (!lm?.registerTool) return [];
  const { registerTool } = lm;
  return declared.map(({ name }) =>
    registerTool<unknown>(name, { invoke: (options, token) => tool(name).invoke(options, token) }),
  );
}
