import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DrawnToken, LanguageModel, OwnDrawing } from '../../../../src/core/languageModel';
import { explore } from '../../../../src/experiments/explore';
import { Gpt2Tokenizer } from '../../../../src/gpt2/tokenizer/tokenizer';
import { loadGpt2 } from '../../../../src/onnx/loadGpt2';
import { NEUTRAL } from '../../../../src/remote/llama/llamaServer';
import { runExperiment } from '../../experiments/running';
import { startFake, type Answers, type FakeServer } from '../fakeServer';
import { hasReference, startReference, type ReferenceServer } from '../referenceServer';
import { connect, difference, logSoftmax } from './served';

const fakes: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(fakes.splice(0).map((fake) => fake.stop()));
});

const PLAIN: OwnDrawing = {
  ...{ prompt: [1], chain: [], greedy: false, seed: 1, first: 0, samples: 1, maxNewTokens: 5, stop: [] },
};

async function drawn(model: LanguageModel, drawing: Partial<OwnDrawing>): Promise<DrawnToken[]> {
  const tokens: DrawnToken[] = [];
  await model.samplers!.draw({ ...PLAIN, ...drawing }, (token) => tokens.push(token) > 0);
  return tokens;
}

const idsOf = (tokens: readonly DrawnToken[], sample = 0): number[] =>
  tokens.filter((token) => token.sample === sample).map(({ id }) => id);

describe.skipIf(!hasReference)("the reference llama-server's own samplers", () => {
  let server: ReferenceServer;
  let remote: LanguageModel;
  let local: LanguageModel;
  let prompt: number[];
  beforeAll(async () => {
    server = await startReference('llama', 'models/kindling');
    remote = await connect(server.address);
    local = await loadGpt2({ id: 'kindling', name: 'kindling', directory: 'models/kindling' });
    prompt = await local.encode('Once upon a time there was a king who');
  });
  afterAll(async () => {
    await Promise.all([remote.dispose(), local.dispose()]);
    await server.stop();
  });

  it('draw the same text for the same seed, and say what the model said at each place', async () => {
    const chain = [{ sampler: 'temperature', temperature: 0.8 }] as const;
    const first = await drawn(remote, { prompt, chain, seed: 5, samples: 3 });
    expect(idsOf(first, 2)).toHaveLength(5);
    const third = await drawn(remote, { prompt, chain, seed: 5, first: 2, samples: 1 });
    expect(idsOf(third, 2)).toEqual(idsOf(first, 2));
    const ids = idsOf(first);
    for (const [i, { id, next }] of first.filter(({ sample }) => sample === 0).entries()) {
      const context = [...prompt, ...ids.slice(0, i)];
      const { logits } = (await local.next([{ tokens: context }]))[0]!;
      const exact = logSoftmax(logits);
      expect(next!.cache.length).toBe(context.length);
      expect(next!.listed!.ids).toContain(id);
      expect(next!.listed!.ids.length).toBeGreaterThanOrEqual(20);
      const listed = [...next!.listed!.ids];
      expect(
        difference(
          listed.map((one) => next!.exact![one]!),
          listed.map((one) => exact[one]!),
        ),
      ).toBeLessThan(1e-4);
      expect(next!.listed!.bound).toBeCloseTo([...exact].sort((a, b) => b - a)[19]!, 4);
    }
  });

  it('draw tokens as often as their probabilities say (chi-square)', async () => {
    const chain = [
      { sampler: 'top-k', k: 4 },
      { sampler: 'temperature', temperature: 1.5 },
    ] as const;
    const samples = 100;
    const tokens = await drawn(remote, { prompt, chain, seed: 1000, samples, maxNewTokens: 1 });
    expect(tokens).toHaveLength(samples);
    const { logits } = (await local.next([{ tokens: prompt }]))[0]!;
    const best = Array.from(logits.keys())
      .sort((a, b) => logits[b]! - logits[a]!)
      .slice(0, 4);
    const probabilities = logSoftmax(best.map((id) => logits[id]! / 1.5)).map(Math.exp);
    const statistic = best.reduce((sum, id, i) => {
      const expected = samples * probabilities[i]!;
      return sum + (tokens.filter((token) => token.id === id).length - expected) ** 2 / expected;
    }, 0);
    expect(tokens.every(({ id }) => best.includes(id))).toBe(true);
    // Above this with a chance of one in a million, with 3 degrees of freedom; the seeds are fixed.
    expect(statistic).toBeLessThan(30.7);
  });

  it('draw for Explore: the greedy text is that of this machine, asked for once', async () => {
    const before = server.log.length;
    const parameters = {
      ...{
        prompt: 'Once upon a time',
        maxNewTokens: 8,
        stop: [],
        seed: 1,
        greedy: true,
        samples: 1,
        chain: [],
      },
    };
    const theirs = await runExperiment(explore, remote, { ...parameters, drawnBy: 'server' });
    const ours = await runExperiment(explore, local, parameters);
    expect(theirs.result.completions[0]!.ids).toEqual(ours.result.completions[0]!.ids);
    expect(theirs.result.completions[0]!.logProbability).toBeCloseTo(
      ours.result.completions[0]!.logProbability,
      4,
    );
    // The distribution after the prompt, and the text.
    expect(server.log.slice(before).filter(({ path }) => path === '/completion')).toHaveLength(2);
  });

  it('end their work when they are stopped, and when a text is to go no further', async () => {
    const slow = await startReference('llama', 'models/kindling', '--delay', '100');
    try {
      const model = await connect(slow.address);
      const closed = (): number => slow.log.filter((line) => line['closed'] === '/completion').length;
      let count = 0;
      await model.samplers!.draw({ ...PLAIN, maxNewTokens: 200 }, () => ++count < 3);
      expect(count).toBe(3);
      await expect.poll(closed).toBe(1);
      const stop = new AbortController();
      const asked = model.samplers!.draw(
        { ...PLAIN, samples: 3, maxNewTokens: 200 },
        () => {
          stop.abort(new Error('enough'));
          return true;
        },
        stop.signal,
      );
      await expect(asked).rejects.toThrow('enough');
      await expect.poll(closed).toBe(4);
    } finally {
      await slow.stop();
    }
  });

  it('leave what was drawn when the server breaks off, and say so', async () => {
    const cut = await startReference('llama', 'models/kindling', '--fault', 'cut');
    try {
      const model = await connect(cut.address);
      const tokens: DrawnToken[] = [];
      const asked = model.samplers!.draw({ ...PLAIN, prompt }, (token) => tokens.push(token) > 0);
      await expect(asked).rejects.toThrow(/Box .* broke off/);
      expect(tokens.length).toBeGreaterThan(0);
    } finally {
      await cut.stop();
    }
  });
});

