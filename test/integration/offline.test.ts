/** Nothing that is selected, typed or scored leaves the machine, but to the server that was chosen. */
import * as assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { DecodingLabApi } from '../../src/extension/extension';
import { hasReferenceBeside, startReferenceBeside } from '../unit/remote/referenceServer';
import { until } from './until';
import { explore, extension, openText, select, withSettings } from './workspaceTools';

const TEXT = 'Once upon a time there was a king who';

/** Addresses that this process connects to from now on, but for this machine's own. */
function watchConnections(): { readonly addresses: readonly string[]; readonly restore: () => void } {
  const addresses: string[] = [];
  const prototype = Socket.prototype as { connect: (...given: unknown[]) => unknown };
  const { connect } = prototype;
  prototype.connect = function (...given) {
    const [first] = (Array.isArray(given[0]) ? given[0] : given) as unknown[];
    const { host = 'localhost', path } = (typeof first === 'object' && first ? first : {}) as {
      host?: string;
      path?: string;
    };
    const own = path !== undefined || /^(localhost|127\.|::1)/.test(host);
    if (!own) addresses.push(host);
    return Reflect.apply(connect, this, given);
  };
  return {
    addresses,
    restore: () => {
      prototype.connect = connect;
    },
  };
}

/** Ports at the other end of connections, from lines of these tables. */
const farPorts = (lines: readonly string[]): number[] =>
  lines.map((line) => parseInt(line.trim().split(/\s+/)[2]?.split(':')[1] ?? '', 16));

/** Network sockets that a process holds, as Linux tells it: lines of its tables of TCP and UDP. */
function networkSockets(pid: number): string[] {
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return []; // Closed meanwhile.
      }
    }),
  );
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .filter((line) => own.has(line.trim().split(/\s+/)[9] ?? '')),
  );
}

describe('Decoding Lab keeps a text on the machine', () => {
  let api: DecodingLabApi;

  before(async () => {
    api = await extension().activate();
  });

  it('while it explores, suggests, scores and answers agents', async () => {
    const watched = watchConnections();
    try {
      const editor = await openText(TEXT);
      select(editor, 0, TEXT.length);
      await explore(api);
      await vscode.commands.executeCommand('decodingLab.showSurprisal');
      select(editor, TEXT.length, TEXT.length);
      const offered = api.suggestions();
      await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
      await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
      await until('suggestions are offered', () => api.suggestions() !== offered);
      await vscode.lm.invokeTool('decoding_lab_surprisal', {
        input: { text: TEXT },
        toolInvocationToken: undefined,
      });
      assert.deepEqual(watched.addresses, []);
      // The model process speaks to this one alone, over a channel that is no network.
      if (process.platform === 'linux') assert.deepEqual(networkSockets(api.enginePid()!), []);
    } finally {
      watched.restore();
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
  });

  it('and with a model on a server sends it to that server and nowhere else, once its user has been told', async function () {
    const { extensionPath } = extension();
    if (!hasReferenceBeside(extensionPath)) this.skip();
    const model = join(extensionPath, 'models', 'kindling');
    const reference = await startReferenceBeside(extensionPath, 'vllm', model, '--max-logprobs', 'all');
    const watched = watchConnections();
    const told: string[] = [];
    const { showInformationMessage } = vscode.window;
    Reflect.set(vscode.window, 'showInformationMessage', (message: string) => {
      told.push(message);
      return Promise.resolve(undefined);
    });
    const ports = new Set<number>();
    const watching = setInterval(() => {
      if (process.platform !== 'linux' || api.enginePid() === undefined) return;
      for (const port of farPorts(networkSockets(api.enginePid()!))) ports.add(port);
    }, 20);
    const settings = {
      'decodingLab.servers': [{ name: 'near', address: reference.address }],
      'decodingLab.defaultModel': 'server:near/kindling',
    };
    const completions = (): number =>
      reference.log.filter((line) => JSON.stringify(line).includes('/v1/completions')).length;
    try {
      await withSettings(settings, async () => {
        const editor = await openText(TEXT);
        select(editor, 0, TEXT.length);
        await explore(api);
        await until('the server has been asked', () => completions() > 0);
        await until('nothing runs', () => api.pendingRequests() === 0 && api.pendingEngineRequests() === 0);
      });
      assert.deepEqual(
        told.filter((message) => message.includes('is sent to')),
        [`The text you explore with this model is sent to ${reference.address} and nowhere else.`],
      );
      assert.deepEqual(watched.addresses, []);
      if (process.platform === 'linux') {
        assert.deepEqual([...ports], [Number(new URL(reference.address).port)]);
      }
    } finally {
      clearInterval(watching);
      Reflect.set(vscode.window, 'showInformationMessage', showInformationMessage);
      watched.restore();
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await reference.stop();
    }
  });

  it('and the watch would tell: a connection elsewhere is seen', () => {
    const watched = watchConnections();
    const socket = new Socket();
    socket.on('error', () => undefined);
    socket.connect({ host: '192.0.2.1', port: 9 });
    socket.destroy();
    watched.restore();
    assert.deepEqual(watched.addresses, ['192.0.2.1']);
  });
});
