/** Which servers the page has said of that texts go there. */
import { signal } from '@preact/signals-core';
import type { KnownServer } from './serverView';
import type { Session } from './session';

export class ServerRemark {
  readonly #session: Pick<Session, 'server'>;
  readonly #closed = signal<readonly string[]>([]);

  constructor(session: Pick<Session, 'server'>) {
    this.#session = session;
  }

  /** The server to speak of; null where none is used, or where that was read. */
  get server(): KnownServer | null {
    const { server } = this.#session;
    return server && !this.#closed.value.includes(server.address) ? server : null;
  }

  close(): void {
    const { server } = this;
    if (server) this.#closed.value = [...this.#closed.peek(), server.address];
  }

  /** Addresses of servers of which it is not said again. */
  get closed(): readonly string[] {
    return this.#closed.value;
  }

  set closed(addresses: readonly string[]) {
    this.#closed.value = addresses;
  }
}
