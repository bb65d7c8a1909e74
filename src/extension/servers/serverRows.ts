/** How servers and their models look in the view "Models". */
import * as vscode from 'vscode';
import { modelLabel } from '../models/trainedName';
import { count } from '../numbers';
import { settings } from '../settings';
import type { TreeRow } from '../shown/trees';
import type { ServerRow } from './serverCommands';
import { whereTo } from './serverDialogs';
import { servedId, type ServerEntry } from './serverSettings';
import { PROGRAMS, type Servers } from './servers';

/** A row below "On servers": a server, a model of one, what is wrong with the setting, or what there is to do. */
export type ServersRow =
  ServerRow | { readonly kind: 'serverProblem'; readonly sentence: string } | { readonly kind: 'connect' };

/** The rows below "On servers", or below a server. Servers that have said nothing yet are asked meanwhile. */
export function serverRows(servers: Servers, below?: ServersRow): ServersRow[] {
  if (below?.kind === 'server') {
    const { entry } = below;
    return servers.models(entry).map(({ id }) => ({ kind: 'served', entry, model: id }));
  }
  if (below) return [];
  servers.askNew();
  const { all, problems } = servers;
  const rows: ServersRow[] = [
    ...all.map((entry): ServersRow => ({ kind: 'server', entry })),
    ...problems.map((sentence): ServersRow => ({ kind: 'serverProblem', sentence })),
  ];
  return rows.length > 0 ? rows : [{ kind: 'connect' }];
}

export function serverRow(row: ServersRow, servers: Servers): TreeRow {
  switch (row.kind) {
    case 'server':
      return rowOfServer(row.entry, servers);
    case 'served':
      return rowOfModel(row.entry, row.model, servers);
    case 'serverProblem':
      return {
        label: row.sentence,
        tooltip: [row.sentence],
        iconPath: new vscode.ThemeIcon('warning'),
        command: {
          command: 'workbench.action.openSettings',
          title: vscode.l10n.t('Settings'),
          arguments: ['decodingLab.servers'],
        },
      };
    case 'connect':
      return {
        label: vscode.l10n.t('Connect to a model server…'),
        tooltip: [vscode.l10n.t('A model on vLLM or llama-server, on this machine or another one.')],
        iconPath: new vscode.ThemeIcon('plug'),
        command: { command: 'decodingLab.connectServer', title: vscode.l10n.t('Connect') },
      };
  }
}

function rowOfServer(entry: ServerEntry, servers: Servers): TreeRow {
  const { name, address } = entry;
  const state = servers.state(entry);
  const description = servers.description(entry);
  const program = description
    ? [PROGRAMS[description.kind], description.version].filter(Boolean).join(' ')
    : '';
  const shown = {
    unknown: { icon: 'server', text: vscode.l10n.t('not asked yet'), sentence: '' },
    asking: { icon: 'loading~spin', text: vscode.l10n.t('asking'), sentence: '' },
    connected: { icon: 'server', text: vscode.l10n.t('connected: {0}', program), sentence: '' },
    failed: {
      icon: 'warning',
      text: vscode.l10n.t('not reachable'),
      sentence: state.kind === 'failed' ? state.sentence : '',
    },
  }[state.kind];
  return {
    label: name,
    description: shown.text,
    iconPath: new vscode.ThemeIcon(shown.icon),
    contextValue: 'server',
    collapsibleState: vscode.TreeItemCollapsibleState.Expanded,
    tooltip: [
      address,
      shown.sentence,
      state.kind === 'unknown' || state.kind === 'failed'
        ? vscode.l10n.t('Retry asks it again; the models below are those that it had last.')
        : '',
      whereTo(address),
    ],
    spoken: [name, shown.text, shown.sentence].filter(Boolean).join(', '),
  };
}

function rowOfModel(entry: ServerEntry, model: string, servers: Servers): TreeRow {
  const id = servedId(entry.name, model);
  const used = settings.defaultModel() === id;
  const known = servers.models(entry).find((one) => one.id === model);
  const tokenizer = servers.tokenizer(entry, model);
  return {
    label: model,
    description: [
      used ? vscode.l10n.t('default') : '',
      tokenizer === undefined ? vscode.l10n.t('tokenizer not chosen') : '',
    ]
      .filter(Boolean)
      .join(', '),
    iconPath: new vscode.ThemeIcon(used ? 'check' : 'cloud'),
    contextValue: 'servedModel',
    tooltip: [
      modelLabel(id),
      known?.contextLength === undefined
        ? ''
        : vscode.l10n.t('{0} tokens of context', count(known.contextLength)),
      whereTo(entry.address),
      vscode.l10n.t(
        'Click to make it the default model: suggestions, surprisal and At the Cursor then send their text there too.',
      ),
    ],
    command: {
      command: 'decodingLab.useModel',
      title: vscode.l10n.t('Make it the default'),
      arguments: [id],
    },
  };
}
