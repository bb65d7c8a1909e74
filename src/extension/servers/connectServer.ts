/** Connects to a model server: asks for its address, says what answers, and keeps it once the user agrees. */
import * as vscode from 'vscode';
import type { EngineClient } from '../../engine/client';
import { signalOf } from '../../engine/signalOf';
import { messageOf } from '../../core/messageOf';
import { readAddress, type ReadAddress } from '../../remote/address';
import type { ServedModel, ServerDescription } from '../../remote/source';
import type { PanelHolder } from '../panel/panelHolder';
import { toFailure } from '../panel/requests';
import { count } from '../numbers';
import { settings } from '../settings';
import { askText, choose } from '../shown/choices';
import { ask, showProgress, tell } from '../shown/messages';
import { chooseTokenizer, type TokenizerServices } from './chooseTokenizer';
import { withServer, type WrittenServer } from './editServers';
import { whereTo } from './serverDialogs';
import { LONGEST_NAME, nameProblem, servedId } from './serverSettings';
import { PROGRAMS } from './servers';

export interface ConnectServices extends TokenizerServices {
  readonly engine: EngineClient;
  readonly panels: PanelHolder;
}

/** Writes the setting where a setting of the machine is kept. */
export async function writeServers(servers: readonly unknown[]): Promise<void> {
  await vscode.workspace
    .getConfiguration('decodingLab')
    .update('servers', servers, vscode.ConfigurationTarget.Global);
}

/** @throws LibraryError when a tokenizer cannot be downloaded. */
export async function connectServer(services: ConnectServices): Promise<void> {
  const { servers } = services.library;
  const typed = await askText({
    title: vscode.l10n.t('Connect to a Model Server'),
    prompt: vscode.l10n.t(
      'Address of a vLLM server or a llama-server, for example http://gpu1:8000. For now it is only asked what it is.',
    ),
    ignoreFocusOut: true,
    validateInput: (value) => {
      try {
        readAddress(value);
        return undefined;
      } catch (error) {
        return messageOf(error);
      }
    },
  });
  if (typed === undefined) return;
  const at = readAddress(typed);
  const { address } = at;
  // Its user is told below where texts go, in any case.
  servers.consent.askAgain(address);
  if (!at.confidential && !(await servers.consent.allows(address))) return;
  const known = servers.all.find((entry) => entry.address === address);
  const answer = await meet(services, address, known?.name);
  if (!answer || !(await agree(answer.description, at, answer.key !== undefined))) return;
  const name = known?.name ?? (await askName(services, at));
  if (name === undefined) return;
  const model = await chooseModel(answer.description.models);
  const tokenizer = model && (await tokenizerFor(model.id, answer.description, known?.tokenizers, services));
  const server: WrittenServer = {
    ...{ name, address },
    ...(model && tokenizer !== undefined && { tokenizers: { [model.id]: tokenizer } }),
  };
  await servers.remembered.agree(address);
  await servers.setKey(address, answer.key ?? '');
  await servers.learn(address, answer.description);
  await writeServers(withServer(settings.userServers(), server));
  await offer(services, name, model);
}

interface Met {
  readonly description: ServerDescription;
  readonly key: string | undefined;
}

/** Asks a server what it is, and its user for a key where one is needed, until there is an answer. */
async function meet(
  { library }: ConnectServices,
  address: string,
  known: string | undefined,
): Promise<Met | undefined> {
  const { servers } = library;
  const name = known ?? new URL(address).host;
  let { key } = await servers.addressOf({ name, address });
  for (;;) {
    let trouble: string;
    let asksForKey: boolean;
    let isKey = false;
    try {
      const description = await showProgress(
        vscode.l10n.t('Asking {0} what it is', address),
        (_progress, token) =>
          servers.describe({ name, address, ...(key !== undefined && { key }) }, signalOf(token)),
      );
      if (!description.needsKey || key !== undefined) return { description, key };
      asksForKey = true;
      trouble = '';
    } catch (error) {
      const { code, sentence } = toFailure(error);
      if (code === 'stopped') return undefined;
      isKey = code === 'access';
      asksForKey = isKey && key === undefined;
      trouble = sentence;
    }
    if (!asksForKey) {
      const [retry, enter] = [vscode.l10n.t('Retry'), vscode.l10n.t('Enter a Key')];
      // Another key helps where this one is not taken, and nowhere else.
      const next = await (isKey ? tell.error(trouble, enter, retry) : tell.error(trouble, retry));
      if (next === retry) continue;
      if (next !== enter) return undefined;
    }
    const given = await askKey(address);
    if (given === undefined) return undefined;
    key = given === '' ? undefined : given;
  }
}

