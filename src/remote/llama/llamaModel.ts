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
import { checkContext, checkTokens } from '../contexts';
import { RecentAnswers } from '../recentAnswers';
import { started } from '../startOfTexts';
import type { RemoteTokenizer } from '../tokenizer';
import { partListing, wholeListing } from './distributions';
import { UnreadableAnswer } from './entries';
import type { LlamaServer } from './llamaServer';
import { LlamaSamplers } from './samplers';
import { scoreText } from './scoring';
import type { Slots } from './slots';

/** Bytes of answers that are kept. */
const KEPT_BYTES = 64e6;

const WHAT = t('the next tokens');

/** What a model of this kind is made of. */
export interface LlamaParts {
  readonly info: ModelInfo;
  readonly server: LlamaServer;
  readonly slots: Slots;
  /** Fitted to the model's vocabulary. */
  readonly tokenizer: RemoteTokenizer;
  /** A token that is a whole character by itself. */
  readonly letter: number;
  /** Names of the settings that the server knows. */
  readonly settings: ReadonlySet<string>;
}

/** A model that llama-server serves. */
export class LlamaModel implements LanguageModel {
  readonly info: ModelInfo;
  readonly vocabulary: Vocabulary;
  readonly tokenize: LanguageModel['tokenize'];
  readonly chat?: (text: string) => Promise<number[]>;
  readonly samplers: LlamaSamplers;
  readonly #parts: LlamaParts;
  readonly #recent = new RecentAnswers(KEPT_BYTES);

  constructor(parts: LlamaParts) {
    const { info, tokenizer } = parts;
    this.#parts = parts;
    this.info = info;
    this.vocabulary = tokenizer.vocabulary;
    this.tokenize = tokenizer.tokenize;
    this.samplers = new LlamaSamplers(parts);
    if (info.server!.chat) this.chat = (text) => this.#chat(text);
  }

  encode(text: string): number[] | Promise<number[]> {
    return this.#parts.tokenizer.encode(text);
  }

  decode(ids: readonly number[]): string {
    return this.#parts.tokenizer.decode(ids);
  }

  /** One request for each context that was not asked about lately. */
  async next(contexts: readonly Context[], signal?: AbortSignal): Promise<NextToken[]> {
    contexts.forEach(({ tokens }, index) => {
      checkContext(this.info, tokens, t('Context {0}', written(index)));
    });
    return this.#recent.answersTo(contexts, (questions) =>
      this.#parts.slots.each(
        questions,
        async ({ tokens, answered }, both) => {
          answered(await this.#ask(tokens, both));
        },
        signal,
      ),
    );
  }

  async score(tokens: readonly number[], options: ScoreOptions = {}): Promise<TextScores> {
    checkTokens(this.info, tokens, t('The text'));
    return scoreText(this.#parts, tokens, options);
  }

  dispose(): Promise<void> {
    this.#recent.clear();
    return Promise.resolve();
  }

  async #ask(tokens: readonly number[], signal: AbortSignal): Promise<NextToken> {
    const { server, tokenizer, letter, info } = this.#parts;
    const { vocabularySize } = info;
    const { listed } = info.server!;
    const listing =
      listed >= vocabularySize ? wholeListing(vocabularySize) : partListing(vocabularySize, listed);
    const prompt = started(tokenizer.before, tokens);
    // A whole vocabulary takes some time to read: others get their turn between two.
    await turn();
    const entry = await server.ask({ prompt, taken: letter, listed, what: WHAT, signal }, listing.onEntry);
    return server.readable(WHAT, () => {
      if (!entry) throw new UnreadableAnswer(t('no log-probabilities'));
      return listing.end(tokens.length);
    });
  }

  async #chat(text: string): Promise<number[]> {
    const { server, tokenizer, info } = this.#parts;
    const prompt = await server.templated(text);
    const ids = await server.tokens(prompt, { special: true, start: true }, info.vocabularySize);
    const [first] = tokenizer.before;
    // Some templates begin with the token that is put before every text in any case.
    return first !== undefined && ids[0] === first && ids[1] === first ? ids.slice(1) : ids;
  }
}
