import { describe, expect, it } from 'vitest';
import { FIRST_AHEAD, PROTOCOL_VERSION, readFromPanel } from '../../../src/protocol/messages';
import { Host, RequestError, type Announcement } from '../../../webview/host';

interface Fake {
  readonly host: Host;
  readonly sent: Record<string, unknown>[];
  readonly announced: Announcement[];
  readonly unreadable: string[];
  /** What has changed is on the screen. */
  readonly draw: () => void;
}

const AHEAD = FIRST_AHEAD + 5;
/** A run that the extension has begun ahead, and its first event. */
const begun = {
  type: 'several',
  messages: [
    {
      type: 'ahead',
      asked: { parameters: { prompt: 'a' }, type: 'run', request: AHEAD, experiment: 'explore', model: 'm' },
    },
    { type: 'event', request: AHEAD, event: 'first' },
  ],
};

function fake(): Fake {
  const sent: Record<string, unknown>[] = [];
  const drawn: (() => void)[] = [];
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
    (work) => drawn.push(work),
  );
  const draw = (): void => {
    for (const work of drawn.splice(0)) work();
  };
  return { host, sent, announced, unreadable, draw };
}

describe('the page’s side of the protocol', () => {
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

  it('takes over a run that was begun ahead, with what has come of it, and lets it go on once that is drawn', async () => {
    const { host, sent, draw } = fake();
    host.receive(begun);
    const events: unknown[] = [];
    const run = host.run('explore', 'm', undefined, { prompt: 'a' }, (event) => events.push(event));
    expect(events).toEqual([]);
    await Promise.resolve();
    expect(events).toEqual(['first']);
    expect(sent).toEqual([]);
    draw();
    expect(sent).toEqual([{ type: 'tell', request: AHEAD, message: 'resume' }]);
    host.forgoRuns();
    host.receive({ type: 'event', request: AHEAD, event: 'second' });
    host.receive({ type: 'result', request: AHEAD, result: 'end' });
    await expect(run.result).resolves.toBe('end');
    expect(events).toEqual(['first', 'second']);
    run.cancel();
    expect(sent.at(-1)).toEqual({ type: 'cancel', request: AHEAD });
  });

  it.each([
    ['other parameters', 'explore', 'm', undefined, { prompt: 'b' }],
    ['another model', 'explore', 'n', undefined, { prompt: 'a' }],
    ['another experiment', 'temperature', 'm', undefined, { prompt: 'a' }],
    ['a toy of its own', 'explore', 'm', { words: ['x'], logits: [0] }, { prompt: 'a' }],
  ])(
    'asks for a run with %s itself, and ends the one that was begun ahead',
    async (_, name, model, toy, parameters) => {
      const { host, sent } = fake();
      host.receive(begun);
      const events: unknown[] = [];
      const run = host.run(name, model, toy, parameters, (event) => events.push(event));
      host.forgoRuns();
      expect(sent.map(({ type }) => type)).toEqual(['run', 'cancel']);
      expect(sent[1]).toEqual({ type: 'cancel', request: AHEAD });
      host.receive({ type: 'result', request: sent[0]!['request'], result: 'own' });
      await expect(run.result).resolves.toBe('own');
      expect(events).toEqual([]);
    },
  );

  it('takes over a model that is being loaded, and does not end its loading with a prompt', async () => {
    const { host, sent } = fake();
    host.receive({ type: 'ahead', asked: { type: 'load', request: AHEAD, model: 'm' } });
    host.forgoRuns();
    const loading = host.load('m', undefined);
    expect(sent).toEqual([]);
    host.receive({ type: 'failure', request: AHEAD, failure: { code: 'model', sentence: 'No.' } });
    await expect(loading).rejects.toThrow('No.');
    void host.load('m', undefined);
    expect(sent).toHaveLength(1);
  });

  it('asks anew for what was begun ahead with an answer that cannot be read', () => {
    const { host, sent, unreadable } = fake();
    host.receive({ type: 'ahead', asked: { type: 'load', request: AHEAD, model: 'm' } });
    host.receive({ type: 'model', request: AHEAD, vocabulary: 'none' });
    expect(unreadable).toEqual(['model']);
    void host.load('m', undefined);
    expect(sent).toMatchObject([{ type: 'load', model: 'm' }]);
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
