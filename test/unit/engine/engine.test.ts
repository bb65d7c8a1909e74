import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOY_DEFAULT } from '../../../src/core/toyModel';
import { EngineClient, EngineError, type LoadProgress, type ModelSource } from '../../../src/engine/client';
import { runExperiment } from '../../../src/engine/runExperiment';
import type { SurprisalResult } from '../../../src/experiments/surprisal/result';
import type { ExploreEvent, ExploreResult } from '../../../src/experiments/explore/result';
import { builtFile } from '../builtFile';
import { writeByteGpt2 } from '../training/randomGpt2';

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const tiny = file('fixtures/oracles/gpt2-tiny/plain-names');
const bundled = file('../models/fireside');
const reference = file('fixtures/oracles/bundled/fireside.json');

interface FiresideFile {
  readonly cases: readonly {
    readonly prompt: string;
    readonly input_ids: readonly number[];
    readonly greedy_40: readonly number[];
    readonly last_logits_top50: readonly (readonly [number, number])[];
  }[];
}

const toy: ModelSource = { kind: 'toy', ...TOY_DEFAULT };
const gpt2 = (directory: string): ModelSource => ({ kind: 'gpt2', id: 'test', name: 'Test', directory });

let folder: string;
let client: EngineClient;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'engine-'));
  client = new EngineClient({ entry: builtFile('main.js'), log: () => undefined });
});
afterAll(async () => {
  await client.dispose();
  rmSync(folder, { recursive: true });
});

async function explore(source: ModelSource, parameters: object, signal?: AbortSignal) {
  const events: ExploreEvent[] = [];
  const defaults = { prompt: 'pizza', chain: [], greedy: false, seed: 1, samples: 3, maxNewTokens: 20 };
  const result = await client.run(
    'explore',
    source,
    { ...defaults, ...parameters },
    { onEvent: (event) => events.push(event as ExploreEvent), ...(signal ? { signal } : {}) },
  );
  return { events, result: result as ExploreResult };
}

async function failure(promise: Promise<unknown>): Promise<EngineError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError;
}

describe('the engine', () => {
  it('explores the toy vocabulary', async () => {
    const { info } = await client.load(toy);
    const { events, result } = await explore(toy, {});
    expect(events.slice(0, 2)).toEqual([
      { type: 'prompt', prompt: { ids: Int32Array.of(0), truncated: false, notes: [] } },
      { type: 'next', logits: Float32Array.from(TOY_DEFAULT.logits) },
    ]);
    const steps = events.slice(2).flatMap((event) => (event.type === 'steps' ? event.steps : [null]));
    const ids = (sample: number) => steps.flatMap((step) => (step?.sample === sample ? [step.id] : []));
    expect(steps).toHaveLength(60);
    expect([ids(0), ids(1), ids(2)]).toEqual(result.completions.map((completion) => completion.ids));
    expect(result.provenance.fingerprint).toBe(info.fingerprint);
    expect(result.completions.map(({ ids }) => ids.length)).toEqual([20, 20, 20]);
  });

  it('refuses parameters with their sentence', async () => {
    const error = await failure(explore(toy, { samples: 100 }));
    expect([error.code, error.message]).toEqual([
      'parameter',
      'The number of samples is 100; it must be a whole number from 0 to 64.',
    ]);
    expect((await failure(explore(toy, { chain: [{ sampler: 'top-p', p: 2 }] }))).code).toBe('parameter');
    expect((await failure(client.load({ ...toy, words: ['a', 'a'], logits: [1, 2] }))).code).toBe(
      'parameter',
    );
  });

  it('explains a folder without a model', async () => {
    const { code, message } = await failure(client.load(gpt2(join(folder, 'missing'))));
    expect(code).toBe('model');
    expect(message).toContain('missing');
    expect(message).toMatch(/[.]$/);
  });

  it.each([
    [
      'a truncated checkpoint',
      (path: string) => {
        truncateSync(join(path, 'model.safetensors'), 5000);
      },
    ],
    [
      'an empty checkpoint',
      (path: string) => {
        truncateSync(join(path, 'model.safetensors'), 0);
      },
    ],
    [
      'a checkpoint that is something else',
      (path: string) => {
        writeFileSync(join(path, 'model.safetensors'), 'PK\u0003\u0004'.repeat(1000));
      },
    ],
    [
      'a config that is not JSON',
      (path: string) => {
        writeFileSync(join(path, 'config.json'), '{');
      },
    ],
    [
      'a config of another shape',
      (path: string) => {
        const config = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8')) as Record<string, unknown>;
        writeFileSync(
          join(path, 'config.json'),
          JSON.stringify({ ...config, n_embd: Number(config['n_embd']) * 2 }),
        );
      },
    ],
  ])('explains %s, and goes on', async (_, damage) => {
    const path = mkdtempSync(join(folder, 'damaged-'));
    cpSync(tiny, path, { recursive: true });
    damage(path);
    const { code, message } = await failure(client.load(gpt2(path)));
    expect(code).toBe('model');
    expect(message).toContain(path);
    expect((await explore(toy, {})).result.stopped).toBe(false);
  });
});

