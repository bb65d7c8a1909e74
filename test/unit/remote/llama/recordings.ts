/** What a real llama-server answered, recorded. */
import { existsSync, readFileSync } from 'node:fs';
import { startFake, type Answers, type FakeServer } from '../fakeServer';

const FILE = '../shared/oracles/remote/llama-server.jsonl';

export const hasRecordings = existsSync(FILE);

export interface Exchange {
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown };
  readonly response: { readonly status: number; readonly type: string; readonly body: string };
}

export function recordings(): Exchange[] {
  return readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Exchange);
}

export interface RecordedEntry {
  id: number;
  token: string;
  bytes: number[];
  logprob: number;
  top_logprobs: { id: number; token: string; bytes: number[]; logprob: number }[];
}

/** The answer that lists the whole vocabulary. */
export function wholeAnswer(): { completion_probabilities: RecordedEntry[] } {
  const found = recordings().find(({ request }) => (request.body as { n_probs?: number })?.n_probs === 50257);
  return JSON.parse(found!.response.body) as { completion_probabilities: RecordedEntry[] };
}

/**
 * A server with the recorded answers to the requests that need no model, and the recorded distribution wherever a
 * completion is asked for, with the asked number of tokens and the token that the request's bias forces.
 */
export async function startReplay(further: Answers = {}): Promise<FakeServer> {
  const body = (path: string, has = ''): unknown =>
    JSON.parse(
      recordings().find(
        ({ request, response }) =>
          request.path === path &&
          response.status === 200 &&
          JSON.stringify(request.body ?? '').includes(has),
      )!.response.body,
    );
  const whole = wholeAnswer();
  const [{ top_logprobs: list }] = whole.completion_probabilities as [RecordedEntry];
  const texts = new Map(
    recordings()
      .filter(({ request: { path } }) => path === '/tokenize')
      .map(({ request, response }) => {
        const { tokens } = JSON.parse(response.body) as { tokens: (number | { id: number })[] };
        const ids = tokens.map((token) => (typeof token === 'number' ? token : token.id));
        return [(request.body as { content: string }).content, ids] as const;
      }),
  );
  return startFake({
    '/props': () => body('/props'),
    '/v1/models': () => body('/v1/models'),
    '/health': () => body('/health'),
    '/tokenize': ({ content }) => ({
      tokens:
        content === 'a' ? [64] : content === '<|endoftext|>' ? [50256] : (texts.get(String(content)) ?? []),
    }),
    // Recorded for ordinary tokens; the special one has its name there.
    '/detokenize': ({ tokens }) => ({
      content: (tokens as number[]).map((id) => (id === 50256 ? '<|endoftext|>' : '\n')).join(''),
    }),
    '/completion': ({ n_probs, logit_bias }) => {
      const [[forced]] = logit_bias as [[number, number]];
      const chosen = list.find(({ id }) => id === forced)!;
      const entry = { ...chosen, top_logprobs: list.slice(0, n_probs as number) };
      return { ...whole, content: chosen.token, completion_probabilities: [entry] };
    },
    ...further,
  });
}
