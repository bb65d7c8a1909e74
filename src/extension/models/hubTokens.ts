/** Access tokens of hubs, each bound to the address that it was given for. */
import type * as vscode from 'vscode';
import * as v from 'valibot';
import { HUGGING_FACE, parseEndpoint } from '../../library/endpoint';

/** Under this name they are kept in VS Code's secret storage. */
const SECRET = 'decodingLab.hubToken';

const schema = v.record(v.string(), v.string());

export class HubTokens {
  constructor(private readonly secrets: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>) {}

  /** The token that was given for this very address, and for no other one. @throws LibraryError when it is none. */
  async tokenFor(endpoint: string): Promise<string | undefined> {
    return (await this.#read()).get(parseEndpoint(endpoint));
  }

  /** Keeps a token for an address, or forgets it where it is empty. @throws LibraryError when the address is none. */
  async set(endpoint: string, token: string): Promise<void> {
    const tokens = await this.#read();
    if (token === '') tokens.delete(parseEndpoint(endpoint));
    else tokens.set(parseEndpoint(endpoint), token);
    if (tokens.size === 0) await this.secrets.delete(SECRET);
    else await this.secrets.store(SECRET, JSON.stringify(Object.fromEntries(tokens)));
  }

  async #read(): Promise<Map<string, string>> {
    const text = await this.secrets.get(SECRET);
    if (text === undefined || text === '') return new Map();
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = undefined;
    }
    const parsed = v.safeParse(schema, value);
    // A token alone, as it was kept before addresses were kept with it: it was asked for as the hub's.
    return new Map(parsed.success ? Object.entries(parsed.output) : [[HUGGING_FACE, text]]);
  }
}
