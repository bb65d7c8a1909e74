import { gzipSync } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { openConnection } from '../../../src/remote/http';
import { RemoteError, type RemoteErrorCode } from '../../../src/remote/remoteError';
import type { ServerRequest } from '../../../src/remote/connection';
import { startFake, type Answers, type FakeServer } from './fakeServer';

const KEY = 'sk-0123456789';
const servers: FakeServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function start(answers: Answers): Promise<FakeServer> {
  const server = await startFake(answers);
  servers.push(server);
  return server;
}

/** A server that answers everything asked of `/x` so; whoever connects to it sends the key. */
async function answering(answer: Answers[string], options: Partial<ServerRequest> = {}) {
  const server = await start({ '/x': answer });
  const connection = openConnection({ name: 'GPU box', address: server.address, key: KEY });
  const request = { path: '/x', what: 'the next tokens', ...options };
  return {
    server,
    asked: () => server.asked.length,
    json: () => connection.json(request),
    events: async () => {
      const events: unknown[] = [];
      for await (const event of connection.events(request)) events.push(event);
      return events;
    },
    connection,
    request,
  };
}

const writes =
  (status: number, body: string | Buffer, headers: Record<string, string> = {}): Answers[string] =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };

/** A stream of these blocks, ended in good order. */
const streams = (...blocks: string[]): Answers[string] =>
  writes(200, blocks.map((block) => `${block}\n\n`).join(''), { 'content-type': 'text/event-stream' });

