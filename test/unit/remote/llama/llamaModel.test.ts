import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { explore } from '../../../../src/experiments/explore';
import { loss } from '../../../../src/experiments/loss';
import { surprisal } from '../../../../src/experiments/surprisal';
import { Gpt2Tokenizer } from '../../../../src/gpt2/tokenizer/tokenizer';
import { loadGpt2 } from '../../../../src/onnx/loadGpt2';
import { runExperiment } from '../../experiments/running';
import { startFake, type Answers, type FakeServer } from '../fakeServer';
import { hasReference, startReference, type ReferenceServer } from '../referenceServer';
import { hasRecordings, recordings, startReplay, wholeAnswer } from './recordings';
import { connect, difference, logSoftmax } from './served';

const fakes: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(fakes.splice(0).map((fake) => fake.stop()));
});

describe.skipIf(!hasReference)('a model of the reference llama-server beside the same one here', () => {
  let server: ReferenceServer;
  let remote: LanguageModel;
  let local: LanguageModel;
  const text = 'Once upon a time there was a king who';
  beforeAll(async () => {
    server = await startReference('llama', 'models/kindling');
    remote = await connect(server.address, { kind: 'server' });
    local = await loadGpt2({ id: 'kindling', name: 'kindling', directory: 'models/kindling' });
  });
  afterAll(async () => {
    await Promise.all([remote.dispose(), local.dispose()]);
    await server.stop();
  });

  it('is described by what the server says', () => {
    expect(remote.info).toMatchObject({
      ...{ id: 'box', name: 'Served', kind: 'remote', vocabularySize: 50257, contextLength: 255 },
      ...{ endOfText: [50256], startOfText: 50256, precision: 'as served' },
      server: {
        ...{ name: 'Box', address: server.address, kind: 'llama-server', version: 'b9000' },
        ...{ listed: 50257, readsTexts: 'token by token', chat: false },
      },
    });
    expect(remote.info.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(typeof remote.chat).toBe('undefined');
  });

  it('has the same distributions, also inside of a character, and asks once for a context', async () => {
    const emoji = (await local.encode(' 🙂')).slice(0, 1);
    const contexts = [
      [...(await local.encode(text))],
      [...(await local.encode(text)), ...emoji],
      [50256],
      [...(await local.encode(text))],
    ].map((tokens) => ({ tokens }));
    const before = server.log.length;
    const [ours, theirs] = await Promise.all([local.next(contexts), remote.next(contexts)]);
    expect(server.log.length - before).toBe(3);
    expect(theirs[3]!.logits).toBe(theirs[0]!.logits);
    ours.forEach(({ logits }, i) => {
      expect(difference(logSoftmax(logits), theirs[i]!.logits)).toBeLessThan(1e-4);
      expect(theirs[i]!.listed).toBeUndefined();
      expect(theirs[i]!.cache.length).toBe(contexts[i]!.tokens.length);
    });
    await remote.next(contexts);
    expect(server.log.length - before).toBe(3);
  });

  it.each([
    ['greedy', { greedy: true, samples: 1, chain: [] }],
    ['seeded', { seed: 7, samples: 3, chain: [{ sampler: 'temperature', temperature: 0.9 }] }],
    ['nucleus', { seed: 11, samples: 2, chain: [{ sampler: 'top-p', p: 0.9 }] }],
  ])('has the same %s texts, token for token', async (_, settings) => {
    const parameters = {
      prompt: text,
      maxNewTokens: 6,
      stop: [],
      seed: 1,
      greedy: false,
      drawnBy: 'here',
      ...settings,
    };
    const ours = await runExperiment(explore, local, parameters);
    const theirs = await runExperiment(explore, remote, parameters);
    expect(theirs.result.completions.map(({ ids }) => ids)).toEqual(
      ours.result.completions.map(({ ids }) => ids),
    );
    expect(ours.result.completions[0]!.ids).toHaveLength(6);
  });

  it('has the same surprisal and loss', async () => {
    const read = `${text} had a daughter 🙂, naïve and kind.`;
    const asked = { text: read, from: 0, to: read.length, alternatives: 5, known: [] };
    const ours = await runExperiment(surprisal, local, asked);
    const theirs = await runExperiment(surprisal, remote, asked);
    const values = ({ events }: typeof ours): number[] =>
      events.flatMap((event) => (event.type === 'tokens' ? [...event.tokens.logProbabilities] : []));
    expect(values(theirs).length).toBeGreaterThan(15);
    expect(difference(values(theirs), values(ours))).toBeLessThan(1e-4);

    const windows = { text: read, context: 8, stride: 8, batchSize: 1, trainRatio: 0.5, shuffle: false };
    const [a, b] = [await runExperiment(loss, local, windows), await runExperiment(loss, remote, windows)];
    expect(b.result.training.batches).toBeGreaterThan(0);
    expect(Math.abs(a.result.training.loss! - b.result.training.loss!)).toBeLessThan(1e-4);
    expect(Math.abs(a.result.validation!.loss! - b.result.validation!.loss!)).toBeLessThan(1e-4);
  });

  it('scores by the token: ranks within the list, alternatives in order, in windows, and tells as it goes', async () => {
    const tokens = [50256, ...(await local.encode(`${text} had a daughter 🙂.`))];
    const told: number[] = [];
    const theirs = await remote.score!(tokens, {
      alternatives: 3,
      onScored: (_, from, to) => {
        told.push(from, to);
      },
    });
    const ours = await local.score!(tokens, { alternatives: 3 });
    expect(told[0]).toBe(1);
    expect(told.at(-1)).toBe(tokens.length);
    expect(difference(theirs.logProbabilities.slice(1), ours.logProbabilities.slice(1))).toBeLessThan(1e-4);
    expect(theirs.alternatives.ids).toEqual(ours.alternatives.ids);
    expect(
      difference(theirs.alternatives.logProbabilities.slice(3), ours.alternatives.logProbabilities.slice(3)),
    ).toBeLessThan(1e-4);
    theirs.ranks.forEach((rank, at) => {
      if (rank !== -1) expect(rank).toBe(ours.ranks[at]);
      else if (at > 0) expect(ours.ranks[at]).toBeGreaterThanOrEqual(100);
    });
    expect([...theirs.entropies].every(Number.isNaN)).toBe(true);
    await expect(remote.score!(tokens, { onLogits: () => undefined })).rejects.toThrow(/cannot be had from/);
  });

  it('refuses what cannot be asked', async () => {
    await expect(remote.next([{ tokens: [] }])).rejects.toThrow(/Context 0 is empty/);
    await expect(remote.next([{ tokens: [50257] }])).rejects.toThrow(/token id 50257/);
    await expect(remote.next([{ tokens: Array.from({ length: 256 }, () => 1) }])).rejects.toThrow(
      /256 tokens, but Served holds at most 255/,
    );
    await expect(remote.score!([])).rejects.toThrow(/The text is empty/);
  });

  it('stops: the server ends its work', async () => {
    const slow = await startReference('llama', 'models/kindling', '--delay', '60000');
    try {
      const model = await connect(slow.address);
      const stop = new AbortController();
      const asked = model.next([{ tokens: [1] }, { tokens: [2] }], stop.signal);
      await expect.poll(() => slow.log.filter(({ path }) => path === '/completion').length).toBe(2);
      stop.abort(new Error('enough'));
      await expect(asked).rejects.toThrow('enough');
      await expect.poll(() => slow.log.filter(({ closed }) => closed === '/completion').length).toBe(2);
    } finally {
      await slow.stop();
    }
  });

  it('asks for as many contexts at once as the server has slots', async () => {
    const slow = await startReference('llama', 'models/kindling', '--slots', '2', '--delay', '300');
    try {
      const model = await connect(slow.address);
      const asked = model.next([1, 2, 3, 4, 5].map((id) => ({ tokens: [id] })));
      const seen = (): number => slow.log.filter(({ path }) => path === '/completion').length;
      await expect.poll(seen).toBe(2);
      await asked;
      expect(seen()).toBe(5);
    } finally {
      await slow.stop();
    }
  });
});

describe.skipIf(!hasRecordings)('a real llama-server, recorded', () => {
  it('is read field by field', async () => {
    const server = await startReplay();
    fakes.push(server);
    const model = await connect(server.address, { kind: 'server' });
    const tokens = new Gpt2Tokenizer().encode('Once upon a time there was a king who');
    expect(await model.encode('Once upon a time there was a king who')).toEqual(tokens);
    const [next] = await model.next([{ tokens }]);
    const [entry] = wholeAnswer().completion_probabilities;
    for (const { id, logprob } of entry!.top_logprobs) {
      expect(next!.logits[id]).toBe(Math.fround(logprob));
    }
    expect(model.info).toMatchObject({ contextLength: 255, server: { chat: true } });
    expect(model.info.endOfText).toEqual([50256]);
    const { body } = server.asked.filter(({ path }) => path === '/completion').at(-1)!;
    expect(body).toMatchObject({ prompt: tokens, n_predict: 1, n_probs: 50257, cache_prompt: true });
    // Every parameter that the real server has and that decides what is drawn is said.
    const props = recordings().find(({ request }) => request.path === '/props')!;
    const { params } = (
      JSON.parse(props.response.body) as { default_generation_settings: { params: object } }
    ).default_generation_settings;
    const aside = [
      ...['max_tokens', 'n_discard', 'chat_format', 'reasoning_format', 'reasoning_in_content'],
      ...['generation_prompt', 'speculative.types', 'timings_per_token', 'lora', 'seed'],
    ];
    expect(Object.keys(params).filter((name) => !(name in body) && !aside.includes(name))).toEqual([]);
  });

  it('gives a forced token its own raw probability', async () => {
    const found = recordings().find(({ request }) =>
      JSON.stringify(request.body ?? '').includes('"logit_bias":[[32,100]]'),
    )!;
    const forced = (
      JSON.parse(found.response.body) as { completion_probabilities: { id: number; logprob: number }[] }
    ).completion_probabilities[0]!;
    const [whole] = wholeAnswer().completion_probabilities;
    const raw = whole!.top_logprobs.find(({ id }) => id === 32)!;
    expect(forced.id).toBe(32);
    expect(Math.abs(forced.logprob - raw.logprob)).toBeLessThan(1e-5);
  });

  it('refuses too long a prompt with its words, and what is no answer', async () => {
    const exchange = (part: string): { status: number; body: string } =>
      recordings().find(({ response }) => response.body.includes(part))!.response;
    for (const [part, message] of [
      [
        'exceed_context_size_error',
        /refuses the next tokens \(status 400\): “request \(401 tokens\) exceeds/,
      ],
      ['parse_error.101', /failed at the next tokens \(status 500\)/],
      ['File Not Found', /does not know \/completion \(status 404\)/],
      ['"content":"�"', /answers with no log-probabilities in place of the next tokens/],
    ] as const) {
      const { status, body } = exchange(part);
      const server = await startFake({
        '/props': () => ({ default_generation_settings: { n_ctx: 256 } }),
        '/tokenize': ({ content }) => ({ tokens: new Gpt2Tokenizer().encode(String(content)) }),
        '/completion': (_, response) => {
          response.writeHead(status, { 'content-type': 'application/json' }).end(body);
        },
      });
      fakes.push(server);
      const model = await connect(server.address);
      await expect(model.next([{ tokens: [1] }])).rejects.toThrow(message);
    }
  });
});

/** A vocabulary of letters. */
const LETTERS = Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i));

