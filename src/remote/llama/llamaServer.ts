/** The protocol of llama-server, as far as it is spoken here; tools/server/README.md of llama.cpp describes it. */
import * as v from 'valibot';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import type { ServerConnection } from '../connection';
import { nonsense, titleOf } from '../problems';
import { leading } from '../startOfTexts';
import {
  nameOfModel,
  readFirstEntry,
  UnreadableAnswer,
  type ChosenEntry,
  type EntryReceiver,
} from './entries';

/** Every sampler switched off: the server's defaults draw from a cut distribution. */
export const NEUTRAL = {
  ...{ temperature: 1, dynatemp_range: 0, dynatemp_exponent: 1 },
  ...{ top_k: 0, top_p: 1, min_p: 0, typical_p: 1, top_n_sigma: -1 },
  ...{ xtc_probability: 0, xtc_threshold: 0.1 },
  ...{ repeat_last_n: 0, repeat_penalty: 1, presence_penalty: 0, frequency_penalty: 0 },
  ...{ dry_multiplier: 0, dry_base: 1.75, dry_allowed_length: 2, dry_penalty_last_n: 0 },
  ...{ mirostat: 0, mirostat_tau: 5, mirostat_eta: 0.1 },
  ...{ adaptive_target: -1, adaptive_decay: 0.9 },
  ...{ min_keep: 0, ignore_eos: false, logit_bias: [], grammar: '', samplers: ['temperature'] },
  ...{ stop: [], n_indent: 0, t_max_predict_ms: -1, n_keep: 0 },
  ...{ post_sampling_probs: false, backend_sampling: false, 'speculative.n_max': 0 },
} as const;

/** Added to the logit of a token that is to be taken whatever the others have. */
const CERTAIN = 1e9;

/** Bytes of an answer beside its lists. */
const ANSWER_BYTES = 1_000_000;

/** Bytes of an answer for each token that it lists: a published vocabulary's have 93 on average. */
const ENTRY_BYTES = 400;

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const tokensSchema = v.object({ tokens: v.array(id) });
const contentSchema = v.object({ content: v.string() });
const promptSchema = v.object({ prompt: v.string() });
const text = v.optional(v.fallback(v.string(), ''), '');

const propsSchema = v.object({
  default_generation_settings: v.object({
    n_ctx: count,
    params: v.optional(v.fallback(v.record(v.string(), v.unknown()), {}), {}),
  }),
  total_slots: v.optional(v.fallback(count, 1), 1),
  ...{ model_path: text, model_ftype: text, build_info: text },
  ...{ chat_template: text, bos_token: text, eos_token: text },
});

/** What the server says of itself and its model. */
export type LlamaProps = v.InferOutput<typeof propsSchema>;

export interface Question {
  readonly prompt: readonly number[];
  /** The token that is taken, so that an entry is made: none is while a character is incomplete. */
  readonly taken: number;
  /** How many tokens are listed, most probable first. */
  readonly listed: number;
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
}

/** How a text is to be read. */
export interface Reading {
  /** Whether what looks like a special token is one; it is ordinary text otherwise. */
  readonly special: boolean;
  /** Whether tokens are added that stand before every text. */
  readonly start: boolean;
}

export class LlamaServer {
  private answering: string | undefined;

  constructor(
    readonly connection: ServerConnection,
    /** What the server calls the model. */
    readonly model: string,
  ) {}

  /** The server as sentences call it. */
  get title(): string {
    return titleOf(this.connection.server);
  }

  /** @throws RemoteError */
  async props(signal?: AbortSignal): Promise<LlamaProps> {
    const what = t('its properties');
    // Its router, which starts a server for each of several models, needs to know which.
    const path = `/props?model=${encodeURIComponent(this.model)}`;
    return this.parsed(propsSchema, await this.connection.json({ path, what, signal }), what);
  }

