import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DrawnToken, LanguageModel, OwnDrawing } from '../../../../src/core/languageModel';
import { argmax, logSoftmax } from '../../../../src/core/logits';
import { chiSquareTest } from '../../../../src/core/statistics/chiSquare';
import { SamplerChain } from '../../../../src/core/samplers/chain';
import { loadGpt2 } from '../../../../src/onnx/loadGpt2';
import { depth } from '../../depth';
import type { Answers, FakeServer } from '../fakeServer';
import { hasReference } from '../referenceServer';
import { serveLetters } from './letters';
import { serve, type Served } from './served';

const PROMPT = [7454, 2402, 257, 640];

function drawing(more: Partial<OwnDrawing> = {}): OwnDrawing {
  return {
    ...{ prompt: PROMPT, chain: [{ sampler: 'top-k', k: 20 }], greedy: false, seed: 5, first: 0, samples: 3 },
    ...{ maxNewTokens: 3, stop: [], ...more },
  };
}

/** The ids of each sample, and all tokens in the order in which they came. */
async function drawn(
  model: LanguageModel,
  of: OwnDrawing,
  goesOn: (token: DrawnToken) => boolean = () => true,
  signal?: AbortSignal,
): Promise<{ readonly ids: number[][]; readonly tokens: DrawnToken[] }> {
  const ids = Array.from({ length: of.samples }, (): number[] => []);
  const tokens: DrawnToken[] = [];
  await model.samplers!.draw(
    of,
    (token) => {
      ids[token.sample - of.first]!.push(token.id);
      tokens.push(token);
      return goesOn(token);
    },
    signal,
  );
  return { ids, tokens };
}

describe.skipIf(!hasReference)('texts that vLLM draws itself', () => {
  let local: LanguageModel;
  let served: Served;
  beforeAll(async () => {
    [local, served] = await Promise.all([
      loadGpt2({ id: 'kindling', name: 'kindling', directory: 'models/kindling' }),
      serve('models/kindling', 'all'),
    ]);
  });
  afterAll(async () => {
    await Promise.all([local.dispose(), served.server.stop()]);
  });

  it('are one request, and come with what the model said at each place', async () => {
    const { samples, maxNewTokens } = drawing({ samples: depth(3, 64), maxNewTokens: depth(3, 64) });
    served.asked();
    const { ids, tokens } = await drawn(served.model, drawing({ samples, maxNewTokens }));
    expect(served.asked()).toHaveLength(1);
    expect(new Set(ids.map(({ length }) => length))).toEqual(new Set([maxNewTokens]));
    expect(new Set(ids.map((sample) => sample.join())).size).toBeGreaterThan(1);
    const { sample } = tokens.at(-1)!;
    const own = tokens.filter((token) => token.sample === sample);
    const contexts = own.map((_, i) => ({ tokens: [...PROMPT, ...own.slice(0, i).map(({ id }) => id)] }));
    const here = await local.next(contexts);
    own.forEach(({ id, next }, i) => {
      const mine = logSoftmax(here[i]!.logits);
      expect(next!.listed!.ids).toContain(id);
      expect(next!.cache.length).toBe(PROMPT.length + i);
      for (const token of next!.listed!.ids) expect(next!.exact![token]).toBeCloseTo(mine[token]!, 3);
    });
  });

  it('are the same again with their seed, each by its own number', async () => {
    const all = await drawn(served.model, drawing());
    const again = await drawn(served.model, drawing({ first: 1, samples: 2 }));
    const other = await drawn(served.model, drawing({ seed: 105 }));
    expect(again.ids).toEqual(all.ids.slice(1));
    expect(other.ids).not.toEqual(all.ids);
  });

  it('are drawn as often as their probabilities say', async () => {
    const samples = depth(60, 3000);
    const chain: OwnDrawing['chain'] = [
      { sampler: 'temperature', temperature: 0.8 },
      { sampler: 'top-k', k: 6 },
      { sampler: 'top-p', p: 0.95 },
    ];
    const { ids } = await drawn(served.model, drawing({ samples, maxNewTokens: 1, chain }));
    const [here] = await local.next([{ tokens: PROMPT }]);
    const { probabilities } = new SamplerChain(chain, 50_257).apply(here!.logits);
    const counts = new Int32Array(probabilities.length);
    for (const [id] of ids) counts[id!]! += 1;
    const possible = Array.from(probabilities.keys()).filter((id) => probabilities[id]! > 0);
    expect(possible.reduce((sum, id) => sum + counts[id]!, 0)).toBe(samples);
    const test = chiSquareTest(
      possible.map((id) => counts[id]!),
      possible.map((id) => probabilities[id]!),
    );
    expect(test.pValue).toBeGreaterThan(1e-4);
  });

  it('are one text for all samples where the best token is taken', async () => {
    served.asked();
    const { ids } = await drawn(served.model, drawing({ greedy: true, samples: 3, first: 4 }));
    expect(served.asked()).toHaveLength(1);
    const tokens = [...PROMPT];
    for (let i = 0; i < 3; i++) tokens.push(argmax((await local.next([{ tokens }]))[0]!.logits));
    expect(ids).toEqual(Array.from({ length: 3 }, () => tokens.slice(4)));
  });

  it('end where a stop text comes, with that text', async () => {
    const { ids } = await drawn(served.model, drawing({ greedy: true, samples: 1 }));
    const text = served.model.decode(ids[0]!.slice(1, 2));
    const stopped = await drawn(served.model, drawing({ greedy: true, samples: 1, stop: [text] }));
    expect(served.model.decode(stopped.ids[0]!)).toContain(text);
    expect(stopped.ids[0]!.length).toBeLessThanOrEqual(2);
  });

  it('are refused with the reason where something else would be drawn', async () => {
    const bad = drawing({ chain: [{ sampler: 'eta', eta: 0.01 }] });
    expect(served.model.samplers!.refusal(bad)).toBe('vLLM has no sampler like eta.');
    expect(served.model.samplers!.refusal(drawing())).toBeUndefined();
    await expect(drawn(served.model, bad)).rejects.toThrow(RangeError);
  });

  it('stop when nobody wants more of them, or at a signal, and the server stops with them', async () => {
    const slow = await serve('models/kindling', 20, { delay: 200 });
    const long = drawing({ samples: 1, maxNewTokens: 100 });
    const few = await drawn(slow.model, long, () => false);
    expect(few.ids[0]).toHaveLength(1);
    await expect.poll(() => slow.server.log.at(-1)).toEqual({ closed: '/v1/completions' });
    const controller = new AbortController();
    const stopped = drawn(
      slow.model,
      long,
      () => {
        controller.abort(new Error('enough'));
        return true;
      },
      controller.signal,
    );
    await expect(stopped).rejects.toThrow('enough');
    await expect.poll(() => slow.server.log.filter(({ closed }) => closed !== undefined)).toHaveLength(2);
    await slow.server.stop();
  });
});

