import * as vscode from 'vscode';
import { TOY_DEFAULT } from '../core/toyModel';
import type { ModelSource } from '../engine/client';
import type { ModelLibrary } from '../library/modelLibrary';
import type { ModelChoice, Toy } from '../protocol/messages';
import { settings } from './settings';

/** A model that was asked for but is not in the library. */
export class UnknownModelError extends Error {
  constructor(id: string, known: readonly string[]) {
    super(`There is no model named "${id}". Choose one of: ${known.join(', ')}.`);
  }
}

/** Under this name the hub's access token is kept in VS Code's secret storage. */
export const TOKEN_SECRET = 'decodingLab.hubToken';

/** The models a person can choose from, and how the engine finds each. */
export class Library {
  readonly #context: vscode.ExtensionContext;
  #library: Promise<ModelLibrary> | undefined;

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
  }

  /** The library of models, with the settings of now. Loaded at its first use, which keeps activation quick. */
  models(): Promise<ModelLibrary> {
    this.#library ??= this.#open();
    // A library that could not be opened (a setting that is wrong) is tried again next time.
    this.#library.catch(() => {
      this.#library = undefined;
    });
    return this.#library;
  }

  /** Takes changed settings into account at the next use. */
  reload(): void {
    this.#library = undefined;
  }

  async choices(): Promise<ModelChoice[]> {
    const entries = await (await this.models()).list();
    return [
      ...entries
        .filter(({ problem }) => problem === undefined)
        .map(({ id, name, description }) => ({ id, name, kind: 'gpt2' as const, description })),
      {
        id: 'toy',
        name: 'toy vocabulary',
        kind: 'toy' as const,
        description: `${TOY_DEFAULT.words.length} words with fixed logits, editable`,
      },
    ];
  }

  /** @throws UnknownModelError */
  async source(id: string, toy: Toy | undefined): Promise<ModelSource> {
    if (id === 'toy') return { kind: 'toy', ...(toy ?? TOY_DEFAULT) };
    const library = await this.models();
    try {
      const { name, directory } = await library.find(id);
      return { kind: 'gpt2', id, name, directory };
    } catch {
      const known = await library.list();
      throw new UnknownModelError(id, [...known.map((entry) => entry.id), 'toy']);
    }
  }

  async #open(): Promise<ModelLibrary> {
    const { ModelLibrary } = await import('../library/modelLibrary');
    const { loadCatalog, mergeCatalogs, parseEntries } = await import('../library/catalog');
    const { HUGGING_FACE } = await import('../library/hub');
    const { proxyFetch } = await import('../library/proxy');
    const bundled = vscode.Uri.joinPath(this.#context.extensionUri, 'models').fsPath;
    const { folder, endpoints, added } = settings.library();
    const where = 'The setting decodingLab.library.catalog';
    const known = await loadCatalog(
      vscode.Uri.joinPath(this.#context.extensionUri, 'models', 'catalog.json').fsPath,
    );
    return new ModelLibrary({
      storage: folder ?? vscode.Uri.joinPath(this.#context.globalStorageUri, 'models').fsPath,
      bundled,
      catalog: mergeCatalogs(known, parseEntries(added, where), where),
      ...(endpoints.length > 0 ? { endpoints } : {}),
      // The token is the hub's, which is the first address; its mirrors do not get it.
      token: async (endpoint) =>
        endpoint === (endpoints[0] ?? HUGGING_FACE) ? this.#context.secrets.get(TOKEN_SECRET) : undefined,
      fetch: proxyFetch(settings.proxy()),
    });
  }
}