/** The key of an address; empty to have none, undefined where the user turned back. */
export async function askKey(address: string): Promise<string | undefined> {
  const given = await askText({
    title: vscode.l10n.t('Key of {0}', address),
    prompt: vscode.l10n.t(
      'The key that the server was started with. It is sent only to this address and kept in VS Code’s secret storage. Leave it empty to use none.',
    ),
    password: true,
    ignoreFocusOut: true,
  });
  return given?.trim();
}

/** Says what answers and where texts then go. */
async function agree(
  description: ServerDescription,
  { address }: ReadAddress,
  withKey: boolean,
): Promise<boolean> {
  const yes = vscode.l10n.t('Connect');
  const question = vscode.l10n.t(
    '{0} answers at {1}.',
    [PROGRAMS[description.kind], description.version].filter(Boolean).join(' '),
    address,
  );
  const detail = [...aboutServer(description, withKey), whereTo(address)].join(' ');
  return (await ask({ question, detail }, yes)) === yes;
}

/** Nobody sets so high a limit but to have the whole vocabulary, where its size is not said. */
const WHOLE = 30_000;

/** Models that a sentence names. */
const NAMED = 4;

/** What a server says of itself, in sentences. */
export function aboutServer({ models, mostListed, needsKey }: ServerDescription, withKey: boolean): string[] {
  const names = models.slice(0, NAMED).map(({ id }) => id);
  const more = models.length - names.length;
  const [only] = models;
  const context = models.length === 1 ? only?.contextLength : undefined;
  const listsAll = models.every(({ vocabularySize = WHOLE }) => mostListed >= vocabularySize);
  return [
    names.length === 0
      ? vscode.l10n.t('It serves no model now.')
      : more > 0
        ? vscode.l10n.t('It serves {0} and {1} others.', names.join(', '), count(more))
        : vscode.l10n.t('It serves {0}.', names.join(', ')),
    context === undefined ? '' : vscode.l10n.t('Its context holds {0} tokens.', count(context)),
    mostListed === 0
      ? ''
      : listsAll
        ? vscode.l10n.t('It can list the probability of every token.')
        : vscode.l10n.t(
            'It lists the {0} most probable tokens at each place; of the others you see only their total probability.',
            count(mostListed),
          ),
    needsKey || withKey ? vscode.l10n.t('It asks for a key.') : vscode.l10n.t('It asks for no key.'),
  ].filter(Boolean);
}

/** A name for a server that has none yet; its host is proposed. */
async function askName({ library }: ConnectServices, { address }: ReadAddress): Promise<string | undefined> {
  const taken = library.servers.all.map(({ name }) => name);
  const { hostname, host } = new URL(address);
  const proposed = [hostname, host].find((one) => !taken.includes(one)) ?? '';
  return askText({
    title: vscode.l10n.t('Name of the server'),
    prompt: vscode.l10n.t('What {0} is called in lists, in the panel and in results', address),
    value: proposed.slice(0, LONGEST_NAME),
    ignoreFocusOut: true,
    validateInput: (value) => nameProblem(value, taken),
  });
}

async function chooseModel(models: readonly ServedModel[]): Promise<ServedModel | undefined> {
  if (models.length < 2) return models[0];
  const items = models.map((model) => ({
    label: model.id,
    description:
      model.contextLength === undefined
        ? ''
        : vscode.l10n.t('{0} tokens of context', count(model.contextLength)),
    model,
  }));
  const title = vscode.l10n.t('Model to explore first');
  const placeHolder = vscode.l10n.t('All of them are in the lists of models afterwards');
  return (await choose(items, { title, placeHolder }))?.model;
}

/** What the setting must say of a model's tokenizer; undefined where nothing must be said, or nothing was chosen. */
async function tokenizerFor(
  model: string,
  description: ServerDescription,
  known: Readonly<Record<string, string>> = {},
  services: ConnectServices,
): Promise<string | undefined> {
  const settled = known[model] ?? services.library.servers.tokenizerFor(description, model);
  return settled === undefined ? chooseTokenizer(model, description, services) : undefined;
}

/** Says that a server is connected, and opens the panel with its model where that is wanted. */
async function offer(services: ConnectServices, name: string, model: ServedModel | undefined): Promise<void> {
  const explore = vscode.l10n.t('Explore');
  const answer = model
    ? await tell.information(
        vscode.l10n.t('{0} is connected: {1} can be chosen in every list of models.', name, model.id),
        explore,
      )
    : await tell.information(vscode.l10n.t('{0} is connected.', name));
  if (!model || answer !== explore) return;
  services.panels.open().useModel(servedId(name, model.id));
  await vscode.commands.executeCommand('decodingLab.explore');
}
