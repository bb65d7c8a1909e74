/** Answers that cannot be right, of vocabularies larger than their tokenizer's and of many tokens. */
import { afterEach, describe, expect, it } from 'vitest';
import type { LanguageModel } from '../../../../src/core/languageModel';
import { ChatTemplate } from '../../../../src/remote/vllm/chatTemplate';
import { startFake, type FakeServer } from '../fakeServer';
import { serveLetters } from './letters';

let fake: FakeServer | undefined;
afterEach(async () => {
  await fake?.stop();
  fake = undefined;
});

async function connect(...of: Parameters<typeof serveLetters>): Promise<LanguageModel> {
  const served = await serveLetters(...of);
  fake = served.fake;
  return served.model;
}

/** An answer of one text whose first place has this object, as text. */
const place = (top: string, model = 'letters'): string =>
  `{"model":"${model}","choices":[{"index":0,"text":"a","finish_reason":"length","logprobs":{"text_offset":[0],` +
  `"token_logprobs":[-1],"tokens":["token_id:0"],"top_logprobs":[${top}]},"token_ids":[0]}]}`;

const HALF = Math.log(0.5);

describe('a chat template', () => {
  it('is none where the server says so, and not known where it cannot be asked', async () => {
    let breaks = false;
    fake = await startFake({
      '/tokenize': (_, response) => {
        if (breaks) response.destroy();
        else response.writeHead(400).end('{"error":{"message":"no chat template","code":400}}');
      },
    });
    const template = new ChatTemplate(fake.connection, 'letters', 26);
    expect(await template.isThere()).toBe(false);
    breaks = true;
    await expect(template.isThere()).rejects.toThrow(/^Fake .* closed the connection/);
  });
});

describe('an answer that cannot be right', () => {
  it.each([
    ['the log-probability 3.5 of token 1, which is above 0', place('{"token_id:0":-1,"token_id:1":3.5}')],
    ['"\\"token_id:1\\":NaN}" in place of', place('{"token_id:0":-1,"token_id:1":NaN}')],
    ['2 tokens; token 1 is missing', place('{"token_id:0":0}')],
    ['token 0 twice', place('{"token_id:0":-1,"token_id:0":-1}')],
    ['token 2, but the ids of its tokenizer are 0 to 1', place(`{"token_id:0":-1,"token_id:2":-1}`)],
    ['probabilities whose sum is 0.5000, not 1', place(`{"token_id:0":${HALF},"token_id:1":-9999}`)],
    ['tokens by their texts', place('{"a":-1,"b":-1}')],
    ['no log-probabilities', place('null')],
    [
      'the model "other", but "letters" was asked',
      place(`{"token_id:0":${HALF},"token_id:1":${HALF}}`, 'other'),
    ],
    ['nothing for text 1 of 1', '{"model":"letters","choices":[]}'],
    ['a completion whose model is missing', '[]'],
    ['no completion', '5'],
    ['text that is not JSON', '{"model":'],
  ])('is refused with a sentence: %s', async (sentence, text) => {
    const model = await connect(2, (_body, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    });
    await expect(model.next([{ tokens: [0] }])).rejects.toMatchObject({
      name: 'RemoteError',
      code: 'answer',
      message: expect.stringContaining(sentence) as string,
    });
    await expect(model.next([{ tokens: [0] }])).rejects.toThrow(/^Fake/);
  });

  it('is no fault where a token is impossible, or rounding adds a little', async () => {
    const model = await connect(2, () => JSON.parse(place('{"token_id:0":0.00001,"token_id:1":-9999.0}')));
    const [answer] = await model.next([{ tokens: [0] }]);
    expect([...answer!.logits]).toEqual([0, -Infinity]);
  });

  it('is one that lists fewer tokens than were asked for, or more than there is probability for', async () => {
    const few = await connect(100, () => JSON.parse(place('{"token_id:0":-1,"token_id:1":-2}')), 3);
    await expect(few.next([{ tokens: [0] }])).rejects.toThrow('of 2 tokens where 3 were asked for');
    await fake?.stop();
    const much = await connect(100, () => JSON.parse(place('{"token_id:0":-0.1,"token_id:1":-0.1}')), 2);
    await expect(much.next([{ tokens: [0] }])).rejects.toThrow('sum is 1.810, more than 1');
  });
});