function letters(
  further: Answers,
  entry: (id: number) => object = (id) => ({ id, logprob: -Math.log(26) }),
): Answers {
  const one = (id: number): object => ({ token: LETTERS[id], bytes: [97 + id], ...entry(id) });
  return {
    '/props': () => ({ default_generation_settings: { n_ctx: 100 }, total_slots: 2 }),
    '/tokenize': ({ content, add_special }) => ({
      tokens: [
        ...(add_special === true ? [25] : []),
        ...Array.from(String(content)).flatMap((letter) => {
          const id = LETTERS.indexOf(letter);
          return id === -1 ? [] : [id];
        }),
      ],
    }),
    '/completion': ({ logit_bias, n_probs }) => {
      const [[id]] = logit_bias as [[number, number]];
      const list = LETTERS.slice(0, n_probs as number).map((_, other) => one(other));
      return { model: 'letters', completion_probabilities: [{ ...one(id), top_logprobs: list }] };
    },
    ...further,
  };
}

describe('a llama-server', () => {
  async function served(answers: Answers): Promise<{ model: LanguageModel; server: FakeServer }> {
    const server = await startFake(answers);
    fakes.push(server);
    return { model: await connect(server.address, { kind: 'server' }, 26), server };
  }

  it('is given the token that stands before every text, which is not shown', async () => {
    const { model, server } = await served(letters({}));
    expect(model.info).toMatchObject({ startOfText: 25, contextLength: 98 });
    await model.next([{ tokens: [0, 1] }, { tokens: [25, 1] }]);
    expect(server.asked.slice(-2).map(({ body }) => body['prompt'])).toEqual([
      [25, 0, 1],
      [25, 1],
    ]);
  });

  it('makes a prompt of what a user says by its chat template, with special tokens', async () => {
    const { model, server } = await served(
      letters({
        '/props': () => ({ default_generation_settings: { n_ctx: 100 }, chat_template: '{{ x }}' }),
        '/apply-template': ({ messages }) => ({
          prompt: `u${(messages as { content: string }[])[0]!.content}a`,
        }),
      }),
    );
    expect(await model.chat!('hey')).toEqual([25, 20, 7, 4, 24, 0]);
    expect(server.asked.at(-2)).toMatchObject({
      path: '/apply-template',
      body: { messages: [{ role: 'user', content: 'hey' }] },
    });
    expect(server.asked.at(-1)!.body).toMatchObject({ parse_special: true, add_special: true });
  });

  it('may say 0 as the lowest float32', async () => {
    let second = false;
    const { model } = await served(
      letters({}, (id) => ({
        id,
        logprob: !second ? -Math.log(26) : id === 3 ? -3.4028234663852886e38 : -Math.log(25),
      })),
    );
    second = true;
    const [next] = await model.next([{ tokens: [0] }]);
    expect(next!.logits[3]).toBe(-Infinity);
  });

  it.each<[string, (id: number) => object, RegExp]>([
    ['no number', (id) => ({ id, logprob: null }), /the log-probability NaN for token 0/],
    ['more than 1', (id) => ({ id, logprob: id === 4 ? 0.5 : -5 }), /the log-probability 0\.5 for token 4/],
    ['sums far from 1', (id) => ({ id, logprob: -9 }), /probabilities whose sum is 0\.0032/],
    ['ids twice', () => ({ id: 0, logprob: -9 }), /token 0 twice/],
    [
      'ids of other vocabularies',
      (id) => ({ id: id + 1, logprob: -9 }),
      /token 26, though its ids are 0 to 25/,
    ],
    [
      'the probabilities of old builds',
      () => ({ tok_str: 'a', prob: 0.1 }),
      /in a form that is not known here/,
    ],
  ])('is not believed: %s', async (_, entry, message) => {
    let lies = false;
    const { model } = await served(letters({}, (id) => (lies ? entry(id) : { id, logprob: -Math.log(26) })));
    lies = true;
    await expect(model.next([{ tokens: [0] }])).rejects.toThrow(message);
  });

  it('is not believed when it answers as another model', async () => {
    let name = 'letters';
    const plain = letters({});
    const { model } = await served({
      ...plain,
      '/completion': (...asked) => ({ ...(plain['/completion']!(...asked) as object), model: name }),
    });
    await model.next([{ tokens: [1] }]);
    name = 'runes';
    await expect(model.next([{ tokens: [0] }])).rejects.toThrow(
      /answers with the model runes, though it answered with letters before, in place of the next tokens/,
    );
  });
});