describe('a stream of texts', () => {
  let fake: FakeServer | undefined;
  afterEach(async () => {
    await fake?.stop();
    fake = undefined;
  });

  /** A model of 30 letters that lists two of them, whose streams have these events. */
  async function streaming(...events: readonly object[]): Promise<LanguageModel> {
    const answer: Answers[string] = (_body, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of events)
        response.write(`data: ${JSON.stringify({ model: 'letters', ...event })}\n\n`);
      response.end('data: [DONE]\n\n');
    };
    const served = await serveLetters(30, answer, 2);
    fake = served.fake;
    return served.model;
  }

  const event = (index: number, ids: readonly number[], reason: string | null = null): object => ({
    choices: [
      {
        ...{ index, text: '', finish_reason: reason, token_ids: ids },
        logprobs: {
          tokens: ids.map((id) => `token_id:${id}`),
          top_logprobs: ids.map((id) => ({ [`token_id:${id}`]: -3, 'token_id:28': -1, 'token_id:29': -2 })),
        },
      },
    ],
  });
  const two = drawing({ prompt: [0], samples: 2, maxNewTokens: 3, chain: [] });

  it('may bring several tokens at once, and of the texts in any order', async () => {
    const model = await streaming(
      event(1, [7]),
      event(0, [4, 5]),
      event(1, [8, 9], 'length'),
      event(0, [6], 'stop'),
      {
        choices: [],
      },
    );
    const { ids, tokens } = await drawn(model, two);
    expect(ids).toEqual([
      [4, 5, 6],
      [7, 8, 9],
    ]);
    // The drawn token is beyond the two best, which alone bound what is not listed.
    expect([...tokens[0]!.next!.listed!.ids]).toEqual([28, 29, 7]);
    expect(tokens[0]!.next!.listed!.bound).toBe(-2);
    const { body } = fake!.asked.find(({ body: { stream } }) => stream === true)!;
    expect(body).toMatchObject({
      n: 2,
      seed: 5,
      max_tokens: 3,
      temperature: 1,
      top_k: -1,
      top_p: 1,
      min_p: 0,
    });
    expect(body).toMatchObject({ ignore_eos: true, stop_token_ids: [25], logprobs: 2 });
  });

  it('brings nothing of a text that has ended with the token for that, or is as long as was asked for', async () => {
    const model = await streaming(event(0, [4, 25, 4], 'stop'), event(1, [1, 2, 3, 4], 'length'));
    const { ids } = await drawn(model, two);
    expect(ids).toEqual([
      [4, 25],
      [1, 2, 3],
    ]);
  });

  it('that ends before its texts is told of after all tokens that came', async () => {
    const model = await streaming(event(0, [4, 5, 6], 'length'), event(1, [7]));
    const came: number[] = [];
    const work = model.samplers!.draw(two, ({ id }) => came.push(id) > 0);
    await expect(work).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(/^Fake .* broke off before 1 of 2 texts had ended\./) as string,
    });
    expect(came).toEqual([4, 5, 6, 7]);
  });

  it.each<[string, object]>([
    ['text 3 where 2 were asked for', event(2, [4])],
    ['token 30, but the ids', event(0, [30])],
    ['3 tokens, 1 of them named', { choices: [{ ...choiceOf(event(0, [4])), token_ids: [4, 5, 6] }] }],
    ['token 5 under the name token_id:4', { choices: [{ ...choiceOf(event(0, [4])), token_ids: [5] }] }],
    ['the model "other"', { ...event(0, [4]), model: 'other' }],
    ['a completion whose choices is missing', {}],
  ])('that cannot be right is refused: %s', async (sentence, wrong) => {
    const model = await streaming(event(1, [7]), wrong);
    await expect(drawn(model, two)).rejects.toMatchObject({
      code: 'answer',
      message: expect.stringContaining(sentence) as string,
    });
  });

  it('with an error in it is that error, after what came', async () => {
    const model = await streaming(event(0, [4]), {
      error: { message: 'EngineCore encountered an issue.', code: 500 },
    });
    const came: number[] = [];
    const work = model.samplers!.draw(two, ({ id }) => came.push(id) > 0);
    await expect(work).rejects.toThrow('EngineCore encountered an issue');
    expect(came).toEqual([4]);
  });
});

function choiceOf(event: object): object {
  return (event as { choices: object[] }).choices[0]!;
}
