/**
 * Requests to a hub. Redirects are followed by hand: each address is looked at before it is asked, because one that is
 * this machine's own, or not encrypted, must not be asked at all, and the last address does not tell of those between.
 * The hub's word about the content also stands in its redirects alone.
 */
import { inBytes } from '../l10n/bytes';
import { retryAfter } from '../core/retryAfter';
import { isConfidential, isLoopback } from '../core/webAddress';
import { t, whole } from '../l10n/language';
import { written } from '../l10n/numbers';
import { ConnectionWatch } from './connectionWatch';
import { LibraryError } from './libraryError';
import { RetryLater, type RetryPolicy } from './retryPolicy';

/** A token for the hub at an endpoint, where the user has given one. */
export type TokenSource = (endpoint: string) => string | undefined | PromiseLike<string | undefined>;

export interface HttpOptions {
  readonly fetch: typeof fetch;
  readonly token?: TokenSource | undefined;
  readonly retryPolicy: RetryPolicy;
}

export interface Request {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** What is asked for, for sentences: `the list of files of openai-community/gpt2`. */
  readonly what: string;
}

export interface Answer {
  readonly response: Response;
  /** Who answers: the hub, or the store it redirects to. */
  readonly host: string;
  /** SHA-256 of the content, as the hub says where it redirects to a store that says something else. */
  readonly sha256: string | undefined;
  /** The commit that the hub says the content is of. */
  readonly commit: string | undefined;
  /** The validator of the bytes that come; undefined where there is none that vouches for every byte. */
  readonly etag: string | undefined;
  /**
   * The content as it arrives, decompressed.
   * @throws RetryLater when it breaks off or comes too slowly.
   */
  readonly chunks: AsyncIterable<Uint8Array>;
  /**
   * The whole content.
   * @param most bytes of it, decompressed.
   * @param onChunk called whenever some of it has arrived.
   * @throws RetryLater as `chunks` does; LibraryError when it is more.
   */
  readonly text: (most: number, onChunk: () => void) => Promise<string>;
  /** To be called when nothing more is expected. */
  readonly finish: () => Promise<void>;
}

const MOST_REDIRECTS = 8;

export class Http {
  constructor(private readonly options: HttpOptions) {}

  /**
   * Asks for `path` below `endpoint`.
   * @throws RetryLater when asking again may help.
   * @throws LibraryError otherwise.
   */
  async get(endpoint: string, path: string, request: Request): Promise<Answer> {
    const base = new URL(endpoint);
    const token = checkToken(await this.options.token?.(endpoint));
    const watch = new ConnectionWatch(this.options.retryPolicy.stallMs, request.signal);
    try {
      let url = follow(base, new URL(path, `${endpoint}/`).href, request.what);
      let sha256: string | undefined;
      let commit: string | undefined;
      // Whoever has led the request elsewhere does not say where at the hub the token goes.
      let left = false;
      for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
        const own = url.origin === base.origin;
        left ||= !own;
        const headers: Record<string, string> = { ...request.headers, 'user-agent': 'decoding-lab' };
        if (token !== undefined && !left && isConfidential(url)) headers['authorization'] = `Bearer ${token}`;
        const response = await this.options.fetch(url, { headers, redirect: 'manual', signal: watch.signal });
        if (!left) {
          sha256 = digestOf(response.headers.get('x-linked-etag')) ?? sha256;
          commit = commitOf(response.headers.get('x-repo-commit')) ?? commit;
        }
        const location = response.headers.get('location');
        if (response.status >= 300 && response.status < 400 && location !== null) {
          await response.body?.cancel();
          url = follow(url, location, request.what);
          continue;
        }
        if (!response.ok) {
          await response.body?.cancel();
          throw problem(response, { own, endpoint, what: request.what, host: url.host });
        }
        watch.restart();
        return answerOf(response, watch, url.host, request.what, { sha256, commit });
      }
      throw new LibraryError(
        'network',
        t(
          "{0} redirects more than {1} times for {2}. Check the hub's address.",
          base.host,
          whole(MOST_REDIRECTS),
          request.what,
        ),
      );
    } catch (error) {
      watch.finish();
      throw watch.explain(error, t('{0} cannot be reached for {1}', base.host, request.what));
    }
  }
}

