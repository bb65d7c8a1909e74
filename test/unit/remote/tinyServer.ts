/**
 * Both protocols over a model of a few bytes, for thousands of requests: its tokens are the 256 bytes and an end of
 * text, its logits a function of the last two tokens. What it sends passes through `spoil`, which may make of it what
 * it likes.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Kind = 'vllm' | 'llama';
type Body = Readonly<Record<string, unknown>>;

export const END_OF_TEXT = 256;
export const VOCABULARY_SIZE = 257;
const CONTEXT = 64;
export const MODEL = 'tiny';

/** An answer as it is to be sent: JSON, or the blocks of a stream. */
export interface Answer {
  status: number;
  type: string;
  /** What is sent, piece by piece. */
  pieces: string[];
}

/** Sends an answer, whole or otherwise. */
export type Spoil = (answer: Answer, response: ServerResponse, request: IncomingMessage) => void;

export const sendWhole: Spoil = ({ status, type, pieces }, response) => {
  response.writeHead(status, { 'content-type': type });
  for (const piece of pieces) response.write(piece);
  response.end();
};

/** Natural logs of probabilities of the next token. */
export function logProbabilities(tokens: readonly number[]): Float64Array {
  const [a = 1, b = 1] = tokens.slice(-2);
  const logits = Float64Array.from({ length: VOCABULARY_SIZE }, (_, id) => {
    const hash = Math.sin(a * 12.9898 + b * 78.233 + id * 37.719) * 43758.5453;
    // Mostly letters, so that most texts are whole characters.
    return 6 * (hash - Math.floor(hash)) + (id >= 97 && id < 123 ? 4 : id >= 128 ? -6 : 0);
  });
  const sum = Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0));
  return logits.map((logit) => logit - sum);
}

/** A folder with the tokenizer's files, as GPT-2's are written: bytes that are no letters have others' places. */
export function tokenizerFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tiny-tokenizer-'));
  const visible = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let hidden = 0;
  const names = Array.from({ length: 256 }, (_, byte) =>
    String.fromCharCode(visible(byte) ? byte : 256 + hidden++),
  );
  const vocabulary = Object.fromEntries([...names, '<|endoftext|>'].map((name, id) => [name, id]));
  writeFileSync(join(directory, 'vocab.json'), JSON.stringify(vocabulary));
  writeFileSync(join(directory, 'merges.txt'), '#version: 0.2\n');
  return directory;
}

export interface TinyServer {
  readonly address: string;
  /** How its answers are sent. */
  spoil: Spoil;
  /** Connections that are open. */
  readonly open: ReadonlySet<Socket>;
  stop(): Promise<void>;
}

/** @param port of this machine; any that is free where left out */
export async function startTiny(kind: Kind, port = 0): Promise<TinyServer> {
  const open = new Set<Socket>();
  const tiny = { spoil: sendWhole };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { pathname } = new URL(request.url!, 'http://x');
      const body = (parts.length > 0 ? JSON.parse(Buffer.concat(parts).toString()) : {}) as Body;
      tiny.spoil((kind === 'vllm' ? vllm : llama)(pathname, body), response, request);
    });
  }).on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return Object.assign(tiny, {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  });
}

const json = (value: unknown, status = 200): Answer => ({
  ...{ status, type: 'application/json' },
  pieces: [JSON.stringify(value)],
});

const stream = (events: readonly unknown[], done: boolean): Answer => ({
  ...{ status: 200, type: 'text/event-stream' },
  pieces: [...events.map((event) => JSON.stringify(event)), ...(done ? ['[DONE]'] : [])].map(
    (data) => `data: ${data}\n\n`,
  ),
});

const best = (lp: Float64Array, n: number): number[] =>
  Array.from(lp.keys())
    .sort((a, b) => lp[b]! - lp[a]!)
    .slice(0, n);

const bytesOf = (text: unknown): number[] => [...Buffer.from(String(text), 'utf8')];
const textOf = (ids: readonly number[]): string => Buffer.from(ids.filter((id) => id < 256)).toString();

/** The next token: the best one, or by a seed one of the best. */
function chosen(lp: Float64Array, temperature: unknown, seed: number): number {
  const [first, second, third] = best(lp, 3);
  return temperature === 0 ? first! : [first, second, third][Math.abs(seed) % 3]!;
}

