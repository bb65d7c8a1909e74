/** The sockets to a server, by way of a proxy where one is set. */
import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { isLoopback } from '../core/webAddress';
import type { NetworkSettings } from './source';

/** Milliseconds in which a connection must be made. */
export const CONNECT_MS = 10_000;

/**
 * A dispatcher of its own for one server: its connections end some seconds after their last use. This machine's own
 * servers are never asked through a proxy, which would look for them on its own machine.
 * @throws Error when the proxy's address is none.
 */
export function dispatcherFor(url: URL, network: NetworkSettings): Dispatcher {
  const tls = { rejectUnauthorized: network.strictSSL };
  const options = { connect: { ...tls, timeout: CONNECT_MS } };
  if (isLoopback(url)) return new Agent(options);
  const { proxy, noProxy, proxyAuthorization } = network;
  return new EnvHttpProxyAgent({
    ...options,
    requestTls: tls,
    proxyTls: tls,
    // Many proxies open tunnels to encrypted servers only.
    proxyTunnel: false,
    ...(proxy !== undefined && { httpProxy: proxy, httpsProxy: proxy }),
    ...(noProxy && { noProxy: noProxy.join(',') }),
    ...(proxyAuthorization !== undefined && { token: proxyAuthorization }),
  });
}
