import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  EngineClient,
  EngineError,
  type EngineErrorCode,
  type LoadProgress,
  type ModelSource,
  type NetworkSettings,
} from '../../../src/engine/client';
import { runExperiment } from '../../../src/engine/runExperiment';
import { builtFile } from '../builtFile';
import {
  MODEL,
  sendWhole,
  startTiny,
  tokenizerFolder,
  VOCABULARY_SIZE,
  type TinyServer,
} from '../remote/tinyServer';

const KEY = 'sk-0123456789';

describe('the engine with a server', () => {
  const folder = tokenizerFolder();
  const lines: string[] = [];
  const progress: LoadProgress[] = [];
  let network: NetworkSettings = { strictSSL: true };
  let server: TinyServer;
  let client: EngineClient;
  let source: ModelSource & { kind: 'remote' };

  beforeAll(async () => {
    server = await startTiny('vllm');
    client = new EngineClient({
      entry: builtFile('main.js'),
      log: (line) => lines.push(line),
      onLoading: (told) => progress.push(told),
      settings: () => ({ prioritize: true, network }),
      // A server that says nothing for much longer is no hang of the engine.
      hangMs: 250,
    });
    source = {
      ...{ kind: 'remote', id: 'rack/tiny', name: 'Tiny', model: MODEL },
      server: { name: 'Rack 7', address: server.address, key: KEY },
      tokenizer: { kind: 'folder', directory: folder },
    };
  });
  afterEach(() => {
    server.spoil = sendWhole;
  });
  afterAll(async () => {
    await client.dispose();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const failure = async (promise: Promise<unknown>): Promise<EngineError> => {
    const error: unknown = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(EngineError);
    return error as EngineError;
  };
  const explore = (signal?: AbortSignal) =>
    runExperiment(
      client,
      'explore',
      source,
      {
        ...{ prompt: 'abc', chain: [], greedy: false, seed: 1, samples: 2, maxNewTokens: 4 },
      },
      { ...(signal && { signal }) },
    );

  it('asks it what it is', async () => {
    expect(await client.probe(source.server)).toEqual({
      ...{ kind: 'vllm', version: '0.15.0', mostListed: VOCABULARY_SIZE, needsKey: true },
      models: [{ id: MODEL, contextLength: 64 }],
    });
    const { key: _, ...without } = source.server;
    expect(await client.probe(without)).toMatchObject({ needsKey: false });
  });

  it.each<[number, string, EngineErrorCode, RegExp]>([
    [401, '{"error":"Unauthorized"}', 'access', /^Rack 7 .* does not accept the key/],
    [503, '{"error":{"message":"Loading model"}}', 'network', /^Rack 7 .* still loading its model/],
    [404, '', 'missing', /^Rack 7 .* does not know/],
  ])('tells what is wrong when it answers with %i', async (status, body, code, sentence) => {
    server.spoil = (_, response) => response.writeHead(status).end(body);
    // Either may be the first to fail, so both are waited for from the start.
    const errors = await Promise.all([
      failure(client.probe(source.server)),
      failure(client.load({ ...source, id: 'another' })),
    ]);
    for (const error of errors) {
      expect(error.code).toBe(code);
      expect(error.message).toMatch(sentence);
      expect(error.message).not.toContain(KEY);
    }
  });

  it('runs an experiment on its model, which then is among those in memory until it is unloaded', async () => {
    const result = await explore();
    expect(result.provenance).toMatchObject({
      model: source.id,
      server: { name: 'Rack 7', address: server.address, kind: 'vllm', listed: VOCABULARY_SIZE },
    });
    expect(JSON.stringify(result)).not.toContain(KEY);
    expect((await client.status()).models).toContain(source.id);
    await client.unload(source);
    expect((await client.status()).models).not.toContain(source.id);
  });

  it('waits for a server that says nothing, is not ended for that, and stops at once', async () => {
    await client.load(source);
    const { pid } = client;
    let waiting: ((request: IncomingMessage) => void) | undefined;
    const asked = new Promise<IncomingMessage>((resolve) => (waiting = resolve));
    server.spoil = (_, __, request) => waiting?.(request);
    const stop = new AbortController();
    const run = explore(stop.signal);
    const request = await asked;
    expect((await client.status()).busy).toEqual([source.id]);
    // Whoever gives up on one answer has the engine watched while it owes that.
    const other = new AbortController();
    const load = client.load({ ...source, id: 'other' }, other.signal);
    other.abort();
    expect((await failure(load)).code).toBe('stopped');
    await sleep(750);
    stop.abort();
    // With what there was before it, or with nothing.
    const ended = await run.then(
      ({ stopped }) => stopped,
      (error: unknown) => error instanceof EngineError && error.code === 'stopped',
    );
    expect(ended).toBe(true);
    await expect.poll(() => request.destroyed).toBe(true);
    expect(client.pid).toBe(pid);
    expect((await client.status()).models).toContain(source.id);
  });

  it('loads it anew when the way there has changed, and for another key', async () => {
    const paths: string[] = [];
    server.spoil = (answer, response, request) => {
      paths.push(request.url!);
      sendWhole(answer, response, request);
    };
    const loads = async (from = source): Promise<boolean> => {
      paths.length = 0;
      await client.load(from);
      return paths.includes('/v1/models');
    };
    await loads();
    expect(await loads()).toBe(false);
    network = { strictSSL: false };
    client.configure();
    expect(await loads()).toBe(true);
    expect(await loads()).toBe(false);
    expect(await loads({ ...source, server: { ...source.server, key: 'another-key' } })).toBe(true);
  });

  it('never says its key', () => {
    expect(lines.join('\n')).not.toContain(KEY);
    expect(JSON.stringify(progress)).not.toContain(KEY);
  });
});
