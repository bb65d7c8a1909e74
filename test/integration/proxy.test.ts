/** Models are downloaded through VS Code's own fetch, which goes by a proxy where there is one. */
import * as assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, request as ask, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { HubServer } from '../unit/library/hubServer';
import { PROXY_VARIABLE } from './report';
import { extension, withSettings } from './workspaceTools';

/** Names that only the proxy knows: nothing is reached without it. */
const HUB = 'hub.example';
const STORE = 'store.example';

const WEIGHTS = 'model.safetensors';

/** Where VS Code was told to find its proxy, with a name and a password: nobody else listens there. */
const { port, username, password } = new URL(process.env[PROXY_VARIABLE]!);

describe('A download through a proxy', () => {
  let hub: HubServer;
  let proxy: Server;
  let folder: string;
  /** Where the proxy was asked to lead, and by whom. */
  let asked: { readonly host: string; readonly by: string | undefined }[];

  const portOf = (host: string): number =>
    Number(new URL(host === HUB ? hub.endpoint : hub.storeAddress).port);

  before(async () => {
    await extension().activate();
    hub = await HubServer.start();
    hub.storeName = `http://${STORE}`;
    const model = join(extension().extensionPath, 'models', 'fireside');
    hub.add('tester/tale', {
      'config.json': readFileSync(join(model, 'config.json')),
      [WEIGHTS]: readFileSync(join(model, WEIGHTS)),
    });
    // Both ways of asking a proxy for http: by an absolute address, and by a tunnel.
    proxy = createServer((request, response) => {
      const { hostname, pathname, search } = new URL(request.url!);
      asked.push({ host: hostname, by: request.headers['proxy-authorization'] });
      const place = { host: '127.0.0.1', port: portOf(hostname), path: pathname + search };
      const passed = ask({ ...place, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
        answer.on('error', () => response.destroy());
      });
      passed.on('error', () => response.destroy());
      passed.end();
    });
    proxy.on('connect', (request, client, head) => {
      const host = request.url!.split(':')[0]!;
      asked.push({ host, by: request.headers['proxy-authorization'] });
      const server = connect(portOf(host), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        server.write(head);
        server.pipe(client).pipe(server);
      });
      for (const [end, other] of [
        [server, client],
        [client, server],
      ] as const) {
        end.on('error', () => end.destroy());
        end.on('close', () => other.destroy());
      }
    });
    await new Promise<void>((resolve) => proxy.listen(Number(port), '127.0.0.1', resolve));
  });

  beforeEach(() => {
    asked = [];
    hub.fault = () => undefined;
    hub.arrived = () => Infinity;
    hub.seen.length = 0;
    folder = mkdtempSync(join(tmpdir(), 'decoding-lab-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  after(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await hub.stop();
  });

  const download = async (): Promise<void> => {
    const settings = {
      'decodingLab.library.folder': folder,
      'decodingLab.library.endpoints': [`http://${HUB}`],
      'decodingLab.library.catalog': [{ id: 'tale', repo: 'tester/tale' }],
    };
    await withSettings(settings, async () => {
      await vscode.commands.executeCommand('decodingLab.downloadModel', {
        kind: 'catalog',
        entry: { id: 'tale' },
      });
    });
    const arrived = readFileSync(join(folder, 'tale', WEIGHTS));
    assert.ok(arrived.equals(readFileSync(join(extension().extensionPath, 'models', 'fireside', WEIGHTS))));
  };

  it('comes from the hub and from its store, with the name and password of the proxy', async () => {
    await download();
    assert.deepEqual([...new Set(asked.map(({ host }) => host))].sort(), [HUB, STORE]);
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    assert.deepEqual(new Set(asked.map(({ by }) => by)), new Set([basic]));
  });

  it('goes on where it broke off', async () => {
    const part = join(folder, '.downloads', 'tale', `${WEIGHTS}.part`);
    const half = 7_000_000;
    hub.arrived = () => (existsSync(part) ? statSync(part).size : 0);
    hub.fault = ({ where, file, before }) =>
      where === 'store' && file === WEIGHTS && before === 0 ? { cutAfter: half } : undefined;
    await download();
    assert.deepEqual(
      hub.requestsFor(WEIGHTS).map(({ range }) => range),
      [undefined, `bytes=${half}-`],
    );
  });
});
