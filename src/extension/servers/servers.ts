/** The servers that the user has named, what is known of them, and the way to their models. */
import { visibleText } from '../../core/visibleText';
import { t, whole } from '../../l10n/language';
import type { ModelChoice } from '../../protocol/messages';
import type { RemoteSource, ServedModel, ServerAddress, ServerDescription } from '../../remote/source';
import { readAddress } from '../../remote/address';
import { AddressSecrets, type Secrets } from '../models/addressSecrets';
import { Consent, type ConsentPorts } from './consent';
import { RememberedServers, type Memory } from './rememberedServers';
import { readServedId, servedId, tokenizerOf, type ReadServers, type ServerEntry } from './serverSettings';

/** Milliseconds that a server may take to say what it is, where nobody waits for it. */
const PROBE_MS = 15_000;

/** Tokens of GPT-2's vocabulary. */
export const GPT2_TOKENS = 50_257;

export type ServerState =
  /** Not asked since the window opened, or not to be asked before the user agrees. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'connected'; readonly description: ServerDescription }
  | { readonly kind: 'failed'; readonly sentence: string };

/** A model on a server that cannot be used yet; the message is a sentence with the way out. */
export class ServedModelError extends Error {
  override readonly name = 'ServedModelError';
}

export interface ServersPorts extends ConsentPorts {
  /** The setting, as it is now. */
  readonly configured: () => ReadServers;
  readonly memory: Memory;
  readonly secrets: Secrets;
  /** What answers at an address. @throws an error whose message is a sentence */
  readonly probe: (server: ServerAddress, signal: AbortSignal) => Promise<ServerDescription>;
  /** Offers to choose where a model's tokens come from. */
  readonly offerTokenizers: (entry: ServerEntry, model: string) => void;
  readonly sentenceOf: (error: unknown) => string;
}

export class Servers {
  readonly #ports: ServersPorts;
  readonly #keys: AddressSecrets;
  readonly #states = new Map<string, ServerState>();
  /** Probes under way, by address. */
  readonly #asking = new Map<string, AbortController>();
  readonly #listeners = new Set<() => void>();
  /** Models for which a tokenizer has been offered. */
  readonly #offered = new Set<string>();
  readonly remembered: RememberedServers;
  readonly consent: Consent;

