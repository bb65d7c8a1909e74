/** The web through a proxy. */
import { EnvHttpProxyAgent, fetch as undiciFetch } from 'undici';
import { MOST_HEADER_BYTES } from './connectionWatch';
import { LibraryError } from './libraryError';

/** As VS Code's settings `http.proxy`, `http.noProxy`, `http.proxyStrictSSL` and `http.proxyAuthorization` say it. */
export interface ProxySettings {
  /** Address of the proxy; the environment's (`HTTPS_PROXY`, `HTTP_PROXY`) where it is left out. */
  readonly proxy?: string | undefined;
  /** Hosts that are reached without it; the environment's (`NO_PROXY`) where it is left out. */
  readonly noProxy?: readonly string[] | undefined;
  /** Whether certificates that no authority vouches for are refused; true when left out. */
  readonly strictSsl?: boolean | undefined;
  /** Value of the header `Proxy-Authorization`. */
  readonly authorization?: string | undefined;
}

/**
 * A `fetch` that goes through the proxy, where there is one.
 * @throws LibraryError when the proxy's address is none.
 */
export function proxyFetch(settings: ProxySettings = {}): typeof fetch {
  const { proxy, noProxy, strictSsl = true, authorization } = settings;
  const address = proxy === undefined || proxy === '' ? undefined : proxy;
  if (address !== undefined && !/^https?:\/\//.test(address)) {
    throw new LibraryError(
      'name',
      `The proxy ${JSON.stringify(address)} cannot be used, expected an address that begins with http:// or https://.`,
    );
  }
  const tls = { rejectUnauthorized: strictSsl };
  const dispatcher = new EnvHttpProxyAgent({
    ...(address !== undefined && { httpProxy: address, httpsProxy: address }),
    ...(noProxy !== undefined && noProxy.length > 0 && { noProxy: noProxy.join(',') }),
    ...(authorization !== undefined && { token: authorization }),
    maxHeaderSize: MOST_HEADER_BYTES,
    connect: { ...tls, timeout: 30_000 },
    requestTls: tls,
    proxyTls: tls,
    // Silence is judged by the library, which knows whether a person has paused.
    bodyTimeout: 0,
  });
  const through: unknown = (input: string | URL, init?: object) =>
    undiciFetch(input, { ...init, dispatcher });
  // undici's own fetch and Node's, which is undici's too, differ only in their declarations.
  return through as typeof fetch;
}