describe('quantized weights in the engine', () => {
  const text = 'Once upon a time, a king';
  let whole: ModelSource;
  let int8: ModelSource;
  beforeAll(async () => {
    // As many tokens as there are bytes: to quantize the bundled model's takes seconds.
    const directory = join(folder, 'bytes');
    await writeByteGpt2(directory);
    const cacheDirectory = join(folder, 'quantized');
    whole = { kind: 'gpt2', id: 'bytes', name: 'Bytes', directory };
    int8 = { ...whole, id: 'bytes@int8', precision: 'int8', cacheDirectory };
  });

  it('are written once, with progress, and recorded in the result', async () => {
    const told: LoadProgress[] = [];
    const own = new EngineClient({
      entry: builtFile('main.js'),
      log: () => undefined,
      onLoading: (progress) => told.push(progress),
      settings: () => ({ prioritize: true, threads: 1 }),
    });
    const { info } = await own.load(int8);
    expect(info).toMatchObject({ id: 'bytes@int8', precision: 'int8' });
    expect(told.length).toBeGreaterThan(1);
    const last = told.pop()!;
    expect(last).toMatchObject({ done: info.parameters, total: info.parameters });
    for (const { done } of told) expect(done).toBeLessThan(info.parameters);
    expect(existsSync(join(folder, 'quantized', 'model.int8.safetensors'))).toBe(true);
    told.length = 0;
    await own.unload(int8);
    await own.load(int8);
    expect(told).toEqual([]);
    await own.dispose();
    const { result } = await explore(int8, { prompt: text });
    expect(result.provenance).toMatchObject({ model: 'bytes@int8', precision: 'int8' });
  });

  it('are compared with the whole ones on a text', async () => {
    const progress: [number, number][] = [];
    const fidelity = await runExperiment(
      client,
      'fidelity',
      whole,
      { text },
      {
        others: [int8],
        onEvent: ({ done, total }) => progress.push([done, total]),
      },
    );
    const surprisal = (await client.run(
      'surprisal',
      whole,
      { text, from: 0, alternatives: 0 },
      { onEvent: () => undefined },
    )) as SurprisalResult;
    expect(fidelity.referencePerplexity).toBeCloseTo(surprisal.perplexity, 3);
    expect(fidelity.meanDivergence).toBeGreaterThan(0);
    expect(fidelity.meanDivergence).toBeLessThan(0.01);
    expect(progress.at(-1)).toEqual([fidelity.tokens, fidelity.tokens]);
  });

  it('are refused before loading where memory is too small', async () => {
    const own = new EngineClient({
      entry: builtFile('main.js'),
      log: () => undefined,
      settings: () => ({ prioritize: true, memoryLimit: 301e6 }),
    });
    const error = await failure(own.load(gpt2(bundled)));
    expect([error.code, error.message]).toEqual(['model', expect.stringMatching(/^Test needs .* of memory/)]);
    await own.dispose();
  });
});

describe('the engine where ONNX Runtime cannot be loaded', () => {
  it('runs the toy, and explains why it cannot run GPT-2', async () => {
    // Outside the project there are no packages.
    const entry = join(folder, 'alone.js');
    copyFileSync(builtFile('main.js'), entry);
    const alone = new EngineClient({ entry, log: () => undefined });
    try {
      const { code, message } = await failure(alone.load(gpt2(tiny)));
      expect(code).toBe('model');
      expect(message).toContain('GPT-2 cannot be run: ');
      expect((await alone.load(toy)).info.kind).toBe('toy');
    } finally {
      await alone.dispose();
    }
  });
});

