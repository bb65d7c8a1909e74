/** Access tokens of hubs, each bound to the address that it was given for. */
import { HUGGING_FACE, parseEndpoint } from '../../library/endpoint';
import { AddressSecrets, type Secrets } from './addressSecrets';

export class HubTokens {
  readonly #kept: AddressSecrets;

  constructor(secrets: Secrets) {
    // A token alone was asked for as the hub's.
    const options = { name: 'decodingLab.hubToken', parse: parseEndpoint, legacy: HUGGING_FACE };
    this.#kept = new AddressSecrets(secrets, options);
  }

  /** The token that was given for this very address, and for no other one. @throws LibraryError when it is none. */
  tokenFor(endpoint: string): Promise<string | undefined> {
    return this.#kept.get(endpoint);
  }

  /** Keeps a token for an address, or forgets it where it is empty. @throws LibraryError when the address is none. */
  set(endpoint: string, token: string): Promise<void> {
    return this.#kept.set(endpoint, token);
  }
}
