/** Requests to a server. */
import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { request as send, type Dispatcher } from 'undici';
import { parseBoundedJson } from '../core/boundedJson';
import { inBytes } from '../l10n/bytes';
import { t } from '../l10n/language';
import type { ServerConnection, ServerRequest } from './connection';
import { decompressed } from './decompressed';
import { dispatcherFor } from './dispatcher';
import { eventsOf } from './eventStream';
import { failed, Passing, refused } from './passing';
import { nonsense, refusalError, saidError, titleOf, wayError, type Asked } from './problems';
import { RemoteError } from './remoteError';
import { saidSafely } from './serverWords';
import type { NetworkSettings, ServerAddress } from './source';

const MOST_BYTES = 8e6;
const QUIET_MS = 120_000;
/** Bytes of a refusal that are read. */
const MOST_REFUSAL_BYTES = 65_536;
/** Bytes of a whole answer that must arrive in the time in which a server may be silent: fewer are no progress. */
const LEAST_PROGRESS_BYTES = 1000;

/** How servers are reached where no settings say it. */
const DEFAULT_NETWORK: NetworkSettings = { strictSSL: true };

/**
 * A way to a server, with sockets of its own that close some seconds after their last use.
 * @throws RemoteError when its key or the proxy's address cannot be used.
 */
export function openConnection(
  server: ServerAddress,
  network: NetworkSettings = DEFAULT_NETWORK,
): ServerConnection {
  const title = titleOf(server);
  if (server.key !== undefined && !/^[\x21-\x7e]+$/.test(server.key)) {
    throw new RemoteError(
      'access',
      t('The key of {0} has spaces or characters that no key has. Enter it again.', title),
    );
  }
  try {
    return new HttpConnection(server, dispatcherFor(new URL(server.address), network));
  } catch {
    // What is wrong with the proxy's address may quote its password.
    throw new RemoteError(
      'network',
      t(
        '{0} cannot be reached: what is set as the proxy (http.proxy, HTTP_PROXY or HTTPS_PROXY) is not an address. Correct it.',
        title,
      ),
    );
  }
}

/** An answer whose body has not been read. */
interface Opened {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

class HttpConnection implements ServerConnection {
  readonly server: Pick<ServerAddress, 'name' | 'address'>;
  readonly #server: ServerAddress;
  readonly #dispatcher: Dispatcher;

  constructor(server: ServerAddress, dispatcher: Dispatcher) {
    this.server = { name: server.name, address: server.address };
    this.#server = server;
    this.#dispatcher = dispatcher;
  }