  constructor(ports: ServersPorts) {
    this.#ports = ports;
    this.remembered = new RememberedServers(ports.memory);
    this.consent = new Consent(this.remembered, ports);
    this.#keys = new AddressSecrets(ports.secrets, {
      name: 'decodingLab.serverKeys',
      parse: (text) => readAddress(text).address,
    });
  }

  /** Calls a listener whenever a server's state or models may be others. */
  onDidChange(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  }

  get all(): readonly ServerEntry[] {
    return this.#ports.configured().servers;
  }

  /** What is wrong with the setting, a sentence for each entry that is not used. */
  get problems(): readonly string[] {
    return this.#ports.configured().problems;
  }

  named(name: string): ServerEntry | undefined {
    return this.all.find((entry) => entry.name === name);
  }

  /** The server of a model, by the model's id; undefined for models of this machine. */
  serverOf(id: string): ServerEntry | undefined {
    const served = readServedId(id);
    return served && this.named(served.server);
  }

  state({ address }: ServerEntry): ServerState {
    return this.#states.get(address) ?? { kind: 'unknown' };
  }

  /** What it said last, in this window or in an earlier one. */
  description({ address }: ServerEntry): ServerDescription | undefined {
    return this.remembered.description(address);
  }

  /** The models that a server has said it has; before it has said anything, those that the setting names. */
  models(entry: ServerEntry): readonly ServedModel[] {
    return this.description(entry)?.models ?? Object.keys(entry.tokenizers).map((id) => ({ id }));
  }

  /** How the engine finds a server. */
  async addressOf({ name, address }: Pick<ServerEntry, 'name' | 'address'>): Promise<ServerAddress> {
    const key = await this.#keys.get(address);
    return { name, address, ...(key !== undefined && { key }) };
  }

  /** Keeps the key of an address, or forgets it where it is empty. */
  async setKey(address: string, key: string): Promise<void> {
    await this.#keys.set(address, key);
  }

  /** Every served model, as a user chooses it. */
  choices(): ModelChoice[] {
    return this.all.flatMap((entry) =>
      this.models(entry).map((model): ModelChoice => ({
        id: servedId(entry.name, model.id),
        name: visibleText(model.id),
        kind: 'remote',
        server: { name: entry.name, address: entry.address },
        description: this.#describe(entry, model),
      })),
    );
  }

  /** `vLLM 0.10.2 at http://gpu1:8000; 1,024 tokens of context` */
  #describe(entry: ServerEntry, { contextLength }: ServedModel): string {
    const { kind, version } = this.description(entry) ?? {};
    const program = kind === undefined ? t('A server') : [PROGRAMS[kind], version].filter(Boolean).join(' ');
    return visibleText(
      contextLength === undefined
        ? t('{0} at {1}', program, entry.address)
        : t('{0} at {1}; {2} tokens of context', program, entry.address, whole(contextLength)),
    );
  }

  /** Asks the servers that have said nothing yet, in the background. */
  askNew(): void {
    for (const entry of this.all) {
      if (this.state(entry).kind === 'unknown' && this.consent.mayProbe(entry.address)) void this.ask(entry);
    }
  }

  /** Asks a server what it is, for as long as that may take; never fails: its state says what came of it. */
  async ask(entry: ServerEntry): Promise<ServerState> {
    const { address } = entry;
    this.#asking.get(address)?.abort();
    const controller = new AbortController();
    this.#asking.set(address, controller);
    this.#set(address, { kind: 'asking' });
    let state: ServerState;
    try {
      const description = await this.describe(await this.addressOf(entry), controller.signal);
      await this.remembered.describe(address, description);
      state = { kind: 'connected', description };
    } catch (error) {
      state = { kind: 'failed', sentence: this.#ports.sentenceOf(error) };
    }
    // Another question, or the server's removal, has made this one void.
    if (this.#asking.get(address) !== controller) return this.state(entry);
    this.#asking.delete(address);
    this.#set(address, state);
    return state;
  }

  /** What answers at an address, within the time that this may take. @throws an error with a sentence */
  async describe(server: ServerAddress, signal: AbortSignal): Promise<ServerDescription> {
    const { probe } = this.#ports;
    const limit = AbortSignal.timeout(PROBE_MS);
    try {
      return await probe(server, AbortSignal.any([signal, limit]));
    } catch (error) {
      if (!limit.aborted || signal.aborted) throw error;
      const sentence = t(
        '{0} did not answer within {1} seconds. See whether a server runs there, then retry.',
        server.address,
        whole(PROBE_MS / 1000),
      );
      throw new ServedModelError(sentence, { cause: error });
    }
  }

  /** Keeps what a server has just said. */
  async learn(address: string, description: ServerDescription): Promise<void> {
    await this.remembered.describe(address, description);
    this.#set(address, { kind: 'connected', description });
  }

  /** What was learnt of a server, and its key. */
  async forget(address: string): Promise<void> {
    this.#asking.get(address)?.abort();
    this.#asking.delete(address);
    this.#states.delete(address);
    this.consent.askAgain(address);
    await this.setKey(address, '');
    await this.remembered.forget(address);
    this.#fire();
  }

  /** How the engine finds a served model; nothing is asked. @throws ServedModelError */
  async locate(id: string): Promise<RemoteSource> {
    const { entry, model } = this.#find(id);
    const from = this.tokenizer(entry, model);
    if (from === undefined) {
      throw new ServedModelError(
        t(
          'It is not known yet how {0} on {1} turns text into tokens. Run the command "Choose Tokenizer of a Served Model".',
          model,
          entry.name,
        ),
      );
    }
    const server = await this.addressOf(entry);
    return { kind: 'remote', id, name: visibleText(model), server, model, tokenizer: tokenizerOf(from) };
  }

  /**
   * How the engine finds a served model that a text is about to be sent to: the first time its user is told where,
   * and asked where others could read it.
   * @throws ServedModelError
   */
  async source(id: string): Promise<RemoteSource> {
    const { entry, model } = this.#find(id);
    if (this.tokenizer(entry, model) === undefined && !this.#offered.has(id)) {
      this.#offered.add(id);
      this.#ports.offerTokenizers(entry, model);
    }
    const source = await this.locate(id);
    if (!(await this.consent.allows(entry.address))) {
      throw new ServedModelError(
        t(
          'No text is sent to {0}, because others could read it on the way. Agree to that with Retry in the view Models, or use an address that begins with https://.',
          entry.address,
        ),
      );
    }
    return source;
  }

  /** Where the bytes of a model's tokens come from, as in the setting; undefined where that must be chosen. */
  tokenizer(entry: ServerEntry, model: string): string | undefined {
    const chosen = entry.tokenizers[model];
    if (chosen !== undefined) return chosen;
    return this.tokenizerFor(this.description(entry), model);
  }

  /** The tokenizer that goes without saying. */
  tokenizerFor(description: ServerDescription | undefined, model: string): string | undefined {
    if (description?.kind === 'llama-server') return 'server';
    if (!description) return undefined;
    // vLLM does not say a vocabulary's size, but lists so many tokens when it was started to list all.
    const said = description.models.find(({ id }) => id === model)?.vocabularySize;
    return (said ?? description.mostListed) === GPT2_TOKENS ? 'gpt2' : undefined;
  }

  #find(id: string): { readonly entry: ServerEntry; readonly model: string } {
    const { server = '', model = '' } = readServedId(id) ?? {};
    const entry = this.named(server);
    if (entry) return { entry, model };
    throw new ServedModelError(
      t(
        'There is no server "{0}" in the setting decodingLab.servers. Connect to it, or choose another model.',
        server,
      ),
    );
  }

  #fire(): void {
    for (const listener of this.#listeners) listener();
  }

  #set(address: string, state: ServerState): void {
    this.#states.set(address, state);
    this.#fire();
  }

  dispose(): void {
    for (const asking of this.#asking.values()) asking.abort();
    this.#listeners.clear();
  }
}

/** Proper names of what answers. */
export const PROGRAMS: Readonly<Record<ServerDescription['kind'], string>> = {
  vllm: 'vLLM',
  'llama-server': 'llama-server',
};
