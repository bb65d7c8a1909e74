/** Faults and figures of the whole way, against reference servers with an arithmetic of their own. */
import { afterEach, describe, expect, it } from 'vitest';
import type { LanguageModel, OwnDrawing } from '../../../src/core/languageModel';
import { loadRemote } from '../../../src/remote/loadRemote';
import { RemoteError } from '../../../src/remote/remoteError';
import { hasReference, startReference, type ReferenceServer } from './referenceServer';

const servers: ReferenceServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function start(kind: 'vllm' | 'llama', ...args: string[]): Promise<ReferenceServer> {
  const server = await startReference(kind, 'models/kindling', ...args);
  servers.push(server);
  return server;
}

const load = ({ address }: ReferenceServer, signal?: AbortSignal): Promise<LanguageModel> =>
  loadRemote(
    {
      ...{ kind: 'remote', id: 'r', name: 'Kindling', model: 'kindling' },
      ...{ server: { name: 'Rack 7', address }, tokenizer: { kind: 'gpt2' } },
    },
    { signal },
  );

async function failure(action: Promise<unknown>): Promise<RemoteError> {
  const error: unknown = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RemoteError);
  return error as RemoteError;
}

const drawing: OwnDrawing = {
  ...{ prompt: [7454, 2402, 257, 640], chain: [], greedy: false, seed: 3, first: 0, samples: 1 },
  ...{ maxNewTokens: 12, stop: [] },
};

/** Requests that a server has been sent of one path. */
const sent = ({ log }: ReferenceServer, path: string): number =>
  log.filter((line) => line['path'] === path).length;

describe.skipIf(!hasReference).each(['vllm', 'llama'] as const)('the reference server of %s', (kind) => {
  const path = kind === 'vllm' ? '/v1/completions' : '/completion';

  it('that is busy, or has a proxy before it, cannot be used now, and says so', async () => {
    const busy = await start(kind, '--fault', 'busy');
    expect((await failure(load(busy))).message).toMatch(/^Rack 7 .* has too much to do \(status 429\)/);
    // It asked to be asked again.
    expect(sent(busy, '/health')).toBe(2);
    expect((await failure(load(await start(kind, '--fault', 'html')))).message).toMatch(
      /Rack 7 .* answers in its place with a web page \(status 502\)/,
    );
  });

  it.runIf(kind === 'llama')('that still loads is there when it has', async () => {
    const server = await start(kind, '--fault', 'loading');
    expect((await failure(load(server))).message).toContain('still loading its model');
    await expect.poll(() => load(server).then(({ info }) => info.kind, String)).toBe('remote');
  });

  it('that hangs is let go by a stop', async () => {
    const server = await start(kind, '--fault', 'hang');
    const stop = new AbortController();
    const reason = new Error('stopped by hand');
    const asked = (async () => {
      const model = await load(server, stop.signal);
      await model.next([{ tokens: [7454] }], stop.signal);
    })();
    const outcome = expect(asked).rejects.toBe(reason);
    await expect.poll(() => sent(server, path)).toBeGreaterThan(0);
    stop.abort(reason);
    await outcome;
    await expect.poll(() => server.log.some((line) => line['closed'] === path)).toBe(true);
  });

  it.runIf(kind === 'vllm')('that breaks off leaves the tokens that it has sent', async () => {
    const model = await load(await start(kind, '--fault', 'cut'));
    const ids: number[] = [];
    const { code, message } = await failure(model.samplers!.draw(drawing, ({ id }) => ids.push(id) > 0));
    expect(code).toBe('network');
    expect(message).toMatch(/^Rack 7 .* broke off/);
    expect(ids.length).toBeGreaterThanOrEqual(2);
  });

  it.runIf(kind === 'vllm')('that fails within a stream leaves them too, with its own words', async () => {
    const model = await load(await start(kind, '--fault', 'stream-error'));
    const ids: number[] = [];
    const { message } = await failure(model.samplers!.draw(drawing, ({ id }) => ids.push(id) > 0));
    expect(message).toContain('“EngineCore encountered an issue”');
    expect(ids).toHaveLength(3);
  });

  it('stops its work when a request is stopped', async () => {
    const server = await start(kind, '--delay', '20');
    const model = await load(server);
    const stop = new AbortController();
    const reason = new Error('stopped by hand');
    const before = sent(server, path);
    const asked = model.next(
      Array.from({ length: 40 }, (_, i) => ({ tokens: [7454, 2402, i] })),
      stop.signal,
    );
    const outcome = expect(asked).rejects.toBe(reason);
    await expect.poll(() => sent(server, path)).toBeGreaterThan(before);
    stop.abort(reason);
    await outcome;
    await expect.poll(() => server.log.some((line) => line['closed'] === path)).toBe(true);
  });

  it.runIf(kind === 'vllm')('stops its work when a drawing is stopped', async () => {
    const server = await start(kind, '--delay', '20');
    const model = await load(server);
    const stop = new AbortController();
    const reason = new Error('stopped by hand');
    const drawn = model.samplers!.draw(
      { ...drawing, samples: 3, maxNewTokens: 200 },
      () => {
        stop.abort(reason);
        return true;
      },
      stop.signal,
    );
    await expect(drawn).rejects.toBe(reason);
    await expect.poll(() => server.log.some((line) => line['closed'] === path)).toBe(true);
  });
});
