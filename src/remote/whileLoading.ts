import type { ServerConnection, ServerRequest } from './connection';

/**
 * A connection of which a signal ends all requests that have none of their own, until it is told that the loading of
 * its model is over: what a model asks for later is a matter of whoever wants it.
 */
export class WhileLoading implements ServerConnection {
  readonly server: ServerConnection['server'];
  #signal: AbortSignal | undefined;

  constructor(
    private readonly connection: ServerConnection,
    signal: AbortSignal | undefined,
  ) {
    this.server = connection.server;
    this.#signal = signal;
  }

  over(): void {
    this.#signal = undefined;
  }

  safely(text: string, most?: number): string {
    return this.connection.safely(text, most);
  }

  json(request: ServerRequest): Promise<unknown> {
    return this.connection.json(this.#with(request));
  }

  bytes(request: ServerRequest): Promise<Uint8Array> {
    return this.connection.bytes(this.#with(request));
  }

  events(request: ServerRequest): AsyncIterable<unknown> {
    return this.connection.events(this.#with(request));
  }

  #with(request: ServerRequest): ServerRequest {
    return this.#signal && !request.signal ? { ...request, signal: this.#signal } : request;
  }
}
