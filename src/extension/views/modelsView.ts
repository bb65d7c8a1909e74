import * as vscode from 'vscode';
import type { LibraryEntry } from '../../library/shelf';
import type { Precision } from '../../library/memory';
import type { CatalogListing } from '../../library/types';
import { readVariantId, VARIANTS } from '../../library/variants';
import type { Library } from '../library';
import { toFailure } from '../requests';
import { settings } from '../settings';

const SECTIONS = ['On this machine', 'To download'] as const;
type Section = (typeof SECTIONS)[number];

/** A row of the view; commands of its menu are given it. */
export type ModelRow =
  | { readonly kind: 'section'; readonly title: Section }
  | { readonly kind: 'here'; readonly entry: LibraryEntry }
  | { readonly kind: 'catalog'; readonly entry: CatalogListing };

/** Bytes for people. */
export function size(bytes: number): string {
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(0)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

/** What a model needs in memory, and whether that is free: `fp32 0.62 GB, 8-bit 0.25 GB`. */
function memoryLine({ memory }: Pick<LibraryEntry, 'memory'>): string {
  if (!memory) return 'memory unknown';
  return Object.entries(memory)
    .map(
      ([precision, { bytes, fits }]) =>
        `${VARIANTS[precision as Precision].label} ${size(bytes)}${fits ? '' : ' (more than is free)'}`,
    )
    .join(', ');
}

/** "Models": what is on this machine, and what can be downloaded. */
export class ModelsView implements vscode.TreeDataProvider<ModelRow>, vscode.Disposable {
  readonly #library: Library;
  readonly #view: vscode.TreeView<ModelRow>;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #listener: vscode.Disposable;

  constructor(library: Library) {
    this.#library = library;
    this.#view = vscode.window.createTreeView('decodingLab.models', { treeDataProvider: this });
    this.#listener = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('decodingLab')) this.refresh();
    });
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  getTreeItem(row: ModelRow): vscode.TreeItem {
    switch (row.kind) {
      case 'section':
        return new vscode.TreeItem(row.title, vscode.TreeItemCollapsibleState.Expanded);
      case 'here':
        return this.#here(row.entry);
      case 'catalog':
        return this.#listed(row.entry);
    }
  }

  #here(entry: LibraryEntry): vscode.TreeItem {
    const { id, name, kind, bytes, problem, inUse, description, license, lastUsed } = entry;
    const item = new vscode.TreeItem(name);
    const { base, precision } = readVariantId(settings.defaultModel());
    const used = base === id;
    item.description = [
      size(bytes),
      used ? `default${precision === 'fp32' ? '' : `, ${VARIANTS[precision].label}`}` : '',
      problem ? 'cannot be run' : '',
    ]
      .filter(Boolean)
      .join(', ');
    item.iconPath = new vscode.ThemeIcon(problem ? 'warning' : used ? 'check' : 'package');
    item.contextValue = kind === 'bundled' ? 'bundledModel' : 'ownModel';
    const lines = [
      description,
      problem ?? `needs ${memoryLine(entry)}`,
      license ? `licence ${license}` : '',
      inUse ? 'in use' : lastUsed ? `last used ${lastUsed.toLocaleString()}` : '',
      problem === undefined ? 'Click to make it the default model.' : '',
    ];
    item.tooltip = lines.filter(Boolean).join('\n');
    if (problem === undefined) {
      item.command = { command: 'decodingLab.useModel', title: 'Make it the default', arguments: [id] };
    }
    return item;
  }

  #listed(entry: CatalogListing): vscode.TreeItem {
    const { id, name, bytes, state, receivedBytes, totalBytes, about, license, repo } = entry;
    const item = new vscode.TreeItem(name ?? id);
    const part = totalBytes ? ` ${Math.floor((100 * receivedBytes) / totalBytes)} %` : '';
    item.description = `${bytes ? size(bytes) : ''}${state === 'absent' ? '' : `, ${state}${part}`}`;
    item.iconPath = new vscode.ThemeIcon(state === 'paused' ? 'debug-pause' : 'cloud-download');
    item.contextValue = state === 'paused' ? 'pausedModel' : 'listedModel';
    item.tooltip = [about ?? '', `needs ${memoryLine(entry)}`, license ? `licence ${license}` : '', repo]
      .filter(Boolean)
      .join('\n');
    item.command = { command: 'decodingLab.downloadModel', title: 'Download', arguments: [row(entry)] };
    return item;
  }

  async getChildren(parent?: ModelRow): Promise<ModelRow[]> {
    if (!parent) return SECTIONS.map((title) => ({ kind: 'section', title }));
    if (parent.kind !== 'section') return [];
    try {
      const library = await this.#library.models();
      this.#view.message = '';
      if (parent.title === 'On this machine') {
        return (await library.list()).map((entry) => ({ kind: 'here', entry }));
      }
      return (await library.catalog()).filter(({ state }) => state !== 'here').map(row);
    } catch (error) {
      this.#view.message = toFailure(error).sentence;
      return [];
    }
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
    this.#listener.dispose();
  }
}

const row = (entry: CatalogListing): ModelRow => ({ kind: 'catalog', entry });