describe.skipIf(!existsSync(join(bundled, 'model.safetensors')))('the engine with the bundled model', () => {
  const source: ModelSource = { kind: 'gpt2', id: 'fireside', name: 'Fireside', directory: bundled };
  const { cases } = JSON.parse(readFileSync(reference, 'utf8')) as FiresideFile;

  it('sends the vocabulary as bytes', async () => {
    const { info, vocabulary } = await client.load(source);
    expect(info).toMatchObject({ id: 'fireside', vocabularySize: 50257, endOfText: [50256] });
    const token = (id: number) =>
      Buffer.from(vocabulary.bytes.subarray(vocabulary.offsets[id], vocabulary.offsets[id + 1])).toString(
        'utf8',
      );
    // Published ids of GPT-2's vocabulary.
    expect([15496, 995, 198].map(token)).toEqual(['Hello', ' world', '\n']);
    expect(vocabulary.bytes.buffer.byteLength).toBe(vocabulary.bytes.length);
  });

  it.each(cases)('continues "$prompt" as the reference does', async (given) => {
    const { events, result } = await explore(source, {
      prompt: given.prompt,
      greedy: true,
      samples: 2,
      maxNewTokens: 40,
    });
    const [prompt, next] = events;
    expect(prompt).toMatchObject({ type: 'prompt', prompt: { ids: Int32Array.from(given.input_ids) } });
    if (next?.type !== 'next') throw new Error('The second event is not the logits.');
    for (const [id, logit] of given.last_logits_top50) expect(next.logits[id]).toBeCloseTo(logit, 3);
    for (const { ids } of result.completions) {
      expect([...given.input_ids, ...ids]).toEqual(given.greedy_40);
    }
  });

  it('draws the same completions again, whatever their number', async () => {
    const parameters = { prompt: 'Once upon a time', seed: 7, maxNewTokens: 12 };
    const many = await explore(source, { ...parameters, samples: 12 });
    const few = await explore(source, { ...parameters, samples: 4 });
    const texts = ({ result }: typeof many) => result.completions.map(({ text }) => text);
    expect(texts(few)).toEqual(texts(many).slice(0, 4));
    expect(new Set(texts(many)).size).toBeGreaterThan(1);
  });

  it('takes any text as a prompt', async () => {
    const prompts = ['', ' \n\t', 'a\0b', '\ud800', '<|endoftext|>', 'word '.repeat(200_000)];
    for (const prompt of prompts) {
      const { result } = await explore(source, { prompt, samples: 1, maxNewTokens: 2 });
      expect(result.provenance.promptIds.length).toBeGreaterThan(0);
      expect(result.provenance.promptIds.includes(50256)).toBe(prompt === '');
      expect(result.completions).toHaveLength(1);
    }
  });

  it('loads again after it was killed during a run', async () => {
    const running = client.run(
      'explore',
      source,
      {
        prompt: 'Once',
        chain: [],
        greedy: false,
        seed: 1,
        samples: 8,
        maxNewTokens: 200,
      },
      {
        onEvent: (event) => {
          if ((event as ExploreEvent).type === 'steps' && client.pid) process.kill(client.pid, 'SIGKILL');
        },
      },
    );
    expect((await failure(running)).code).toBe('engine');
    const { result } = await explore(source, { prompt: 'Once', samples: 1, maxNewTokens: 2 });
    expect(result.newTokens).toBe(2);
  });

  it('stops with what it has', async () => {
    const controller = new AbortController();
    const running = client.run(
      'explore',
      source,
      {
        prompt: 'Once',
        chain: [],
        greedy: false,
        seed: 1,
        samples: 2,
        maxNewTokens: 200,
      },
      {
        signal: controller.signal,
        onEvent: (event) => {
          if ((event as ExploreEvent).type === 'steps') controller.abort();
        },
      },
    );
    const result = (await running) as ExploreResult;
    expect(result.stopped).toBe(true);
    expect(result.completions.map(({ end }) => end)).toEqual(['stopped', 'stopped']);
    expect(result.completions[0]!.ids.length).toBeGreaterThan(0);
  });
});
