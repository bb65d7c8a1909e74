import { describe, expect, it } from 'vitest';
import { PROTOCOL_VERSION, readFromPanel } from '../../../src/protocol/messages';
import { Host, RequestError, type Announcement } from '../../../webview/host';

interface Fake {
  readonly host: Host;
  readonly sent: Record<string, unknown>[];
  readonly announced: Announcement[];
  readonly unreadable: string[];
}

function fake(): Fake {
  const sent: Record<string, unknown>[] = [];
  const announced: Announcement[] = [];
  const unreadable: string[] = [];
  const host = new Host(
    {
      postMessage: (message) => {
        // Whatever the page sends must be a message to the extension.
        expect(readFromPanel(message)).not.toBeNull();
        sent.push(message as Record<string, unknown>);
      },
    },
    (message) => announced.push(message),
    (type) => unreadable.push(type),
  );
  return { host, sent, announced, unreadable };
}

describe('the page’s side of the protocol', () => {
  it('says its version', () => {
    const { host, sent } = fake();
    host.ready();
    expect(sent).toEqual([{ type: 'ready', version: PROTOCOL_VERSION }]);
  });

  it('gives each answer to its own request', async () => {
    const { host, sent } = fake();
    const first = host.copy('a');
    const second = host.insert('b', 'after');
    const [one, two] = sent.map(({ request }) => request);
    expect(one).not.toBe(two);
    host.receive({ type: 'failure', request: two, failure: { code: 'insert', sentence: 'No.' } });
    host.receive({ type: 'done', request: one });
    await expect(first).resolves.toBeUndefined();
    await expect(second).rejects.toThrow('No.');
    await expect(second).rejects.toBeInstanceOf(RequestError);
  });

  it('hands a run’s events over until its result, and nothing after it', async () => {
    const { host, sent } = fake();
    const events: unknown[] = [];
    const run = host.run('explore', 'toy', undefined, {}, (event) => events.push(event));
    const { request } = sent[0]!;
    host.receive({ type: 'event', request, event: 1 });
    host.receive({ type: 'event', request: 999, event: 'of another' });
    run.cancel();
    expect(sent.at(-1)).toEqual({ type: 'cancel', request });
    host.receive({ type: 'event', request, event: 2 });
    host.receive({ type: 'result', request, result: 'end' });
    host.receive({ type: 'event', request, event: 3 });
    await expect(run.result).resolves.toBe('end');
    expect(events).toEqual([1, 2]);
  });

  it('ends a request whose answer cannot be read', async () => {
    const { host, sent, unreadable } = fake();
    const loading = host.load('fireside', undefined);
    host.receive({ type: 'model', request: sent[0]!['request'], vocabulary: 'none' });
    await expect(loading).rejects.toThrow(/cannot read.*open it again/);
    expect(unreadable).toEqual(['model']);
  });

  it('refuses an answer of another kind', async () => {
    const { host, sent } = fake();
    const loading = host.load('fireside', undefined);
    host.receive({ type: 'done', request: sent[0]!['request'] });
    await expect(loading).rejects.toThrow(/does not belong/);
  });

  it('reports a welcome of another version, and passes on what it knows', () => {
    const { host, announced, unreadable } = fake();
    host.receive({ type: 'welcome', version: PROTOCOL_VERSION + 1, models: [] });
    host.receive({ type: 'engine', state: 'ready' });
    host.receive(null);
    expect(unreadable).toEqual(['welcome', 'unknown']);
    expect(announced).toEqual([{ type: 'engine', state: 'ready' }]);
  });
});
