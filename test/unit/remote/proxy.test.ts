import { connect } from 'node:net';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openConnection } from '../../../src/remote/http';
import type { NetworkSettings } from '../../../src/remote/source';
import { startFake, type FakeServer } from './fakeServer';

/** Only the proxy knows a machine of this name. */
const NAME = 'gpu1.invalid';

describe('a proxy', () => {
  const seen: { how: 'whole address' | 'tunnel'; to: string; authorization: string | undefined }[] = [];
  let server: FakeServer;
  let target: string;
  let refuses = false;
  const proxy = createServer((incoming, response) => {
    const url = new URL(incoming.url!);
    const { 'proxy-authorization': authorization, ...headers } = incoming.headers;
    seen.push({ how: 'whole address', to: url.href, authorization });
    if (refuses) return response.writeHead(407).end();
    const outgoing = request(
      { host: '127.0.0.1', port: url.port, path: url.pathname, method: incoming.method, headers },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      },
    );
    incoming.pipe(outgoing);
    return undefined;
  }).on('connect', (incoming, socket) => {
    seen.push({ how: 'tunnel', to: incoming.url!, authorization: incoming.headers['proxy-authorization'] });
    socket.on('error', () => undefined);
    if (refuses) return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const outgoing = connect(Number(new URL(`http://${incoming.url!}`).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      outgoing.pipe(socket).pipe(outgoing);
    });
    outgoing.on('error', () => undefined);
    return undefined;
  });
  const settings = (more: Partial<NetworkSettings> = {}): NetworkSettings => ({
    strictSSL: true,
    proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    ...more,
  });

  beforeAll(async () => {
    server = await startFake({ '/x': () => ({ a: 1 }) });
    target = server.address.replace('127.0.0.1', NAME);
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await server.stop();
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });

  const ask = (address: string, network: NetworkSettings): Promise<unknown> => {
    seen.length = 0;
    refuses = false;
    return openConnection({ name: 'GPU box', address }, network).json({
      path: '/x',
      what: 'the next tokens',
    });
  };

  it('is the way where one is set', async () => {
    expect(await ask(target, settings())).toEqual({ a: 1 });
    expect(seen).toEqual([{ how: 'whole address', to: `${target}/x`, authorization: undefined }]);
  });

  it('is told what it asks for', async () => {
    expect(await ask(target, settings({ proxyAuthorization: 'Basic bWU6c2VjcmV0' }))).toEqual({ a: 1 });
    expect(seen).toMatchObject([{ authorization: 'Basic bWU6c2VjcmV0' }]);
  });

  it('opens a tunnel to what is encrypted', async () => {
    // What answers at its end speaks no TLS: the way there is what matters.
    await expect(ask(target.replace('http:', 'https:'), settings())).rejects.toThrow(/does not speak https/);
    expect(seen).toMatchObject([{ how: 'tunnel', to: new URL(target).host }]);
  });

  it.each([
    ['the setting excepts', NAME, [NAME]],
    ['the setting excepts by its domain', NAME, ['.invalid']],
    ['is not to be reached by one', NAME, undefined],
  ])('is not the way to a server that %s', async (what, name, noProxy) => {
    const network = noProxy ? settings({ noProxy }) : { strictSSL: true, proxy: '' };
    await expect(ask(target, network), what).rejects.toThrow(`GPU box (${name}:`);
    expect(seen).toEqual([]);
  });

  it('is never the way to this machine', async () => {
    expect(await ask(server.address, settings())).toEqual({ a: 1 });
    expect(seen).toEqual([]);
  });

  it('that refuses or cannot be one is named', async () => {
    const asked = ask(target, settings());
    refuses = true;
    await expect(asked).rejects.toThrow(/proxy/);
    const tunnel = ask(target.replace('http:', 'https:'), settings());
    refuses = true;
    await expect(tunnel).rejects.toThrow(/through the proxy, which answers with status 407/);
    await expect(async () => ask(target, settings({ proxy: 'http://me:hunter2@' }))).rejects.toThrow(
      /what is set as the proxy .* is not an address/,
    );
    await expect(async () => ask(target, settings({ proxy: 'http://me:hunter2@' }))).rejects.not.toThrow(
      /hunter2/,
    );
  });

  it('of the environment is the way where none is set', async () => {
    const before = { ...process.env };
    process.env['http_proxy'] = settings().proxy!;
    try {
      expect(await ask(target, { strictSSL: true })).toEqual({ a: 1 });
      expect(seen).toMatchObject([{ how: 'whole address' }]);
    } finally {
      process.env = before;
    }
  });
});
