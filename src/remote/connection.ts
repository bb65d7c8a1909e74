/** What the protocols of all servers are spoken over. */
import type { ServerAddress } from './source';

/** One request. A body makes it a POST of JSON, which asks for nothing to be changed and may be sent again. */
export interface ServerRequest {
  /** Below the server's address, with its slash: `/v1/completions`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** What is asked for, for sentences: `the next tokens`. */
  readonly what: string;
  /** Bytes that an answer may have, or one event of a stream, decompressed; eight megabytes when left out. */
  readonly mostBytes?: number;
  /** Milliseconds for which the server may say nothing at all; two minutes when left out. */
  readonly quietMs?: number;
  /** Closes the connection, so that the server stops its work; what was asked then rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A way to one server. Whatever goes wrong on the way, or what the server refuses, is a `RemoteError` whose sentence
 * names the server and the way out; what answers is not to be trusted for all that.
 */
export interface ServerConnection {
  readonly server: Pick<ServerAddress, 'name' | 'address'>;
  /**
   * Text of the server as a sentence can have it: nothing hidden in it, not the key, and no longer than `most`
   * characters (300 when left out).
   */
  safely(text: string, most?: number): string;
  /** The whole answer, read as JSON. @throws RemoteError */
  json(request: ServerRequest): Promise<unknown>;
  /** The whole answer as it came, for those that are too large to be read in one go. @throws RemoteError */
  bytes(request: ServerRequest): Promise<Uint8Array>;
  /**
   * The events of a stream (`text/event-stream`), each read as JSON, up to its `[DONE]` or its end; whoever takes no
   * more of them closes the connection. Whether they are all that was asked for is the protocol's matter: a proxy may
   * end a stream in good order that the server never finished.
   * @throws RemoteError also for an error that the stream holds, and for a connection that breaks.
   */
  events(request: ServerRequest): AsyncIterable<unknown>;
}