function vllm(path: string, body: Body): Answer {
  if (path === '/health') return { ...json(null), pieces: [] };
  if (path === '/version') return json({ version: '0.15.0' });
  if (path === '/v1/models') {
    return json({ object: 'list', data: [{ id: MODEL, owned_by: 'vllm', max_model_len: CONTEXT }] });
  }
  if (path === '/tokenize' && body['messages'] === undefined) {
    const tokens = bytesOf(body['prompt']);
    return json({ count: tokens.length, max_model_len: CONTEXT, tokens });
  }
  if (path !== '/v1/completions') return json({ error: { message: 'Not Found', code: 404 } }, 404);
  const listed = (body['logprobs'] ?? null) as number | null;
  const read = (body['prompt_logprobs'] ?? null) as number | null;
  if (Math.max(listed ?? 0, read ?? 0) > VOCABULARY_SIZE) {
    const message = `Requested sample logprobs of ${listed ?? read!}, which is greater than max allowed: ${VOCABULARY_SIZE}`;
    return json({ error: { message, type: 'BadRequestError', code: 400 } }, 400);
  }
  const given = body['prompt'] as number[] | number[][];
  const prompts = typeof given[0] === 'number' ? [given as number[]] : (given as number[][]);
  if (prompts.some((ids) => ids.some((id) => id >= VOCABULARY_SIZE))) {
    return json({ error: { message: 'Token id is out of vocabulary', code: 400 } }, 400);
  }
  const [n, most] = [Number(body['n'] ?? 1), Number(body['max_tokens'] ?? 16)];
  const named = (id: number): string => `token_id:${id}`;
  const choices = prompts.flatMap((prompt, p) =>
    Array.from({ length: n }, (_, i) => {
      const tokens = [...prompt];
      const places: { id: number; lp: Float64Array }[] = [];
      while (places.length < most) {
        const lp = logProbabilities(tokens);
        const only = (body['allowed_token_ids'] as number[] | null | undefined)?.[0];
        const id = only ?? chosen(lp, body['temperature'], Number(body['seed'] ?? 0) + i + tokens.length);
        places.push({ id, lp });
        tokens.push(id);
      }
      return { index: p * n + i, prompt, places };
    }),
  );
  const logprobs = (places: readonly { id: number; lp: Float64Array }[]): unknown =>
    listed === null
      ? null
      : {
          tokens: places.map(({ id }) => named(id)),
          token_logprobs: places.map(({ id, lp }) => lp[id]),
          top_logprobs: places.map(({ id, lp }) =>
            Object.fromEntries([id, ...best(lp, listed)].map((t) => [named(t), lp[t]])),
          ),
          text_offset: places.map(() => 0),
        };
  const base = { id: 'cmpl-1', object: 'text_completion', model: MODEL };
  if (body['stream'] === true) {
    const events = choices.flatMap(({ index, places }) =>
      places.map((place, at) => ({
        ...base,
        choices: [
          {
            ...{ index, text: textOf([place.id]), token_ids: [place.id], logprobs: logprobs([place]) },
            finish_reason: at === places.length - 1 ? 'length' : null,
          },
        ],
      })),
    );
    return stream(events, true);
  }
  return json({
    ...base,
    choices: choices.map(({ index, prompt, places }) => ({
      ...{ index, text: textOf(places.map(({ id }) => id)), finish_reason: 'length' },
      ...{ token_ids: places.map(({ id }) => id), logprobs: logprobs(places) },
      prompt_logprobs:
        read === null
          ? null
          : prompt.map((id, at) => {
              if (at === 0) return null;
              const lp = logProbabilities(prompt.slice(0, at));
              const order = best(lp, VOCABULARY_SIZE);
              return Object.fromEntries(
                [id, ...order.slice(0, read)].map((t) => [
                  t,
                  { logprob: lp[t], rank: order.indexOf(t) + 1, decoded_token: textOf([t]) },
                ]),
              );
            }),
    })),
  });
}

function llama(path: string, body: Body): Answer {
  if (path === '/health') return json({ status: 'ok' });
  if (path === '/v1/models') {
    const meta = { n_vocab: VOCABULARY_SIZE, n_ctx: CONTEXT, n_ctx_train: CONTEXT };
    return json({ object: 'list', data: [{ id: MODEL, owned_by: 'llamacpp', meta }] });
  }
  if (path === '/props') {
    return json({
      ...{ default_generation_settings: { n_ctx: CONTEXT }, total_slots: 4, model_path: '/m/tiny.gguf' },
      ...{ chat_template: '', bos_token: '', eos_token: '<|endoftext|>', build_info: 'b9000-tiny' },
    });
  }
  if (path === '/tokenize') return json({ tokens: bytesOf(body['content']) });
  if (path === '/detokenize') return json({ content: textOf(body['tokens'] as number[]) });
  if (path !== '/completion') return json({ error: { code: 404, message: 'File Not Found' } }, 404);
  const prompt = body['prompt'] as number[];
  const tokens = [...prompt];
  const [listed, most] = [Number(body['n_probs'] ?? 0), Number(body['n_predict'] ?? 16)];
  const forced = (body['logit_bias'] as [number, number][] | undefined)?.find(([, bias]) => bias > 100)?.[0];
  const entry = (lp: Float64Array, id: number): object => ({
    ...{ id, token: textOf([id]), bytes: id < 256 ? [id] : [], logprob: lp[id] },
  });
  const events: object[] = [];
  while (events.length < most) {
    const lp = logProbabilities(tokens);
    const id =
      forced ?? chosen(lp, body['temperature'], Number(body['seed'] ?? 0) + tokens.length - prompt.length);
    tokens.push(id);
    const probabilities = {
      ...entry(lp, id),
      top_logprobs: best(lp, listed).map((t) => entry(lp, t)),
    };
    events.push({
      ...{ index: 0, content: textOf([id]), tokens: [id], stop: false, id_slot: 0 },
      ...{ tokens_predicted: events.length + 1, tokens_evaluated: prompt.length },
      ...(listed > 0 && { completion_probabilities: [probabilities] }),
    });
  }
  const made = tokens.slice(prompt.length);
  const last = {
    ...{ index: 0, id_slot: 0, stop: true, stop_type: 'limit', stopping_word: '', model: MODEL },
    ...{ tokens_predicted: made.length, tokens_evaluated: prompt.length, truncated: false },
  };
  if (body['stream'] === true) return stream([...events, { ...last, content: '', tokens: [] }], false);
  return json({
    ...last,
    ...{ content: textOf(made), tokens: made },
    ...(listed > 0 && {
      completion_probabilities: events.flatMap(
        (event) => (event as { completion_probabilities: object[] }).completion_probabilities,
      ),
    }),
  });
}
