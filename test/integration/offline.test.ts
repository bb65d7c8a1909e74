/** Nothing that is selected, typed or scored leaves the machine. */
import * as assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import * as vscode from 'vscode';
import type { DecodingLabApi } from '../../src/extension/extension';
import { until } from './until';
import { explore, extension, openText, select } from './workspaceTools';

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
