import { rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { logSumExp } from '../../../src/core/logits';
import { randomStream, type RandomStream } from '../../../src/core/random';
import type { LanguageModel, NextToken, OwnDrawing } from '../../../src/core/languageModel';
import { loadRemote } from '../../../src/remote/loadRemote';
import { RemoteError } from '../../../src/remote/remoteError';
import { depth } from '../depth';
import {
  MODEL,
  sendWhole,
  startTiny,
  tokenizerFolder,
  VOCABULARY_SIZE,
  type Answer,
  type Kind,
  type Spoil,
  type TinyServer,
} from './tinyServer';

const KEY = 'sk-0123456789';
const NAME = 'Rack 7';

/** Random choices that can be repeated. */
class Dice {
  readonly #stream: RandomStream;

  constructor(...names: (string | number)[]) {
    this.#stream = randomStream(1, ...names);
  }

  below(n: number): number {
    return Math.floor(this.#stream.next() * n);
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}

type Fault = (dice: Dice) => Spoil;

const STATUSES = [100, 204, 301, 307, 400, 401, 403, 404, 405, 408, 413, 418, 422, 429, 500, 502, 503, 504];
const TYPES = ['text/html', 'text/plain', 'application/json', 'text/event-stream', '', 'image/png'];
const WORDS = [
  '',
  'Bad gateway',
  '<html><body>',
  '{',
  '{"error":null}',
  `{"error":{"message":"${KEY}"}}`,
  '[]',
  '"x"',
];

/** A value that no server should send in place of another one. */
const VALUES: readonly unknown[] = [
  ...[null, 'NaN', '', true, [], {}, -1, 0.5, 1e9, 1e308, 5, -9999, 'token_id:7', ['token_id:7'], [0, 0]],
  ...[{ 'token_id:3': 0 }, 'x'.repeat(5000), 2 ** 53],
];

/** The same with one thing in it changed, wherever that is. */
function changed(value: unknown, dice: Dice): unknown {
  if (typeof value !== 'object' || value === null || dice.below(6) === 0) return dice.of(VALUES);
  if (Array.isArray(value)) {
    const items: unknown[] = value;
    if (items.length === 0) return [dice.of(VALUES)];
    const at = dice.below(items.length);
    switch (dice.below(6)) {
      case 0:
        return items.filter((_, i) => i !== at);
      case 1:
        return [...items, items[at]];
      default:
        return items.map((item, i) => (i === at ? changed(item, dice) : item));
    }
  }
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length === 0) return { x: dice.of(VALUES) };
  const [key, inner] = dice.of(entries);
  switch (dice.below(8)) {
    case 0:
      return Object.fromEntries(entries.filter(([other]) => other !== key));
    case 1:
      return Object.fromEntries(
        entries.map(([other, item]) => [
          other === key ? dice.of(['token_id:999999', 'x', '-1', '7']) : other,
          item,
        ]),
      );
    default:
      return Object.fromEntries(
        entries.map(([other, item]) => [other, other === key ? changed(inner, dice) : item]),
      );
  }
}

/** The data of a piece, changed. */
function changedPiece(piece: string, dice: Dice): string {
  const data = piece.startsWith('data: ');
  try {
    const json = JSON.stringify(changed(JSON.parse(data ? piece.slice(6) : piece), dice));
    return data ? `data: ${json}\n\n` : json;
  } catch {
    return piece.slice(0, dice.below(piece.length + 1));
  }
}

const withPieces = (answer: Answer, pieces: string[]): Answer => ({ ...answer, pieces });

const FAULTS: Readonly<Record<string, Fault>> = {
  'cut off in good order': (dice) => (answer, response) => {
    const whole = answer.pieces.join('');
    response
      .writeHead(answer.status, { 'content-type': answer.type })
      .end(whole.slice(0, dice.below(whole.length + 1)));
  },
  'broken off': (dice) => (answer, response) => {
    const whole = answer.pieces.join('');
    response.writeHead(answer.status, {
      'content-type': answer.type,
      'content-length': Buffer.byteLength(whole) + 1,
    });
    response.write(whole.slice(0, dice.below(whole.length + 1)), () => response.destroy());
  },
  'closed before a byte': () => (_, response) => response.destroy(),
  'a status': (dice) => (_, response) => {
    const status = dice.of(STATUSES);
    const after = dice.below(4) === 0 ? { 'retry-after': dice.of(['0', '3600', 'soon']) } : {};
    response.writeHead(status === 100 ? 599 : status, { 'content-type': dice.of(TYPES), ...after });
    response.end(status === 204 ? undefined : dice.of(WORDS));
  },
  'another type': (dice) => (answer, response, request) => {
    sendWhole({ ...answer, type: dice.of(TYPES) }, response, request);
  },
  'other words': (dice) => (answer, response, request) => {
    sendWhole(withPieces(answer, [dice.of(WORDS)]), response, request);
  },
  'slow drips': (dice) => (answer, response) => {
    response.writeHead(answer.status, { 'content-type': answer.type });
    const whole = Buffer.from(answer.pieces.join(''));
    const size = 1 + Math.ceil(whole.length / (1 + dice.below(8)));
    let at = 0;
    const drip = (): void => {
      if (response.destroyed) return;
      if (at >= whole.length) response.end();
      else response.write(whole.subarray(at, (at += size)), () => setTimeout(drip, 1));
    };
    drip();
  },
  'changed values': (dice) => (answer, response, request) => {
    const at = dice.below(answer.pieces.length);
    const pieces = answer.pieces.map((piece, i) => (i === at ? changedPiece(piece, dice) : piece));
    sendWhole(withPieces(answer, pieces), response, request);
  },
  'changed numbers': (dice) => (answer, response, request) => {
    const wrong = (number: string): string =>
      dice.below(3) === 0
        ? dice.of(['NaN', '1.5', '-1e999', 'null', '"-1"', '1e-3', '-0', '0.5', '70000'])
        : number;
    const numbers = (piece: string): string => piece.replace(/(?<=:)-?\d+\.\d+/g, wrong);
    sendWhole(withPieces(answer, answer.pieces.map(numbers)), response, request);
  },
  'other bytes': (dice) => (answer, response, request) => {
    const bytes = Buffer.from(answer.pieces.join(''));
    for (let i = 0; i < 3; i++) bytes[dice.below(bytes.length)] = dice.below(256);
    sendWhole(withPieces(answer, [bytes.toString('latin1')]), response, request);
  },
  'another model': () => (answer, response, request) => {
    const pieces = answer.pieces.map((piece) => piece.replaceAll(`"${MODEL}"`, '"another"'));
    sendWhole(withPieces(answer, pieces), response, request);
  },
  'pieces mixed': (dice) => (answer, response, request) => {
    const { pieces } = answer;
    const mixed = Array.from({ length: pieces.length + 2 }, () => dice.of(pieces.length > 0 ? pieces : ['']));
    sendWhole(withPieces(answer, mixed), response, request);
  },
  'an error within': (dice) => (answer, response, request) => {
    const error = '{"error":{"message":"EngineCore encountered an issue.","code":500}}';
    const at = dice.below(answer.pieces.length + 1);
    const pieces = [...answer.pieces];
    pieces.splice(at, 0, answer.type === 'text/event-stream' ? `data: ${error}\n\n` : error);
    sendWhole(withPieces(answer, pieces), response, request);
  },
  'no end': (dice) => (answer, response) => {
    response.writeHead(200, { 'content-type': answer.type });
    for (const piece of answer.pieces) response.write(piece);
    const more = dice.of([' ', 'x', ': ping\n\n', answer.pieces.at(-1) ?? ' ']).repeat(2000);
    const write = (): void => {
      if (!response.destroyed) response.write(more, () => setImmediate(write));
    };
    write();
  },
};

const drawing: OwnDrawing = {
  ...{ prompt: [97, 98, 99], chain: [], greedy: false, seed: 3, first: 0, samples: 2, maxNewTokens: 3 },
  stop: [],
};

/** A distribution over the vocabulary, whatever the server said. */
function expectDistribution({ logits }: NextToken): void {
  expect(logits).toHaveLength(VOCABULARY_SIZE);
  expect(logits.every((value) => value <= 0.01)).toBe(true);
  expect(Math.abs(logSumExp(logits))).toBeLessThan(0.05);
}

const OPERATIONS: readonly ((model: LanguageModel, signal: AbortSignal) => Promise<void>)[] = [
  async (model, signal) => {
    const answers = await model.next([{ tokens: [97, 98] }, { tokens: [104, 105, 32] }], signal);
    expect(answers).toHaveLength(2);
    answers.forEach(expectDistribution);
  },
  async (model, signal) => {
    await model.samplers?.draw(
      drawing,
      ({ sample, id, next }) => {
        expect([0, 1]).toContain(sample);
        expect(id).toBeLessThan(VOCABULARY_SIZE);
        if (next) expectDistribution(next);
        return true;
      },
      signal,
    );
  },
  async (model, signal) => {
    const { logProbabilities } = await model.score!([97, 98, 99, 100, 101], { alternatives: 2, signal });
    expect(logProbabilities).toHaveLength(5);
    expect([...logProbabilities.slice(1)].every((value) => value <= 0)).toBe(true);
  },
];

describe.each<Kind>(['vllm', 'llama'])('%s at fault', (kind) => {
  const folder = tokenizerFolder();
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => {
    unhandled.push(reason);
  };
  let server: TinyServer;
  let model: LanguageModel | undefined;

  beforeAll(async () => {
    process.on('unhandledRejection', note);
    server = await startTiny(kind);
  });
  beforeEach(() => {
    server.spoil = sendWhole;
  });
  afterEach(async () => {
    await model?.dispose();
    model = undefined;
  });
  afterAll(async () => {
    await server.stop();
    process.off('unhandledRejection', note);
    rmSync(folder, { recursive: true });
  });

  const load = (signal?: AbortSignal): Promise<LanguageModel> =>
    loadRemote(
      {
        ...{ kind: 'remote', id: 'r', name: 'Tiny', model: MODEL },
        server: { name: NAME, address: server.address, key: KEY },
        tokenizer: { kind: 'folder', directory: folder },
      },
      { signal },
    );

  it('answers when nothing is', async () => {
    model = await load();
    expect(model.info.vocabularySize).toBe(VOCABULARY_SIZE);
    for (const operation of OPERATIONS) await operation(model, new AbortController().signal);
  });

  it.each(['m-', 'x'.repeat(50)])(
    'repeats the key as the name of its model: it is not told (%s)',
    async (name) => {
      model = await load();
      const [next, draw] = OPERATIONS;
      const { signal } = new AbortController();
      await next!(model, signal);
      server.spoil = (answer, response, request) => {
        const pieces = answer.pieces.map((piece) => piece.replaceAll(`"${MODEL}"`, `"${name}${KEY}"`));
        sendWhole(withPieces(answer, pieces), response, request);
      };
      const error: unknown = await draw!(model, signal).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RemoteError);
      expect(String(error)).toContain(`${name}[key]`);
      expect(String(error)).not.toContain(KEY.slice(0, 5));
    },
  );

  /** A fault from some request on, for one request or for all that follow. */
  async function suffer(dice: Dice, fault: Fault): Promise<void> {
    let before = dice.below(12);
    let lasts = dice.of([1, Infinity]);
    server.spoil = (answer, response, request) => {
      const spoils = before-- <= 0 && lasts-- > 0;
      (spoils ? fault(dice) : sendWhole)(answer, response, request);
    };
    const { signal } = new AbortController();
    model = await load();
    for (const operation of OPERATIONS) await operation(model, signal);
  }

  const cases = Object.keys(FAULTS).flatMap((name) =>
    Array.from({ length: depth(2, 40) }, (_, i) => [name, i] as const),
  );

  it.each(cases)('%s (%i): an answer all the same, or a sentence that names the server', async (name, i) => {
    const dice = new Dice(kind, name, i);
    const error: unknown = await suffer(dice, FAULTS[name]!).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined) return;
    expect(error).toBeInstanceOf(RemoteError);
    if (!(error instanceof RemoteError)) return;
    expect(error.message).toContain(NAME);
    expect(error.message).toMatch(/[.!?”]$/);
    expect(`${error.message}${error.said ?? ''}`).not.toContain(KEY);
    expect(error.message.length).toBeLessThan(1000);
  });

  it('is silent, and a stop ends all the same, with the connection', async () => {
    let requests = 0;
    server.spoil = (answer, response, request) => {
      requests += 1;
      sendWhole(answer, response, request);
    };
    model = await load();
    for (const operation of OPERATIONS) await operation(model, new AbortController().signal);
    for (let before = 0; before < requests; before++) {
      let left = before;
      let hanging: ServerResponse | undefined;
      const stop = new AbortController();
      const reason = new Error('stopped by hand');
      server.spoil = (answer, response, request) => {
        if (left-- > 0) {
          sendWhole(answer, response, request);
          return;
        }
        hanging ??= response;
        setTimeout(() => {
          stop.abort(reason);
        }, 5);
      };
      const done = (async () => {
        const loaded = await load(stop.signal);
        for (const operation of OPERATIONS) await operation(loaded, stop.signal);
      })();
      await expect(done).rejects.toBe(reason);
      await expect.poll(() => hanging!.destroyed).toBe(true);
    }
  });

  it('leaves nothing behind', async () => {
    // Those that were kept for the next request close some seconds after their last.
    await expect.poll(() => server.open.size, { timeout: 30_000 }).toBe(0);
    expect(unhandled).toEqual([]);
  });
});