async function failure(action: Promise<unknown>): Promise<RemoteError> {
  const error: unknown = await action.then(
    (value) => new Error(`answered ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RemoteError);
  return error as RemoteError;
}

/** Resolves when the connection of an answer has ended. */
const closed = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => response.once('close', resolve));

const json = { 'content-type': 'application/json' };
const html = { 'content-type': 'text/html' };

describe('what a server refuses', () => {
  it.each<[string, number, string, Record<string, string>, RemoteErrorCode, RegExp]>([
    [
      'a wrong key, as vLLM',
      401,
      '{"error":"Unauthorized"}',
      json,
      'access',
      /does not accept the key.*“Unauthorized”/,
    ],
    [
      'a wrong key, as llama-server',
      401,
      '{"error":{"code":401,"message":"Invalid API Key"}}',
      json,
      'access',
      /“Invalid API Key”/,
    ],
    ['a key without rights', 403, '', json, 'access', /does not allow the next tokens \(status 403\)/],
    [
      'a model that is gone',
      404,
      '{"error":{"message":"The model `m` does not exist."}}',
      json,
      'missing',
      /does not have the model.*“The model `m` does not exist”/,
    ],
    ['a path', 404, '{"detail":"Not Found"}', json, 'missing', /does not know \/x .*vLLM or llama-server/],
    ['a path, as a web page', 404, '<html>', html, 'missing', /does not know \/x/],
    [
      'too many requests',
      429,
      '{"error":{"message":"Slow down"}}',
      json,
      'network',
      /too much to do.*“Slow down”/,
    ],
    [
      'while it loads',
      503,
      '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}',
      json,
      'network',
      /still loading its model/,
    ],
    [
      'a proxy without a server',
      502,
      '<html><body>Bad gateway</body></html>',
      html,
      'network',
      /answers in its place with a web page \(status 502\)/,
    ],
    [
      'what it is asked',
      400,
      '{"error":{"message":"logprobs must be positive"}}',
      json,
      'refused',
      /refuses the next tokens.*“logprobs must be positive”/,
    ],
    [
      'what it is asked, as FastAPI',
      422,
      '{"detail":[{"msg":"field required"}]}',
      json,
      'refused',
      /field required/,
    ],
    [
      'a fault of its own',
      500,
      'CUDA out of memory',
      {},
      'network',
      /failed at the next tokens \(status 500\): “CUDA out of memory”/,
    ],
    ['a proxy with a password', 407, '', {}, 'network', /proxy .* asks for a name and a password/],
  ])('%s', async (_, status, body, headers, code, sentence) => {
    const { json, server } = await answering(writes(status, body, headers));
    const error = await failure(json());
    expect(error.code).toBe(code);
    expect(error.message).toMatch(sentence);
    expect(error.message).toContain(`GPU box (${new URL(server.address).host})`);
  });

  it('is quoted short, with all that hides made visible, and whole for those who read it', async () => {
    const words = `a\u202Eb${'x'.repeat(1000)}`;
    const { json } = await answering(writes(400, JSON.stringify({ error: { message: words } })));
    const error = await failure(json());
    expect(error.message).not.toContain('\u202E');
    expect(error.message).toContain('a‹U+202E›b');
    expect(error.message.length).toBeLessThan(600);
    expect(error.said).toHaveLength('a‹U+202E›b'.length + 1000);
  });

  it('never repeats the key, wherever the server puts it', async () => {
    for (const [status, body] of [
      [401, `{"error":{"message":"Incorrect API key: ${KEY}"}}`],
      [500, `Bearer ${KEY}`],
      [200, `not JSON ${KEY}`],
      [200, `{"error":"${KEY}"}`],
    ] as const) {
      const { json } = await answering(writes(status, body));
      const error = await failure(json());
      expect(`${error.message} ${error.said ?? ''}`).not.toContain(KEY);
    }
  });

  it('asks for a key where none was given', async () => {
    const { server } = await answering(writes(401, '{"error":"Unauthorized"}'));
    const connection = openConnection({ name: 'GPU box', address: server.address });
    const { code, message } = await failure(connection.json({ path: '/x', what: 'the next tokens' }));
    expect(code).toBe('access');
    expect(message).toContain('asks for a key');
  });
});

describe('where a request goes', () => {
  it('to the address below its path, with the key', async () => {
    let seen: string | undefined;
    const server = await start({
      '/base/x': (_, __, { headers }) => {
        seen = headers.authorization;
        return { a: 1 };
      },
    });
    const connection = openConnection({ name: 'n', address: `${server.address}/base`, key: KEY });
    expect(await connection.json({ path: '/x', what: 'x', body: { b: 2 } })).toEqual({ a: 1 });
    expect(seen).toBe(`Bearer ${KEY}`);
    expect(server.asked).toEqual([{ path: '/base/x', body: { b: 2 } }]);
  });

  it('nowhere else: redirects are not followed', async () => {
    const elsewhere = await start({ '/x': () => ({ a: 1 }) });
    const location = `${elsewhere.address}/x?key=${KEY}`;
    const { json } = await answering(writes(307, '', { location }));
    const { message } = await failure(json());
    expect(message).toContain(`leads to ${elsewhere.address}/x?key=[key]`);
    expect(elsewhere.asked).toEqual([]);
  });

  it('not with a key that would break the request', () => {
    expect(() => openConnection({ name: 'n', address: 'http://localhost:1', key: 'a\r\nb: c' })).toThrow(
      /spaces or characters that no key has/,
    );
  });

  it('nowhere where nothing answers, and the sentence says so', async () => {
    const server = await start({});
    await server.stop();
    servers.pop();
    const connection = openConnection({ name: 'n', address: server.address });
    const { code, message } = await failure(connection.json({ path: '/x', what: 'x' }));
    expect(code).toBe('network');
    expect(message).toContain('nothing answers there (ECONNREFUSED)');
    const unknown = openConnection(
      { name: 'n', address: 'http://nowhere.invalid:1' },
      { strictSSL: true, proxy: '' },
    );
    expect((await failure(unknown.json({ path: '/x', what: 'x' }))).message).toMatch(/its name is not known/);
    const tls = openConnection({ name: 'n', address: (await start({})).address.replace('http:', 'https:') });
    expect((await failure(tls.json({ path: '/x', what: 'x' }))).message).toContain('does not speak https');
  });
});

describe('one more try', () => {
  /** Fails the first time. */
  const recovers = (fail: (response: ServerResponse) => void): Answers[string] => {
    let times = 0;
    return (_, response) => {
      times += 1;
      if (times > 1) return { ok: true };
      fail(response);
      return undefined;
    };
  };

  it.each<[string, (response: ServerResponse) => void]>([
    [
      'after a busy server has said when',
      (response) => response.writeHead(429, { 'retry-after': '0' }).end(),
    ],
    [
      'after a server that is not ready has said when',
      (response) => response.writeHead(503, { 'retry-after': new Date().toUTCString() }).end(),
    ],
    ['after a connection that was closed before a byte came', (response) => response.destroy()],
  ])('%s', async (_, fail) => {
    const { json, asked } = await answering(recovers(fail));
    expect(await json()).toEqual({ ok: true });
    expect(asked()).toBe(2);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['the wait would be long', (response) => response.writeHead(429, { 'retry-after': '3600' }).end()],
    ['the server has not said when', (response) => response.writeHead(503).end()],
    ['the server failed', (response) => response.writeHead(500, { 'retry-after': '0' }).end()],
    [
      'the answer had begun',
      (response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{');
        setTimeout(() => response.destroy(), 20);
      },
    ],
  ])('not where %s', async (_, fail) => {
    const { json, asked } = await answering(recovers(fail));
    await failure(json());
    expect(asked()).toBe(1);
  });

  it('is the last one', async () => {
    const { json, asked } = await answering(writes(429, '', { 'retry-after': '0' }));
    expect((await failure(json())).message).toContain('too much to do');
    expect(asked()).toBe(2);
  });
});

describe('an answer', () => {
  it('may come compressed', async () => {
    const { json } = await answering(writes(200, gzipSync('{"a":1}'), { 'content-encoding': 'gzip' }));
    expect(await json()).toEqual({ a: 1 });
  });

  it.each<[string, Answers[string], RegExp]>([
    ['cut off', writes(200, '{"a":', json), /what is no whole JSON \(“{"a":”\)/],
    ['a web page', writes(200, '<html>', html), /a web page/],
    ['empty', writes(200, ''), /answers with nothing/],
    [
      'an error after all',
      writes(200, '{"error":{"message":"Engine died."}}', json),
      /an error of its own: “Engine died”/,
    ],
    ['packed in an unknown way', writes(200, 'x', { 'content-encoding': 'rot13' }), /packed as “rot13”/],
    ['damaged in its packing', writes(200, 'no gzip', { 'content-encoding': 'gzip' }), /broke off/],
    ['nested without end', writes(200, '['.repeat(1e5), json), /no whole JSON/],
    [
      'broken off',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"a"');
        setTimeout(() => response.destroy(), 20);
      },
      /broke off in the middle of the next tokens/,
    ],
  ])('that is %s is no answer', async (_, answer, sentence) => {
    const { json } = await answering(answer);
    expect((await failure(json())).message).toMatch(sentence);
  });

  it('has an end, also one that is small while it is compressed; the connection is closed then', async () => {
    let ended: Promise<void> | undefined;
    const endless = await answering(
      (_, response) => {
        ended = closed(response);
        response.writeHead(200);
        const write = (): void => {
          if (response.destroyed) return;
          response.write('x'.repeat(65_536), () => setImmediate(write));
        };
        write();
      },
      { mostBytes: 1e6 },
    );
    expect((await failure(endless.json())).message).toContain('more than 1 MB');
    await ended;
    const bomb = await answering(writes(200, gzipSync(Buffer.alloc(2e6)), { 'content-encoding': 'gzip' }), {
      mostBytes: 1e6,
    });
    expect((await failure(bomb.json())).message).toContain('more than 1 MB');
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['at all', () => undefined],
    ['any more', (response) => response.writeHead(200).write('{')],
    [
      'enough to be an answer one day',
      (response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 20);
        response.once('close', () => {
          clearInterval(timer);
        });
      },
    ],
  ])('that does not come %s is not waited for', async (_, answer) => {
    let ended: Promise<void> | undefined;
    const { json } = await answering(
      (__, response) => {
        ended = closed(response);
        answer(response);
      },
      { quietMs: 200 },
    );
    const { code, message } = await failure(json());
    expect(code).toBe('network');
    expect(message).toContain('said nothing for 0.2 seconds');
    await ended;
  });
});

describe('a stream', () => {
  it('is its events up to [DONE], without pings', async () => {
    const { events } = await answering(
      streams('data: {"a":1}', ': ping', 'data: {"a":"é"}', 'data: [DONE]', 'data: {"a":3}'),
    );
    expect(await events()).toEqual([{ a: 1 }, { a: 'é' }]);
  });

  it('may end without [DONE]', async () => {
    const { events } = await answering(streams('data: {"a":1}'));
    expect(await events()).toEqual([{ a: 1 }]);
  });

  it('gives what came before an error', async () => {
    for (const error of [
      'data: {"error":{"message":"EngineCore encountered an issue.","code":500}}',
      'error: {"code":500,"message":"EngineCore encountered an issue."}',
    ]) {
      const { connection, request } = await answering(streams('data: {"a":1}', error, 'data: [DONE]'));
      const events: unknown[] = [];
      const reading = (async () => {
        for await (const event of connection.events(request)) events.push(event);
      })();
      expect((await failure(reading)).message).toContain('“EngineCore encountered an issue”');
      expect(events).toEqual([{ a: 1 }]);
    }
  });

  it.each<[string, Answers[string], RegExp]>([
    ['JSON', writes(200, '{"a":1}', json), /“{"a":1}” in place of/],
    ['an error', writes(200, '{"error":{"message":"No."}}', json), /an error of its own: “No”/],
    ['a web page', writes(200, '<html>', html), /a web page/],
    ['an event that is no JSON', streams('data: {"a":'), /no whole JSON/],
    [
      'an event without an end',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(`data: ${'x'.repeat(200_000)}`);
      },
      /more than 100 kB without an event/,
    ],
    [
      'pings without an end',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (let i = 0; i < 20; i++) response.write(`: ${'x'.repeat(10_000)}\n\n`);
      },
      /more than 100 kB without an event/,
    ],
    [
      'a connection that breaks',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"a":1}\n\n');
        setTimeout(() => response.destroy(), 20);
      },
      /broke off in the middle/,
    ],
  ])('that is %s ends in a sentence', async (_, answer, sentence) => {
    const { events } = await answering(answer, { mostBytes: 100_000 });
    expect((await failure(events())).message).toMatch(sentence);
  });

  it('is closed by whoever takes no more of it', async () => {
    let ended: Promise<void> | undefined;
    const { connection, request } = await answering((_, response) => {
      ended = closed(response);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"a":1}\n\n');
    });
    for await (const event of connection.events(request)) {
      expect(event).toEqual({ a: 1 });
      break;
    }
    await ended;
  });
});

describe('a stop', () => {
  const reason = new Error('stopped by hand');

  it.each<[string, (response: ServerResponse) => void]>([
    ['before the answer', () => undefined],
    ['within the answer', (response) => response.writeHead(200).write('{')],
  ])('%s closes the connection and is the reason', async (_, answer) => {
    const stop = new AbortController();
    let ended: Promise<void> | undefined;
    const { json } = await answering(
      (__, response) => {
        ended = closed(response);
        answer(response);
        setTimeout(() => {
          stop.abort(reason);
        }, 20);
      },
      { signal: stop.signal },
    );
    await expect(json()).rejects.toBe(reason);
    await ended;
  });

  it('within a stream does so too', async () => {
    const stop = new AbortController();
    let ended: Promise<void> | undefined;
    const { connection, request } = await answering(
      (_, response) => {
        ended = closed(response);
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"a":1}\n\n');
      },
      { signal: stop.signal },
    );
    const reading = (async () => {
      for await (const event of connection.events(request)) {
        expect(event).toEqual({ a: 1 });
        stop.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    await ended;
  });

  it('ends the wait that a server asks for, and asks no more', async () => {
    const stop = new AbortController();
    const { json, asked } = await answering(
      (_, response) => {
        response.writeHead(429, { 'retry-after': '9' }).end();
        setTimeout(() => {
          stop.abort(reason);
        }, 20);
      },
      { signal: stop.signal },
    );
    await expect(json()).rejects.toBe(reason);
    expect(asked()).toBe(1);
  });

  it('that came already asks nothing', async () => {
    const { json, asked } = await answering(() => ({}), { signal: AbortSignal.abort(new Error('no')) });
    await expect(json()).rejects.toThrow('no');
    expect(asked()).toBe(0);
  });
});
