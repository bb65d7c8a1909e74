/** Commands of the servers; each asks for what it was not given. */
import * as vscode from 'vscode';
import { readVariantId } from '../../library/variants';
import { setDefault } from '../models/defaultModel';
import { settings } from '../settings';
import { askText, choose } from '../shown/choices';
import { ask, tell } from '../shown/messages';
import type { ConnectServices } from './connectServer';
import { withName, withoutServer, withTokenizer } from './editServers';
import { LONGEST_NAME, nameProblem, readServedId, servedId, type ServerEntry } from './serverSettings';

/** A row of the view "Models", as far as it matters here. */
export type ServerRow =
  | { readonly kind: 'server'; readonly entry: ServerEntry }
  | { readonly kind: 'served'; readonly entry: ServerEntry; readonly model: string };

interface ServerCommandServices extends ConnectServices {
  /** Runs something that can fail, and tells why it did. */
  readonly told: (work: () => Promise<void>) => Promise<void>;
}

export function serverCommands(
  services: ServerCommandServices,
): Record<string, (given?: unknown) => Promise<void>> {
  const { told, engine, library } = services;
  const { servers } = library;
  // They are needed seldom.
  const connecting = () => import('./connectServer');

  const chooseServer = async (given: unknown, title: string): Promise<ServerEntry | undefined> => {
    const row = given as ServerRow | undefined;
    if (row?.kind === 'server') return row.entry;
    if (servers.all.length === 0) {
      offerToConnect();
      return undefined;
    }
    const items = servers.all.map((entry) => ({ label: entry.name, description: entry.address, entry }));
    return (await choose(items, { title }))?.entry;
  };

  /** Nobody waits for the answer: the command that found no server is over. */
  const offerToConnect = (): void => {
    void told(async () => {
      const connect = vscode.l10n.t('Connect');
      if ((await tell.information(vscode.l10n.t('No server is connected.'), connect)) === connect) {
        await vscode.commands.executeCommand('decodingLab.connectServer');
      }
    });
  };

  const chooseServed = async (
    given: unknown,
    title: string,
  ): Promise<{ readonly entry: ServerEntry; readonly model: string } | undefined> => {
    const row = given as ServerRow | undefined;
    if (typeof given !== 'string' && row?.kind === 'served') return row;
    if (typeof given === 'string') {
      const { server = '', model = '' } = readServedId(given) ?? {};
      const entry = servers.named(server);
      return entry && { entry, model };
    }
    const items = servers.all.flatMap((entry) =>
      servers.models(entry).map(({ id }) => ({ label: id, description: entry.name, entry, model: id })),
    );
    if (items.length === 0) {
      offerToConnect();
      return undefined;
    }
    return choose(items, { title });
  };

  /** Frees what the model process keeps of a server's models: what is asked next is asked anew. */
  const letGo = async (entry: ServerEntry): Promise<void> => {
    for (const { id } of servers.models(entry)) {
      const source = await library.locate(servedId(entry.name, id)).catch(() => undefined);
      if (source) await engine.unload(source);
    }
  };

  const retry = async (entry: ServerEntry): Promise<void> => {
    servers.consent.askAgain(entry.address);
    // What is neither encrypted nor near is not asked before its user agrees.
    if (!servers.consent.mayProbe(entry.address) && !(await servers.consent.allows(entry.address))) return;
    await letGo(entry);
    await servers.ask(entry);
  };

  /** The model of a server that is the default, if one is. */
  const defaultOf = ({ name }: ServerEntry): string | undefined => {
    const served = readServedId(readVariantId(settings.defaultModel()).base);
    return served?.server === name ? served.model : undefined;
  };

  return {
    connectServer: () =>
      told(async () => {
        await (await connecting()).connectServer(services);
      }),
    retryServer: (given) =>
      told(async () => {
        const entry = await chooseServer(given, vscode.l10n.t('Retry a server'));
        if (entry) await retry(entry);
      }),
    setServerKey: (given) =>
      told(async () => {
        const entry = await chooseServer(given, vscode.l10n.t('Set the key of a server'));
        const key = entry && (await (await connecting()).askKey(entry.address));
        if (!entry || key === undefined) return;
        await letGo(entry);
        await servers.setKey(entry.address, key);
        await retry(entry);
      }),
    chooseTokenizer: (given) =>
      told(async () => {
        const served = await chooseServed(given, vscode.l10n.t('Choose the tokenizer of a served model'));
        if (!served) return;
        const { entry, model } = served;
        const { chooseTokenizer } = await import('./chooseTokenizer');
        const tokenizer = await chooseTokenizer(model, servers.description(entry), services);
        if (tokenizer === undefined) return;
        const written = withTokenizer(settings.userServers(), entry.address, model, tokenizer);
        await (await connecting()).writeServers(written);
        void tell.information(vscode.l10n.t('{0} on {1} can be explored now.', model, entry.name));
      }),
    renameServer: (given) =>
      told(async () => {
        const entry = await chooseServer(given, vscode.l10n.t('Rename a server'));
        if (!entry) return;
        const others = servers.all.map(({ name }) => name).filter((name) => name !== entry.name);
        const name = await askText({
          title: vscode.l10n.t('Name of the server'),
          prompt: vscode.l10n.t('What {0} is called in lists, in the panel and in results', entry.address),
          value: entry.name.slice(0, LONGEST_NAME),
          validateInput: (value) => nameProblem(value, others),
        });
        if (name === undefined || name === entry.name) return;
        const used = defaultOf(entry);
        await letGo(entry);
        await (await connecting()).writeServers(withName(settings.userServers(), entry.address, name));
        if (used !== undefined) await setDefault(servedId(name, used));
      }),
    removeServer: (given) =>
      told(async () => {
        const entry = await chooseServer(given, vscode.l10n.t('Remove a server'));
        if (!entry) return;
        const yes = vscode.l10n.t('Remove');
        const question = vscode.l10n.t('Remove {0} ({1})?', entry.name, entry.address);
        const detail = vscode.l10n.t(
          'Its key and what is known of its models are forgotten. Saved results stay.',
        );
        if ((await ask({ question, detail, warns: true }, yes)) !== yes) return;
        await letGo(entry);
        const used = defaultOf(entry);
        await (await connecting()).writeServers(withoutServer(settings.userServers(), entry.address));
        await servers.forget(entry.address);
        if (used !== undefined) await setDefault(undefined);
      }),
    copyServerAddress: (given) =>
      told(async () => {
        const entry = await chooseServer(given, vscode.l10n.t('Copy the address of a server'));
        if (entry) await vscode.env.clipboard.writeText(entry.address);
      }),
  };
}
