/** Secrets for addresses, each bound to the one that it was given for, under one name in VS Code's secret storage. */
import type * as vscode from 'vscode';
import * as v from 'valibot';

export type Secrets = Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>;

const schema = v.record(v.string(), v.string());

export interface AddressSecretsOptions {
  /** Under this name they are kept. */
  readonly name: string;
  /** An address in the one way in which addresses are compared; throws where it is none. */
  readonly parse: (address: string) => string;
  /** Whose secret a text alone is, as it was kept before addresses were kept with it. */
  readonly legacy?: string;
}

export class AddressSecrets {
  constructor(
    private readonly secrets: Secrets,
    private readonly options: AddressSecretsOptions,
  ) {}

  /** The secret that was given for this very address, and for no other one. @throws what `parse` throws. */
  async get(address: string): Promise<string | undefined> {
    return (await this.#read()).get(this.options.parse(address));
  }

  /** Keeps a secret for an address, or forgets it where it is empty. @throws what `parse` throws. */
  async set(address: string, secret: string): Promise<void> {
    const { name, parse } = this.options;
    const kept = await this.#read();
    if (secret === '') kept.delete(parse(address));
    else kept.set(parse(address), secret);
    if (kept.size === 0) await this.secrets.delete(name);
    else await this.secrets.store(name, JSON.stringify(Object.fromEntries(kept)));
  }

  async #read(): Promise<Map<string, string>> {
    const { name, legacy } = this.options;
    const text = await this.secrets.get(name);
    if (text === undefined || text === '') return new Map();
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = undefined;
    }
    const parsed = v.safeParse(schema, value);
    if (parsed.success) return new Map(Object.entries(parsed.output));
    return new Map(legacy === undefined ? [] : [[legacy, text]]);
  }
}
