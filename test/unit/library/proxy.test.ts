import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { proxyFetch } from '../../../src/library/proxy';
import { expectRight, libraryFixture, REPO } from './fixture';

const { hub, library } = libraryFixture();
let proxy: Server;
/** Where the proxy was asked to lead, and by whom. */
let asked: { target: string; authorization: string | undefined }[];

beforeEach(async () => {
  asked = [];
  proxy = createServer();
  proxy.on('connect', (request, client, head) => {
    const authorization = request.headers['proxy-authorization'];
    asked.push({ target: request.url!, authorization });
    const [host, port] = request.url!.split(':') as [string, string];
    const server = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      server.write(head);
      server.pipe(client).pipe(server);
    });
    for (const socket of [server, client]) socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  proxy.closeAllConnections();
  proxy.close();
});

const address = (): string => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
const host = (url: string): string => new URL(url).host;

describe('a proxy', () => {
  it('leads to the hub and to its store', async () => {
    const through = proxyFetch({ proxy: address(), noProxy: ['example.org'], authorization: 'Basic dTpw' });
    expectRight(await library({ fetch: through }).download(REPO));
    expect(new Set(asked.map(({ target }) => target))).toEqual(
      new Set([host(hub().endpoint), host(hub().storeAddress)]),
    );
    expect(asked.every(({ authorization }) => authorization === 'Basic dTpw')).toBe(true);
  });

  it('is left out for hosts that need none', async () => {
    const through = proxyFetch({ proxy: address(), noProxy: ['127.0.0.1'] });
    expectRight(await library({ fetch: through }).download(REPO));
    expect(asked).toEqual([]);
  });

  it('that does not answer is named as the trouble', async () => {
    const nowhere = address();
    proxy.close();
    const through = proxyFetch({ proxy: nowhere, noProxy: ['example.org'] });
    await expect(library({ fetch: through }).download(REPO)).rejects.toThrow(
      /cannot be reached.*Check the connection and the proxy/s,
    );
  });

  it.each(['localhost:8080', 'socks5://127.0.0.1:1080'])('is refused as %s', (wrong) => {
    expect(() => proxyFetch({ proxy: wrong })).toThrow(/expected an address that begins with http/);
  });
});

describe('VS Code’s own fetch', () => {
  it('can be used in its place', async () => {
    expectRight(await library({ fetch: globalThis.fetch }).download(REPO));
  });
});
