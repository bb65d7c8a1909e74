import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { inBytes } from '../../l10n/bytes';
import { counted } from '../../l10n/language';
import { TOY_DEFAULT } from '../../core/toyModel';
import { visibleText } from '../../core/visibleText';
import type { EngineClient, ModelSource } from '../../engine/client';
import { Inspector } from '../../library/inspector';
import { PRECISIONS, type Precision } from '../../library/memory';
import type { ModelLibrary } from '../../library/modelLibrary';
import { RecentUse } from '../../library/recentUse';
import type { LibraryEntry } from '../../library/installedModels';
import { readVariantId, VARIANTS, variantId } from '../../library/variants';
import type { ModelChoice, Toy } from '../../protocol/messages';
import { readServedId } from '../servers/serverSettings';
import type { Servers } from '../servers/servers';
import { languageEnvironment } from '../language';
import { settings } from '../settings';
import { known } from '../words';
import { modelLabel } from './trainedName';

/** A model that was asked for but is not in the library. */
export class UnknownModelError extends Error {
  constructor(id: string, known: readonly string[]) {
    super(vscode.l10n.t('There is no model named "{0}". Choose one of: {1}.', id, known.join(', ')));
  }
}

/** Models that stay marked as used though the engine may have let them go: those of a comparison, and two more. */
const MARKED = 4;

/** A model as a user chooses it: with the weights as they are, and quantized where that is possible. */
function variantsOf({ id, name, description, about, bundled, memory = {} }: LibraryEntry): ModelChoice[] {
  return PRECISIONS.filter((precision) => precision === 'fp32' || memory[precision]).map((precision) => {
    const { label, about: expected } = VARIANTS[precision];
    const need = memory[precision];
    const needs =
      need &&
      (need.fits
        ? vscode.l10n.t('needs {0} of memory', inBytes(need.bytes))
        : vscode.l10n.t('needs {0} of memory, more than is free now', inBytes(need.bytes)));
    return {
      id: variantId(id, precision),
      name: variantName(name, precision),
      kind: 'gpt2',
      description: visibleText(
        [
          vscode.l10n.t('{0}. {1}: {2}', description, label, expected),
          ...(needs === undefined ? [] : [needs]),
        ].join('; '),
      ),
      ...(about !== undefined && { about: visibleText(known(about)) }),
      ...(bundled && { bundled: { kind: known(bundled.kind), foreignAbove: bundled.foreignAbove } }),
      variant: { of: id, label },
    };
  });
}

/** A model's name as the page, results and reports show it: a folder can be called anything. */
const variantName = (name: string, precision: Precision): string =>
  visibleText(precision === 'fp32' ? modelLabel(name) : `${modelLabel(name)}, ${VARIANTS[precision].label}`);

/** The models a user can choose from, and how the engine finds each. */
export class Library implements vscode.Disposable {
  readonly #context: vscode.ExtensionContext;
  #library: Promise<ModelLibrary> | undefined;
  readonly #recent: RecentUse;
  readonly #inspector: Inspector;
  readonly servers: Servers;

