import * as vscode from 'vscode';
import type { HeldModel } from '../../engine/client';
import type { LibraryEntry } from '../../library/installedModels';
import type { Precision } from '../../library/memory';
import type { CatalogListing } from '../../library/types';
import { readVariantId, VARIANTS } from '../../library/variants';
import type { Library } from './library';
import { decimals, moment } from '../numbers';
import { toFailure } from '../panel/requests';
import { serverRow, serverRows, type ServersRow } from '../servers/serverRows';
import { settings } from '../settings';
import { TreeView, type TreeData, type TreeRow } from '../shown/trees';
import { known } from '../words';
import { modelLabel } from './trainedName';

const SECTIONS = ['here', 'onServers', 'toDownload'] as const;
type Section = (typeof SECTIONS)[number];

/** A row of the view; commands of its menu are given it. */
export type ModelRow =
  | { readonly kind: 'section'; readonly section: Section }
  | { readonly kind: 'here'; readonly entry: LibraryEntry }
  | { readonly kind: 'catalog'; readonly entry: CatalogListing }
  | ServersRow;

/** What is said of a download that has begun. */
const STATES = { downloading: vscode.l10n.t('downloading'), paused: vscode.l10n.t('paused') };

/** Bytes for people. */
export function size(bytes: number): string {
  if (bytes < 1e6) return vscode.l10n.t('{0} kB', decimals(bytes / 1e3, 0));
  if (bytes < 1e9) return vscode.l10n.t('{0} MB', decimals(bytes / 1e6, bytes < 1e8 ? 1 : 0));
  return vscode.l10n.t('{0} GB', decimals(bytes / 1e9, 2));
}

/** What a model needs in memory, and whether that is free: `needs 32-bit 0.62 GB, 4-bit 0.25 GB`. */
function memoryLine({ memory }: Pick<LibraryEntry, 'memory'>): string {
  if (!memory) return vscode.l10n.t('needs an unknown amount of memory');
  const needs = Object.entries(memory).map(([precision, { bytes, fits }]) => {
    const label = VARIANTS[precision as Precision].label;
    return fits
      ? `${label} ${size(bytes)}`
      : vscode.l10n.t('{0} {1} (more than is free)', label, size(bytes));
  });
  return vscode.l10n.t('needs {0}', needs.join(', '));
}

/** What a model in memory takes there: `32-bit in memory: 0.27 GB`. */
function heldLine({ id, bytes, measured }: HeldModel): string {
  const label = VARIANTS[readVariantId(id).precision].label;
  return measured
    ? vscode.l10n.t('{0} in memory: {1}', label, size(bytes))
    : vscode.l10n.t('{0} in memory: about {1}', label, size(bytes));
}

/** "Models": what is on this machine and on servers, and what can be downloaded. */
export class ModelsView implements TreeData<ModelRow>, vscode.Disposable {
  readonly #library: Library;
  readonly #view: TreeView<ModelRow>;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #listeners: readonly { dispose(): unknown }[];
  #held: readonly HeldModel[] = [];