  /**
   * What the model says of the place after a prompt. The values are of the raw distribution, whatever is taken.
   *
   * The server keeps what it has read (`cache_prompt`): a text costs one step a token then, not all its tokens anew
   * at each. That may change a value's last bits, which differ from one answer to the next in any case, with the
   * requests that are computed beside it.
   * @returns the entry of the token that was taken; undefined where the server makes none, inside of a character.
   * @throws RemoteError
   */
  async ask(
    { prompt, taken, listed, what, signal }: Question,
    onEntry: EntryReceiver,
    wantsBytes = false,
  ): Promise<ChosenEntry | undefined> {
    const answer = await this.connection.bytes({
      path: '/completion',
      body: {
        ...NEUTRAL,
        ...{ model: this.model, prompt, temperature: 0, logit_bias: [[taken, CERTAIN]] },
        ...{ n_predict: 1, n_probs: listed, return_tokens: true, cache_prompt: true, stream: false },
      },
      what,
      mostBytes: ANSWER_BYTES + listed * ENTRY_BYTES,
      signal,
    });
    return this.readable(what, () => {
      this.checkModel(nameOfModel(answer));
      const entry = readFirstEntry(answer, onEntry, wantsBytes);
      if (entry && entry.id !== taken) {
        throw new UnreadableAnswer(
          t('token {0}, where it was told to take {1},', written(entry.id), written(taken)),
        );
      }
      return entry;
    });
  }

  /**
   * A text's ids.
   * @throws RemoteError
   */
  async tokens(content: string, { special, start }: Reading, size: number): Promise<number[]> {
    const what = t('the tokens of a text');
    const answer = await this.connection.json({
      path: '/tokenize',
      body: { model: this.model, content, parse_special: special, add_special: start, with_pieces: false },
      what,
      // Up to eight digits and a comma for each of its bytes.
      mostBytes: ANSWER_BYTES + 9 * Buffer.byteLength(content),
    });
    const { tokens } = this.parsed(tokensSchema, answer, what);
    return this.readable(what, () => {
      const outside = tokens.find((token) => token >= size);
      if (outside === undefined) return tokens;
      throw new UnreadableAnswer(
        t('token {0}, though its ids are 0 to {1},', written(outside), written(size - 1)),
      );
    });
  }

  /**
   * Ids that the server puts before every text that it is given as text.
   * @throws RemoteError
   */
  async before(size: number): Promise<number[]> {
    const [added, plain] = await Promise.all(
      [true, false].map((start) => this.tokens('a', { special: false, start }, size)),
    );
    return added!.slice(0, leading(added!, plain!));
  }

  /**
   * The text of ids, special ones included.
   * @throws RemoteError
   */
  async text(tokens: readonly number[]): Promise<string> {
    const what = t('the text of its tokens');
    const body = { model: this.model, tokens };
    const answer = await this.connection.json({ path: '/detokenize', body, what });
    return this.parsed(contentSchema, answer, what).content;
  }

  /**
   * A prompt in which the text is what a user says, by the model's chat template.
   * @throws RemoteError
   */
  async templated(content: string): Promise<string> {
    const what = t('its chat template');
    const body = { model: this.model, messages: [{ role: 'user', content }] };
    const mostBytes = ANSWER_BYTES + 8 * Buffer.byteLength(content);
    const answer = await this.connection.json({ path: '/apply-template', body, what, mostBytes });
    return this.parsed(promptSchema, answer, what).prompt;
  }

  /**
   * Holds the server to the model that it answered with before.
   * @param model as an answer names it.
   * @throws UnreadableAnswer
   */
  checkModel(model: string | undefined): void {
    const before = (this.answering ??= model);
    if (model === undefined || before === undefined || model === before) return;
    throw new UnreadableAnswer(
      t('the model {0}, though it answered with {1} before,', this.shown(model), this.shown(before)),
    );
  }

  /** What `read` makes of an answer, or a sentence about what is wrong with it. @throws RemoteError */
  readable<Read>(what: string, read: () => Read): Read {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UnreadableAnswer)) throw error;
      throw nonsense({ server: this.connection.server, what }, this.connection.safely(error.message));
    }
  }

  private shown(text: string): string {
    return this.connection.safely(text, 100);
  }

  private parsed<Schema extends v.GenericSchema>(
    schema: Schema,
    answer: unknown,
    what: string,
  ): v.InferOutput<Schema> {
    return this.readable(what, () => {
      const read = v.safeParse(schema, answer);
      if (read.success) return read.output;
      throw new UnreadableAnswer(t('what cannot be read ({0})', this.shown(read.issues[0].message)));
    });
  }
}