function answerOf(
  response: Response,
  watch: ConnectionWatch,
  host: string,
  what: string,
  said: Pick<Answer, 'sha256' | 'commit'>,
): Answer {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const body = response.body as AsyncIterable<Uint8Array> | null;
    try {
      for await (const chunk of body ?? []) {
        watch.arrived(chunk.length);
        yield chunk;
      }
    } catch (error) {
      throw watch.explain(error, t('the connection to {0} broke off', host));
    }
  }
  return {
    ...said,
    response,
    host,
    etag: strongEtag(response.headers.get('etag')),
    chunks: { [Symbol.asyncIterator]: chunks },
    text: async (most, onChunk) => {
      const parts: Uint8Array[] = [];
      let length = 0;
      for await (const chunk of chunks()) {
        length += chunk.length;
        if (length > most) {
          throw new LibraryError(
            'network',
            t(
              "{0} answers with more than {1} for {2}, which is too much for a description. Check the hub's address.",
              host,
              inBytes(most),
              what,
            ),
          );
        }
        parts.push(chunk);
        onChunk();
      }
      return new TextDecoder().decode(Buffer.concat(parts));
    },
    finish: async () => {
      watch.finish();
      await response.body?.cancel().catch(() => undefined);
    },
  };
}

function checkToken(token: string | undefined): string | undefined {
  const trimmed = token?.trim();
  if (trimmed === undefined || trimmed === '') return undefined;
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new LibraryError(
    'access',
    t('The access token has characters that no token has. Copy it again from the settings of your account.'),
  );
}

/** Where an address leads from another one: nowhere that is less private than there. @throws LibraryError */
function follow(from: URL, location: string, what: string): URL {
  let to: URL;
  try {
    to = new URL(location, from);
  } catch {
    throw new LibraryError(
      'network',
      t('{0} redirects to an address that is none for {1}.', from.host, what),
    );
  }
  const web = to.protocol === 'https:' || to.protocol === 'http:';
  if (!web || (isConfidential(from) && !isConfidential(to))) {
    throw new LibraryError(
      'network',
      t(
        "{0} redirects to {1} for {2}, which is not encrypted. It is not followed; check the hub's address and the proxy.",
        from.host,
        `${to.protocol}//${to.host}`,
        what,
      ),
    );
  }
  if (isLoopback(to) && !isLoopback(from)) {
    throw new LibraryError(
      'network',
      t(
        "{0} redirects to this machine ({1}) for {2}. It is not followed; check the hub's address.",
        from.host,
        to.host,
        what,
      ),
    );
  }
  return to;
}

/** A quoted SHA-256, as the hub writes it. */
function digestOf(etag: string | null): string | undefined {
  return /^(?:W\/)?"?([0-9a-f]{64})"?$/.exec(etag ?? '')?.[1];
}

function commitOf(header: string | null): string | undefined {
  return header !== null && /^[0-9a-f]{40}$/.test(header) ? header : undefined;
}

/** Weak validators allow different bytes: they are no use for putting two parts together (RFC 9110, 13.1.5). */
function strongEtag(etag: string | null): string | undefined {
  return etag !== null && /^"[\x21\x23-\x7e]*"$/.test(etag) ? etag : undefined;
}

interface Place {
  /** Whether the answer is the hub's, or that of the store it redirects to. */
  readonly own: boolean;
  readonly endpoint: string;
  readonly what: string;
  readonly host: string;
}

function problem(response: Response, { own, endpoint, what, host }: Place): Error {
  const { status } = response;
  const code = response.headers.get('x-error-code');
  if (status === 429 || status === 408 || status === 425 || status >= 500) {
    const wait = retryAfter(response.headers.get('retry-after'));
    const said =
      status === 429 ? t('{0} is asked too often for {1}', host, what) : answersWith(host, status, what);
    return new RetryLater(said, wait);
  }
  // Links to a store are signed for a while only; the hub gives another one when it is asked again.
  if (!own && (status === 401 || status === 403)) {
    return new RetryLater(answersWith(host, status, what));
  }
  if (status === 416) return new RangeRefused();
  if (code === 'GatedRepo' || (status === 403 && code !== 'RepoNotFound')) {
    return new LibraryError(
      'access',
      t(
        "{0} does not give {1}: its authors ask for their conditions to be accepted first. Accept them on the model's page at {2}, and set an access token of that account.",
        host,
        what,
        endpoint,
      ),
    );
  }
  if (status === 401) {
    return new LibraryError(
      'access',
      t(
        '{0} does not give {1} without a valid access token: the model is private, gated, or does not exist. Check the name, or set an access token that may read it.',
        host,
        what,
      ),
    );
  }
  if (status === 404 || status === 410 || code === 'RepoNotFound') {
    return new LibraryError(
      'missing',
      t('{0} does not have {1} (status {2}). Check the name.', host, what, written(status)),
    );
  }
  return new LibraryError('network', `${answersWith(host, status, what)}.`);
}

const answersWith = (host: string, status: number, what: string): string =>
  t('{0} answers with status {1} for {2}', host, written(status), what);

/** The server has no such range of bytes: there is more here than there. */
export class RangeRefused extends RetryLater {
  constructor() {
    super(t('the server refuses to go on where the download stopped'));
  }
}