  constructor(
    context: vscode.ExtensionContext,
    engine: Pick<EngineClient, 'pid' | 'status'>,
    servers: Servers,
  ) {
    this.#context = context;
    this.servers = servers;
    this.#inspector = new Inspector({
      entry: vscode.Uri.joinPath(context.extensionUri, 'dist', 'inspector.js').fsPath,
      env: languageEnvironment(),
    });
    this.#recent = new RecentUse(MARKED, async () => {
      // Where none runs, nothing is held: it is not started to be asked.
      const { models, busy } = engine.pid === undefined ? { models: [], busy: [] } : await engine.status();
      return new Set([...models, ...busy].map((id) => readVariantId(id).base));
    });
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

  /** Takes changed settings into account at the next use. What is in memory stays marked as used. */
  reload(): void {
    this.#library = undefined;
    this.#recent.renew();
  }

  /** All models that can be chosen; servers that have said nothing in this window are asked meanwhile. */
  async choices(): Promise<ModelChoice[]> {
    this.servers.askNew();
    const usable = (await (await this.models()).list()).filter(({ problem }) => problem === undefined);
    return [
      ...(await Promise.all(usable.map((entry) => this.#choicesOf(entry)))).flat(),
      ...this.servers.choices(),
      {
        id: 'toy',
        name: vscode.l10n.t('toy vocabulary'),
        kind: 'toy' as const,
        description: counted(
          TOY_DEFAULT.words.length,
          '{0} word with fixed logits, editable',
          '{0} words with fixed logits, editable',
        ),
      },
    ];
  }

  /** The weights of a model, the 32-bit ones with how far a training of them is. */
  async #choicesOf(entry: LibraryEntry): Promise<ModelChoice[]> {
    const { lastCheckpoint } = await import('../../library/lastCheckpoint');
    const checkpoint = await lastCheckpoint(await this.trainingFolder(entry.id));
    return variantsOf(entry).map((choice) =>
      choice.id === entry.id && checkpoint !== undefined ? { ...choice, checkpoint } : choice,
    );
  }

  /**
   * How the engine finds a model that is about to be used, and marked as such.
   * @throws UnknownModelError; ServedModelError where a server's model cannot be used yet.
   */
  async source(id: string, toy: Toy | undefined): Promise<ModelSource> {
    if (id === 'toy') return { kind: 'toy', ...(toy ?? TOY_DEFAULT) };
    if (readServedId(id)) return this.servers.source(id);
    const source = await this.locate(id);
    await this.#recent.note(await this.models(), readVariantId(id).base);
    return source;
  }

  /** How the engine knows a model's weights, without marking them as used. @throws as `source` */
  async locate(id: string): Promise<ModelSource> {
    if (readServedId(id)) return this.servers.locate(id);
    const library = await this.models();
    const { base, precision } = readVariantId(id);
    try {
      const { name, directory, kind } = await library.locate(base);
      if (precision === 'fp32') return { kind: 'gpt2', id, name: variantName(name, precision), directory };
      // A downloaded model's folder is ours; where others put theirs, nothing is written.
      const cacheDirectory = kind === 'downloaded' ? directory : await this.#quantized(base);
      return { kind: 'gpt2', id, name: variantName(name, precision), directory, precision, cacheDirectory };
    } catch {
      const installed = await library.list();
      throw new UnknownModelError(id, [
        ...installed.map((entry) => entry.id),
        ...this.servers.choices().map((choice) => choice.id),
        'toy',
      ]);
    }
  }

  /** This window does not use a model any more. */
  async release(id: string): Promise<void> {
    await this.#recent.release(id);
  }

  dispose(): void {
    this.#inspector.dispose();
    void this.#recent.releaseAll();
  }

  /** Removes the quantized weights of a model that is gone. */
  async removeQuantized(id: string): Promise<void> {
    await rm(await this.#quantized(id), { recursive: true, force: true });
  }

  /** The folder of a model's trainings: its checkpoints, and the models that came of them. */
  async trainingFolder(id: string): Promise<string> {
    const { folderOf } = await import('../../library/installedModels');
    return join(this.#context.globalStorageUri.fsPath, 'trainings', folderOf(readVariantId(id).base));
  }

  /** Puts a trained model, where a training left one, into the library. */
  async addTrained(directory: string, name: string): Promise<void> {
    await (await this.models()).importFolder(directory, name);
  }

  /** Folder for the quantized weights of a model whose own folder is not ours. */
  async #quantized(id: string): Promise<string> {
    const { folderOf } = await import('../../library/installedModels');
    return join(this.#context.globalStorageUri.fsPath, 'quantized', folderOf(id));
  }

  async #open(): Promise<ModelLibrary> {
    const { ModelLibrary } = await import('../../library/modelLibrary');
    const { loadCatalog, mergeCatalogs, parseEntries } = await import('../../library/catalog');
    const { HubTokens } = await import('./hubTokens');
    const bundled = vscode.Uri.joinPath(this.#context.extensionUri, 'models').fsPath;
    const { folder, endpoints, added } = settings.library();
    const where = vscode.l10n.t('The setting decodingLab.library.catalog');
    const file = vscode.Uri.joinPath(this.#context.extensionUri, 'models', 'catalog.json').fsPath;
    const published = await loadCatalog(file);
    return new ModelLibrary({
      storage: folder ?? vscode.Uri.joinPath(this.#context.globalStorageUri, 'models').fsPath,
      bundled,
      aboutBundled: published.bundled,
      inspect: this.#inspector.inspect,
      inspectTokenizer: this.#inspector.inspectTokenizer,
      catalog: mergeCatalogs(published.models, parseEntries(added, where), where),
      ...(endpoints.length > 0 ? { endpoints } : {}),
      token: (endpoint) => new HubTokens(this.#context.secrets).tokenFor(endpoint),
      // VS Code's own: it heeds proxies, authorities and what else its settings, the system and the user say.
      fetch: globalThis.fetch,
    });
  }
}
