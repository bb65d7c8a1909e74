/** A page whose models run on a server: their answers list some tokens, or all. */
import type { LanguageModel, ModelInfo, ModelServer } from '../../../src/core/languageModel';
import { listedLogits } from '../../../src/core/listed';
import { registry } from '../../../src/experiments/registry';
import type { ToPanel } from '../../../src/protocol/messages';
import { Page, type Answer } from './page';

const { training: _, ...onModels } = registry;

export const VOCABULARY = 257;

/** The bytes, and an end of text. */
export const vocabulary = {
  bytes: Uint8Array.of(...Array.from({ length: 256 }, (_, byte) => byte), 60, 62),
  offsets: Uint32Array.of(...Array.from({ length: VOCABULARY }, (_, id) => id), VOCABULARY + 1),
};

export const SERVER: ModelServer = {
  name: 'gpu1',
  address: 'http://gpu1:8000',
  kind: 'vllm',
  version: '0.11.0',
  listed: 20,
  readsTexts: 'at once',
  chat: false,
};

/** The same model on this machine lists all. */
const LOCAL: ModelServer = { ...SERVER, listed: VOCABULARY };

const infoOf = (server: ModelServer): ModelInfo => ({
  id: `${server.name}/small`,
  name: 'Small',
  kind: server === LOCAL ? 'gpt2' : 'remote',
  vocabularySize: VOCABULARY,
  contextLength: 64,
  endOfText: [256],
  startOfText: 256,
  fingerprint: 'small',
  precision: 'unknown',
  parameters: 0,
  ...(server !== LOCAL && { server }),
});

/**
 * Log-probabilities of the token after another: the letters from it on, each with 0.8 of the probability of the one
 * before, the first with 0.2; all that are left share the rest, 0.8^26, evenly.
 */
export function logProbabilities(last: number): Float64Array {
  const values = new Float64Array(VOCABULARY).fill(26 * Math.log(0.8) - Math.log(VOCABULARY - 26));
  for (let place = 0; place < 26; place++)
    values[97 + ((last + place) % 26)] = Math.log(0.2) + place * Math.log(0.8);
  return values;
}

/** A model on a server that answers as `logProbabilities` says. @param answers whether it does so once more */
export function servedModel(server: ModelServer, answers: () => boolean): LanguageModel {
  const info = infoOf(server);
  return {
    info,
    vocabulary,
    encode: (text) => Array.from(new TextEncoder().encode(text)),
    chat: (text) => Promise.resolve(Array.from(new TextEncoder().encode(`<user>${text}</user>`))),
    decode: (ids) => new TextDecoder().decode(Uint8Array.from(ids.filter((id) => id < 256))),
    next: async (contexts) => {
      await Promise.resolve();
      if (!answers()) throw new Error(`${server.name} broke off. Run it again.`);
      return contexts.map(({ tokens }) => {
        const exact = logProbabilities(tokens.at(-1) ?? 0);
        const cache = { length: tokens.length };
        if (server.listed >= VOCABULARY) return { logits: Float32Array.from(exact), cache };
        const best = Array.from(exact, (logProbability, id) => ({ id, logProbability }))
          .sort((a, b) => b.logProbability - a.logProbability || a.id - b.id)
          .slice(0, server.listed);
        return { ...listedLogits(best, VOCABULARY), cache };
      });
    },
    dispose: () => Promise.resolve(),
  };
}

const choice = ({ name, address }: ModelServer) => ({
  id: `${name}/small`,
  name: 'Small',
  kind: 'remote' as const,
  server: { name, address },
  description: `Runs on ${address}.`,
});

export const MODELS = [
  { id: 'local', name: 'Small', kind: 'gpt2' as const, description: '' },
  { id: 'toy', name: 'Toy vocabulary', kind: 'toy' as const, description: '' },
];

/** What the server answers; a test may have it fail. */
export interface Served {
  server: ModelServer;
  /** The sentence with which everything fails; null where it works. */
  down: string | null;
  /** How many times it answers before it breaks off. */
  answers: number;
}

const answerFor =
  (served: Served): Answer =>
  async (message, emit): Promise<ToPanel | undefined> => {
    if (!('request' in message)) return undefined;
    const { request } = message;
    const isLocal = 'model' in message && message.model === 'local';
    const model = servedModel(isLocal ? LOCAL : served.server, () => served.answers-- > 0);
    if (!isLocal && served.down !== null && (message.type === 'load' || message.type === 'run'))
      return { type: 'failure', request, failure: { code: 'network', sentence: served.down } };
    if (message.type === 'load')
      return { type: 'model', request, info: { ...model.info, endOfText: [256] }, vocabulary };
    if (message.type === 'copy' || message.type === 'export') return { type: 'done', request };
    if (message.type !== 'run') return undefined;
    const experiment = Object.entries(onModels).find(([key]) => key === message.experiment)![1];
    try {
      const result = await experiment.prepare(message.parameters)(
        { count: 1, use: (_, action) => action(model) },
        { emit, pause: () => Promise.resolve(), signal: new AbortController().signal },
      );
      return { type: 'result', request, result };
    } catch (error) {
      return { type: 'failure', request, failure: { code: 'parameter', sentence: (error as Error).message } };
    }
  };

/** A page on the server's model. @param state that an earlier page has left */
export function openServed(
  server: Partial<ModelServer> = {},
  state: unknown = null,
): { page: Page; served: Served } {
  const served: Served = { server: { ...SERVER, ...server }, down: null, answers: Infinity };
  const page = new Page(state, answerFor(served));
  welcome(page, served);
  return { page, served };
}

export function welcome(page: Page, { server }: Served): void {
  page.welcome([choice(server), ...MODELS], { words: ['one', 'two'], logits: [1, 2] });
}

/** The same where the server cannot be reached. */
export function openDown(sentence: string, state: unknown): { page: Page; served: Served } {
  const served: Served = { server: SERVER, down: sentence, answers: Infinity };
  const page = new Page(state, answerFor(served));
  welcome(page, served);
  return { page, served };
}

/** Explores a text. */
export function explore(page: Page, text: string): void {
  const source = { text, document: 'a.md', place: 'Ln 1, Col 1', kind: 'selection' as const, notes: [] };
  page.receive({ type: 'prompt', source, run: true });
}