/** As the real server streams: of a character in several tokens only the last, with the text of all. */
function stream(response: ServerResponse, pieces: readonly object[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const piece of pieces) response.write(`data: ${JSON.stringify(piece)}\n\n`);
  response.end();
}

const piece = (content: string, id: number, drawnSoFar: number): object => ({
  ...{ index: 0, content, tokens: [id], stop: false, id_slot: -1, tokens_predicted: drawnSoFar },
  completion_probabilities: [
    {
      id,
      token: content,
      bytes: [],
      logprob: -1,
      top_logprobs: [{ id, token: content, bytes: [], logprob: -1 }],
    },
  ],
});
const end = (drawnInAll: number, why = 'limit'): object => ({
  ...{ index: 0, content: '', tokens: [], stop: true, stop_type: why, tokens_predicted: drawnInAll },
});

describe('a llama-server that draws', () => {
  const gpt2 = new Gpt2Tokenizer();

  async function served(completion: Answers[string], params: object = {}): Promise<LanguageModel> {
    const server = await startFake({
      '/props': () => ({ default_generation_settings: { n_ctx: 256, params }, total_slots: 2 }),
      '/tokenize': ({ content }) => ({ tokens: gpt2.encode(String(content)) }),
      '/completion': completion,
    });
    fakes.push(server);
    return connect(server.address);
  }

  it('leaves out the first tokens of a character: where only these have its bytes, they are known', async () => {
    const [first, second, third] = gpt2.encode('€\u{1F9FF}').slice(-3) as [number, number, number];
    const character = gpt2.decode([first, second, third]);
    const model = await served((_, response) => {
      stream(response, [piece('A', 32, 1), piece(character, third, 4), piece('B', 33, 5), end(5)]);
    });
    const tokens = await drawn(model, {});
    expect(idsOf(tokens)).toEqual([32, first, second, third, 33]);
    expect(tokens.map(({ next }) => next !== undefined)).toEqual([true, false, false, true, true]);
  });

  it('is asked again where several rows of tokens have the bytes, or a text ends inside of a character', async () => {
    const emoji = gpt2.encode('🙂');
    const asked: unknown[] = [];
    const model = await served((body, response) => {
      asked.push(body);
      if (body['stream'] !== true) return { ...end(3), tokens: [32, ...emoji.slice(0, 2)] };
      stream(response, [piece('A', 32, 1), end(3)]);
      return undefined;
    });
    const tokens = await drawn(model, { maxNewTokens: 3, seed: 9 });
    expect(idsOf(tokens)).toEqual([32, ...emoji.slice(0, 2)]);
    expect(asked).toEqual([
      expect.objectContaining({ stream: true, seed: 9 }),
      expect.objectContaining({ stream: false, seed: 9 }),
    ]);
  });

  it('is not believed where it draws another text then', async () => {
    const model = await served((body, response) => {
      if (body['stream'] !== true) return { ...end(3), tokens: [33, 8582, 247] };
      stream(response, [piece('A', 32, 1), end(3)]);
      return undefined;
    });
    await expect(drawn(model, {})).rejects.toThrow(/left out tokens inside of a character, and drew another/);
  });

  it.each([
    ['as a token of its own', [piece('A', 32, 1), piece('', 50256, 2), end(2, 'eos')]],
    ['without it', [piece('A', 32, 1), end(2, 'eos')]],
    ['with all tokens once more', [piece('A', 32, 1), { ...end(2, 'eos'), tokens: [32, 50256] }]],
  ])('ends a text by its end of text: %s', async (_, pieces) => {
    const model = await served((__, response) => {
      stream(response, pieces);
    });
    expect(idsOf(await drawn(model, {}))).toEqual([32, 50256]);
  });

  it('is asked which of several ends of texts it drew, where it does not say', async () => {
    const model = await served((body, response) => {
      if (body['stream'] !== true) return { ...end(2, 'eos'), tokens: [32, 50255] };
      stream(response, [piece('A', 32, 1), end(2, 'eos')]);
      return undefined;
    });
    Object.assign(model.info, { endOfText: [50256, 50255] });
    expect(idsOf(await drawn(model, {}))).toEqual([32, 50255]);
  });

  it.each<[string, object[], RegExp]>([
    [
      'a stream that ends in good order too early',
      [piece('A', 32, 1)],
      /broke off before a text had ended, after 1/,
    ],
    [
      'a wrong probability',
      [{ ...piece('A', 32, 1), completion_probabilities: [{ id: 32, logprob: 3, top_logprobs: [] }] }],
      /the log-probability 3 for token 32/,
    ],
    ['a token of another vocabulary', [piece('A', 60_000, 1)], /token 60000, though its ids are/],
    ['what is no piece', [{ content: 3 }], /answers with what cannot be read .* in place of texts/],
    [
      'too few tokens',
      [piece('A', 32, 1), piece('B', 33, 1)],
      /1 tokens, after 1 and 1 more, in place of texts/,
    ],
  ])('is not believed: %s', async (_, pieces, message) => {
    const model = await served((__, response) => {
      stream(response, pieces);
    });
    await expect(drawn(model, {})).rejects.toThrow(message);
  });

  it('is told every parameter, the chain, and bans by their ids', async () => {
    let told: Readonly<Record<string, unknown>> = {};
    const model = await served((body, response) => {
      told = body;
      stream(response, [piece('A', 32, 1), end(1)]);
    });
    const chain: OwnDrawing['chain'] = [
      { sampler: 'banned-tokens', texts: [' the'] },
      { sampler: 'logit-bias', bias: [[11, -2]] },
      { sampler: 'frequency-penalty', penalty: 0.5, window: 32 },
      { sampler: 'min-p', p: 0.1 },
      { sampler: 'temperature', temperature: 0.7 },
    ];
    await drawn(model, { chain, maxNewTokens: 1, seed: 4, first: 3 });
    expect(Object.keys(told)).toEqual(expect.arrayContaining(Object.keys(NEUTRAL)));
    expect(told).toMatchObject({
      ...{ temperature: 0.7, min_p: 0.1, frequency_penalty: 0.5, repeat_last_n: 32, seed: 7, stop: [] },
      ...{ top_k: 0, top_p: 1, typical_p: 1, mirostat: 0, xtc_probability: 0, dry_multiplier: 0 },
      samplers: ['penalties', 'min_p', 'temperature'],
      logit_bias: [
        [11, -2],
        [262, false],
      ],
    });
  });

  it.each<[OwnDrawing['chain'], RegExp]>([
    [[{ sampler: 'allowed-tokens', texts: ['a'] }], /no sampler like allowed-tokens/],
    [[{ sampler: 'tail-free', z: 0.5 }], /no sampler like tail-free/],
    [[{ sampler: 'regex', expression: '[a-z]+' }], /regex/],
    [[{ sampler: 'mirostat-2', tau: 5, eta: 0.1 }], /measures the surprise/],
    [
      [{ sampler: 'xtc', probability: 0.5, threshold: 0.1 }],
      /this build of llama\.cpp does not say that it has it/,
    ],
    [
      [
        { sampler: 'min-p', p: 0.1 },
        { sampler: 'banned-tokens', ids: [3] },
      ],
      /llama\.cpp applies/,
    ],
  ])('refuses what it would draw otherwise: %j', async (chain, message) => {
    const model = await served(() => ({}));
    expect(model.samplers!.refusal({ ...PLAIN, chain })).toMatch(message);
    await expect(drawn(model, { chain })).rejects.toThrow(RangeError);
  });

  it('takes samplers that its build names, and ties as they come', async () => {
    const model = await served(() => ({}), { xtc_probability: 0 });
    const chain: OwnDrawing['chain'] = [
      { sampler: 'top-k', k: 40 },
      { sampler: 'xtc', probability: 0.5, threshold: 0.1 },
    ];
    expect(model.samplers!.refusal({ ...PLAIN, chain })).toBeUndefined();
  });
});