  safely(text: string, most?: number): string {
    return saidSafely(this.#server, text, most);
  }

  async json(request: ServerRequest): Promise<unknown> {
    const asked = this.#asked(request);
    const { body, type } = await this.#open(request, 'application/json', 'gzip');
    const text = new TextDecoder().decode(await this.#whole(request, body));
    const json = readJson(asked, text, type);
    const problem = errorIn(json);
    if (problem !== undefined) throw saidError(asked, problem);
    return json;
  }

  async bytes(request: ServerRequest): Promise<Uint8Array> {
    const { body } = await this.#open(request, 'application/json', 'gzip');
    return this.#whole(request, body);
  }

  async *events(request: ServerRequest): AsyncGenerator {
    const asked = this.#asked(request);
    const { mostBytes = MOST_BYTES } = request;
    // Whoever compresses a stream keeps its events back.
    const { body, type } = await this.#open(request, 'text/event-stream', 'identity');
    if (!/^text\/event-stream\b/i.test(type)) {
      const text = new TextDecoder().decode(await this.#whole(request, body));
      const problem = errorIn(readJson(asked, text, type));
      throw problem === undefined ? nonsense(asked, beginningOf(asked, text)) : saidError(asked, problem);
    }
    for await (const event of eventsOf(this.#read(request, body, 1), asked, mostBytes)) {
      const json = readJson(asked, event, type);
      const problem = errorIn(json);
      if (problem !== undefined) throw saidError(asked, problem);
      yield json;
    }
  }

  #asked({ what, path, quietMs = QUIET_MS }: ServerRequest): Asked {
    return { server: this.#server, what, path, quietMs };
  }

  /** The answer once it has begun. */
  async #open(request: ServerRequest, accept: string, encoding: string): Promise<Opened> {
    const { signal } = request;
    signal?.throwIfAborted();
    try {
      return await pRetry(() => this.#send(request, accept, encoding), {
        ...{ retries: 1, minTimeout: 0, maxTimeout: 0 },
        ...(signal && { signal }),
        shouldRetry: async ({ error }) => {
          if (!(error instanceof Passing)) return false;
          await sleep(error.afterMs, undefined, { ...(signal && { signal }) }).catch(() => undefined);
          signal?.throwIfAborted();
          return true;
        },
      });
    } catch (error) {
      throw error instanceof Passing ? error.problem : error;
    }
  }

  async #send(request: ServerRequest, accept: string, encoding: string): Promise<Opened> {
    const { path, body, signal, quietMs = QUIET_MS } = request;
    const { address, key } = this.#server;
    const asked = this.#asked(request);
    try {
      const answer = await send(`${address}${path}`, {
        dispatcher: this.#dispatcher,
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          accept,
          'accept-encoding': encoding,
          'user-agent': 'decoding-lab',
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
        ...{ headersTimeout: quietMs, bodyTimeout: quietMs },
      });
      const { statusCode: status, headers } = answer;
      const opened: Opened = {
        ...{ status, headers },
        type: headerOf(headers, 'content-type') ?? '',
        body: decompressed(answer.body, headerOf(headers, 'content-encoding'), (found) =>
          nonsense(asked, t('bytes packed as “{0}”', saidSafely(this.#server, found, 30))),
        ),
      };
      if (status >= 200 && status < 300) return opened;
      throw await this.#refusal(request, opened);
    } catch (error) {
      throw this.#explained(request, error, false);
    }
  }

  async #refusal(request: ServerRequest, { status, type, headers, body }: Opened): Promise<Error> {
    const asked = this.#asked(request);
    const location = headerOf(headers, 'location');
    const chunks: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const chunk of this.#read(
        { ...request, quietMs: Math.min(asked.quietMs, 10_000) },
        body,
        1,
      )) {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= MOST_REFUSAL_BYTES) break;
      }
    } catch (error) {
      request.signal?.throwIfAborted();
      // The status alone says what matters.
      if (!(error instanceof RemoteError)) throw error;
    }
    const text = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, MOST_REFUSAL_BYTES));
    const error = refusalError(asked, { status, type, location, text });
    return refused(error, status, headerOf(headers, 'retry-after'));
  }

  /** The body's bytes, which must not stay away for longer than the request allows. */
  async *#read(
    request: ServerRequest,
    body: AsyncIterable<Uint8Array>,
    leastProgress: number,
  ): AsyncGenerator<Uint8Array> {
    const { quietMs = QUIET_MS } = request;
    let since = Date.now();
    let progress = 0;
    try {
      for await (const chunk of body) {
        progress += chunk.length;
        const now = Date.now();
        if (progress >= leastProgress) [since, progress] = [now, 0];
        else if (now - since > quietMs) {
          throw Object.assign(new Error('too slow'), { code: 'UND_ERR_BODY_TIMEOUT' });
        }
        yield chunk;
      }
    } catch (error) {
      throw this.#explained(request, error, true);
    }
  }

  async #whole(request: ServerRequest, body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
    const { mostBytes = MOST_BYTES } = request;
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this.#read(request, body, LEAST_PROGRESS_BYTES)) {
      length += chunk.length;
      if (length > mostBytes) throw nonsense(this.#asked(request), t('more than {0}', inBytes(mostBytes)));
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, length);
  }

  /** The error for people of what went wrong, or the reason of a stop. */
  #explained({ signal, ...request }: ServerRequest, error: unknown, begun: boolean): Error {
    if (signal?.aborted) return signal.reason as Error;
    if (error instanceof RemoteError || error instanceof Passing) return error;
    const explained = wayError(this.#asked(request), error, begun);
    return begun ? explained : failed(explained, error);
  }
}

function readJson(asked: Asked, text: string, type: string): unknown {
  return parseBoundedJson(text, () => nonsense(asked, kindOf(asked, type, text)));
}

/** What an answer is that is no JSON. */
function kindOf(asked: Asked, type: string, text: string): string {
  if (/html/i.test(type) || /^\s*</.test(text)) return t('a web page');
  if (text.trim() === '') return t('nothing');
  const beginning = beginningOf(asked, text);
  return /json|event-stream/i.test(type) ? t('what is no whole JSON ({0})', beginning) : beginning;
}

function beginningOf({ server }: Asked, text: string): string {
  return t('“{0}”', saidSafely(server, text.trim(), 60));
}

/** The error that an answer holds which was sent as a success. */
function errorIn(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || !('error' in json)) return undefined;
  return json.error ?? undefined;
}

function headerOf(headers: Opened['headers'], name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
