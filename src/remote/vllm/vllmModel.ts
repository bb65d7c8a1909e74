import { setImmediate as turn } from 'node:timers/promises';
import type {
  Context,
  LanguageModel,
  ModelInfo,
  NextToken,
  ScoreOptions,
  TextScores,
  Vocabulary,
} from '../../core/languageModel';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import type { ServerConnection } from '../connection';
import { checkContext, checkTokens } from '../contexts';
import { RecentAnswers } from '../recentAnswers';
import { started } from '../startOfTexts';
import type { RemoteTokenizer } from '../tokenizer';
import { readLargeAnswer } from './answers';
import type { ChatTemplate } from './chatTemplate';
import { nextTokenOf } from './distributions';
import { wrongAnswers, type Wrong } from './problems';
import { MOST_PROMPTS, NEUTRAL } from './request';
import { scoreText } from './scoring';
import { VllmSamplers } from './samplers';

/** Bytes of an answer for each token that it lists, at most and as a rule, and for each context beside them. */
const MOST_ENTRY_BYTES = 64;
const ENTRY_BYTES = 36;
const CONTEXT_BYTES = 4096;
/** Bytes that one answer is to have: more contexts are asked about in several requests. */
const ANSWER_BYTES = 200e6;
/** Bytes of answers that are kept. */
const KEPT_BYTES = 64e6;

/** What a model of this kind is made of. */
export interface VllmParts {
  readonly info: ModelInfo;
  readonly connection: ServerConnection;
  /** What the server calls the model. */
  readonly model: string;
  /** Fitted to the model's vocabulary. */
  readonly tokenizer: RemoteTokenizer;
  readonly chat: ChatTemplate | undefined;
}

/** A model that vLLM serves. */
export class VllmModel implements LanguageModel {
  readonly info: ModelInfo;
  readonly vocabulary: Vocabulary;
  readonly tokenize: LanguageModel['tokenize'];
  readonly chat?: (text: string) => Promise<number[]>;
  readonly samplers: VllmSamplers;
  readonly #parts: VllmParts;
  readonly #wrong: Wrong;
  readonly #recent = new RecentAnswers(KEPT_BYTES);
  /** How many tokens are asked for at a place. */
  readonly #count: number;

  constructor(parts: VllmParts) {
    const { info, connection, tokenizer, chat } = parts;
    this.#parts = parts;
    this.#wrong = wrongAnswers(connection);
    this.#count = info.server!.listed;
    this.info = info;
    this.vocabulary = tokenizer.vocabulary;
    this.tokenize = tokenizer.tokenize;
    if (chat) this.chat = (text) => chat.apply(text);
    this.samplers = new VllmSamplers(parts, this.#wrong);
  }

  encode(text: string): number[] | Promise<number[]> {
    return this.#parts.tokenizer.encode(text);
  }

  decode(ids: readonly number[]): string {
    return this.#parts.tokenizer.decode(ids);
  }

  async next(contexts: readonly Context[], signal?: AbortSignal): Promise<NextToken[]> {
    contexts.forEach(({ tokens }, index) => {
      checkContext(this.info, tokens, t('Context {0}', written(index)));
    });
    const together = this.#contextsTogether();
    return this.#recent.answersTo(contexts, async (questions) => {
      for (let from = 0; from < questions.length; from += together) {
        const part = questions.slice(from, from + together);
        const found = await this.#ask(
          part.map(({ tokens }) => tokens),
          signal,
        );
        part.forEach(({ answered }, i) => {
          answered(found[i]!);
        });
      }
    });
  }

  /** Entropies stay unknown: the log-probabilities of all tokens at all places would be gigabytes. */
  async score(tokens: readonly number[], options: ScoreOptions = {}): Promise<TextScores> {
    checkTokens(this.info, tokens, t('The text'));
    return scoreText(this.#parts, tokens, options, this.#wrong);
  }

  dispose(): Promise<void> {
    this.#recent.clear();
    return Promise.resolve();
  }

  #contextsTogether(): number {
    const bytes = CONTEXT_BYTES + this.#count * ENTRY_BYTES;
    return Math.min(MOST_PROMPTS, Math.max(1, Math.floor(ANSWER_BYTES / bytes)));
  }

  /** One request. The answer may be large: others get their turn between contexts. */
  async #ask(contexts: readonly (readonly number[])[], signal?: AbortSignal): Promise<NextToken[]> {
    const { connection, model, info, tokenizer } = this.#parts;
    const prompt = contexts.map((tokens) => started(tokenizer.before, tokens));
    const read = prompt.reduce((sum, { length }) => sum + length, 0);
    const bytes = await connection.bytes({
      path: '/v1/completions',
      body: { model, prompt, ...NEUTRAL, max_tokens: 1, logprobs: this.#count },
      what: t('the next tokens'),
      mostBytes:
        contexts.length * (CONTEXT_BYTES + (this.#count + 1) * MOST_ENTRY_BYTES) + read * 16 + 65_536,
      signal,
    });
    const texts = readLargeAnswer(bytes, model, contexts.length, this.#wrong);
    const listing = { vocabularySize: info.vocabularySize, count: this.#count };
    const answers: NextToken[] = [];
    for (const [i, tokens] of contexts.entries()) {
      await turn();
      signal?.throwIfAborted();
      answers.push(nextTokenOf(texts[i]!(), listing, tokens.length, this.#wrong));
    }
    return answers;
  }
}