describe('a large vocabulary', () => {
  const SIZE = 150_000;
  const share = Math.log(1 / SIZE);
  /** All tokens as probable as each other. */
  const even = (count: number): Record<string, number> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`token_id:${(i * 7919) % SIZE}`, share]));

  it('of 150,000 tokens, many of the same text, is read by ids', async () => {
    const model = await connect(SIZE, (body) => ({
      model: 'letters',
      choices: (body['prompt'] as number[][]).map((_, index) => ({
        index,
        text: 'a',
        logprobs: { tokens: ['token_id:0'], top_logprobs: [even(Number(body['logprobs']))] },
      })),
    }));
    const answers = await model.next([{ tokens: [0] }, { tokens: [140_000, 5] }]);
    for (const { logits, listed } of answers) {
      expect(listed).toBeUndefined();
      expect(logits).toHaveLength(SIZE);
      expect(logits.every((x) => x === Math.fround(share))).toBe(true);
    }
    expect(fake!.asked.filter(({ path }) => path === '/v1/completions')).toHaveLength(1);
  });

  it('is as large as the server says where that has more tokens than the tokenizer', async () => {
    const served = 112;
    const model = await connect(
      100,
      (body) => {
        const [first] = body['prompt'] as (number | number[])[];
        const index = 0;
        if (typeof first === 'number') return { model: 'letters', choices: [{ index, logprobs: null }] };
        const count = Number(body['logprobs']);
        const top = Object.fromEntries(
          Array.from({ length: count }, (_, id) => [`token_id:${id}`, id < 100 ? Math.log(0.01) : -9999]),
        );
        return {
          model: 'letters',
          choices: [{ index, logprobs: { tokens: ['token_id:0'], top_logprobs: [top] } }],
        };
      },
      served,
    );
    expect(model.info.vocabularySize).toBe(served);
    expect(model.info.server?.listed).toBe(served);
    expect(model.vocabulary.offsets).toHaveLength(served + 1);
    expect(model.decode([0, 110, 1])).toBe('ab');
    const [answer] = await model.next([{ tokens: [0, 111] }]);
    expect(answer!.logits).toHaveLength(served);
    expect(answer!.logits[111]).toBe(-Infinity);
  });

  it('is never asked for more tokens than there are: a limit may lie above their number', async () => {
    const model = await connect(
      100,
      (body, response) => {
        const [id] = body['prompt'] as number[];
        response.writeHead(id! < 117 ? 200 : 400, { 'content-type': 'application/json' });
        response.end(
          id! < 117
            ? '{"model":"letters","choices":[]}'
            : '{"error":{"message":"Token id is out of vocabulary","type":"BadRequestError","code":400}}',
        );
      },
      5000,
    );
    expect(model.info.vocabularySize).toBe(117);
    expect(model.info.server?.listed).toBe(117);
  });
});

describe('the chat template of a server', () => {
  it('makes a prompt of what a user says, where there is one', async () => {
    const model = await connect(200, () => undefined, 20, {
      '/tokenize': ({ messages, add_generation_prompt: prompted }) => ({
        tokens: [
          150,
          ...((messages as { content: string }[])[0]!.content.length > 0 ? [3] : []),
          prompted ? 151 : 0,
        ],
      }),
    });
    expect(model.info.server?.chat).toBe(true);
    expect(await model.chat!('Hi')).toEqual([150, 3, 151]);
  });

  it('is not there where the server refuses it, or makes nothing of it', async () => {
    for (const tokens of [[], [500]]) {
      const model = await connect(200, () => undefined, 20, { '/tokenize': () => ({ tokens }) });
      expect(model.info.server?.chat).toBe(false);
      expect(model.chat === undefined).toBe(true);
      await fake?.stop();
    }
    const none = await connect(200, () => undefined, 20);
    expect(none.chat === undefined).toBe(true);
  });
});