  constructor(library: Library) {
    this.#library = library;
    this.#view = new TreeView('decodingLab.models', this);
    this.#listeners = [
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('decodingLab')) this.refresh();
      }),
      library.servers.onDidChange(() => {
        this.refresh();
      }),
    ];
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  /** Takes what the model process has in memory. */
  showHeld(held: readonly HeldModel[]): void {
    this.#held = held;
    this.refresh();
  }

  /** Ids of the models in memory that are the weights of one: quantized ones have ids of their own. */
  held(id: string): readonly string[] {
    return this.#of(id).map((model) => model.id);
  }

  #of(id: string): readonly HeldModel[] {
    return this.#held.filter((model) => readVariantId(model.id).base === id);
  }

  rowOf(row: ModelRow): TreeRow {
    switch (row.kind) {
      case 'section':
        return {
          label: sectionName(row.section),
          collapsibleState: vscode.TreeItemCollapsibleState.Expanded,
        };
      case 'here':
        return this.#here(row.entry);
      case 'catalog':
        return this.#listed(row.entry);
      default:
        return serverRow(row, this.#library.servers);
    }
  }

  #here(entry: LibraryEntry): TreeRow {
    const { id, name, kind, bytes, problem, inUse, about, description, license, lastUsed } = entry;
    const { base, precision } = readVariantId(settings.defaultModel());
    const used = base === id;
    const held = this.#of(id);
    return {
      label: modelLabel(name),
      description: [
        size(bytes),
        used ? vscode.l10n.t('default') : '',
        used && precision !== 'fp32' ? VARIANTS[precision].label : '',
        problem ? vscode.l10n.t('cannot be run') : '',
        held.length > 0 ? vscode.l10n.t('loaded') : '',
      ]
        .filter(Boolean)
        .join(', '),
      iconPath: new vscode.ThemeIcon(problem ? 'warning' : used ? 'check' : 'package'),
      contextValue: `${kind === 'bundled' ? 'bundled' : 'own'}Model${held.length > 0 ? 'Loaded' : ''}`,
      tooltip: [
        modelLabel(id) === id ? '' : id,
        about === undefined ? '' : known(about),
        description,
        problem ?? memoryLine(entry),
        ...held.map(heldLine),
        license ? vscode.l10n.t('licence {0}', license) : '',
        inUse
          ? vscode.l10n.t('in use')
          : lastUsed
            ? vscode.l10n.t('last used {0}', moment(lastUsed.getTime()))
            : '',
        problem === undefined ? vscode.l10n.t('Click to make it the default model.') : '',
      ],
      ...(problem === undefined && {
        command: {
          command: 'decodingLab.useModel',
          title: vscode.l10n.t('Make it the default'),
          arguments: [id],
        },
      }),
    };
  }

  #listed(entry: CatalogListing): TreeRow {
    const { id, name, bytes, state, receivedBytes, totalBytes, about, license, repo } = entry;
    const part = totalBytes ? ` ${Math.floor((100 * receivedBytes) / totalBytes)} %` : '';
    return {
      label: name ?? id,
      description: `${bytes ? size(bytes) : ''}${state === 'downloading' || state === 'paused' ? `, ${STATES[state]}${part}` : ''}`,
      iconPath: new vscode.ThemeIcon(state === 'paused' ? 'debug-pause' : 'cloud-download'),
      contextValue: state === 'paused' ? 'pausedModel' : 'listedModel',
      tooltip: [
        about === undefined ? '' : known(about),
        memoryLine(entry),
        license ? vscode.l10n.t('licence {0}', license) : '',
        repo,
      ],
      command: {
        command: 'decodingLab.downloadModel',
        title: vscode.l10n.t('Download'),
        arguments: [row(entry)],
      },
    };
  }

  async getChildren(parent?: ModelRow): Promise<ModelRow[]> {
    if (!parent) return SECTIONS.map((section) => ({ kind: 'section', section }));
    const { servers } = this.#library;
    if (parent.kind === 'here' || parent.kind === 'catalog') return [];
    if (parent.kind !== 'section') return serverRows(servers, parent);
    if (parent.section === 'onServers') return serverRows(servers);
    try {
      const library = await this.#library.models();
      this.#view.message = '';
      if (parent.section === 'here') {
        return (await library.list()).map((entry) => ({ kind: 'here', entry }));
      }
      const { usedBytes, freeBytes } = await library.room();
      this.#view.description = [
        // Before the first download there is nothing but the library's own notes.
        usedBytes < 1e6 ? '' : vscode.l10n.t('{0} downloaded', size(usedBytes)),
        freeBytes === undefined ? '' : vscode.l10n.t('{0} free on the disk', size(freeBytes)),
      ]
        .filter(Boolean)
        .join(', ');
      return (await library.catalog()).filter(({ state }) => state !== 'here').map(row);
    } catch (error) {
      this.#view.message = toFailure(error).sentence;
      return [];
    }
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
    for (const listener of this.#listeners) listener.dispose();
  }
}

function sectionName(section: Section): string {
  switch (section) {
    case 'here':
      return vscode.l10n.t('On this machine');
    case 'onServers':
      return vscode.l10n.t('On servers');
    case 'toDownload':
      return vscode.l10n.t('To download');
  }
}

const row = (entry: CatalogListing): ModelRow => ({ kind: 'catalog', entry });