describe('a llama-server with a large vocabulary', () => {
  const SIZE = 70_000;
  /** A thousandth of what is left. */
  const logprob = (rank: number): number => Math.log(0.001) + rank * Math.log(0.999);
  const one = (id: number): object => ({
    ...{ id, token: '', logprob: logprob(id) },
    bytes: id === 0 ? [97] : id === 1 ? [0xf0, 0x9f] : [...Buffer.from(`<${id}>`)],
  });
  const answers: Answers = {
    '/props': () => ({ default_generation_settings: { n_ctx: 100 }, total_slots: 2 }),
    '/tokenize': () => ({ tokens: [0] }),
    '/completion': ({ logit_bias, n_probs }) => {
      const [[id]] = logit_bias as [[number, number]];
      const list = Array.from({ length: n_probs as number }, (_, other) => one(other));
      return { completion_probabilities: [{ ...one(id), top_logprobs: list }] };
    },
  };

  it('lists some tokens, and the rest shares what is left', async () => {
    const server = await startFake(answers);
    fakes.push(server);
    const model = await connect(server.address, { kind: 'server' }, SIZE);
    expect(model.info.server!.listed).toBe(1000);
    const [next] = await model.next([{ tokens: [0] }]);
    expect(next!.listed!.ids).toHaveLength(1000);
    expect(next!.listed!.mass).toBeCloseTo(1 - 0.999 ** 1000, 12);
    expect(next!.exact![7]).toBeCloseTo(logprob(7), 12);
    expect(next!.exact![69_999]).toBeCloseTo(Math.log(0.999 ** 1000 / (SIZE - 1000)), 6);
    // A part of a character is looked for among all.
    const scores = await model.score!([0, 1, 500, 5]);
    expect([...scores.logProbabilities.slice(1)]).toEqual(
      [1, 500, 5].map((id): unknown => expect.closeTo(logprob(id), 9)),
    );
    expect([...scores.ranks]).toEqual([-1, 1, -1, 5]);
  });
});
