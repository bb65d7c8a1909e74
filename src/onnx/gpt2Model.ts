import type {
  CacheHandle,
  Context,
  JobMemory,
  LanguageModel,
  ModelInfo,
  NextToken,
  RepresentedNextToken,
  ScoreOptions,
  TextScores,
  Vocabulary,
} from '../core/languageModel';
import type { Gpt2Config } from '../gpt2/checkpoint/config';
import type { TextTokenizer } from '../gpt2/tokenizer/textTokenizer';
import { fold, Gpt2Cache, type TokenShape } from './gpt2Cache';
import { KeyValueRows } from './keyValueRows';
import { PromptCache } from './promptCache';
import { PIECE, readTokens } from './readTokens';
import { scoreTokens } from './scoreTokens';
import { groupBy, planBatches, type Batch, type Job, type StepJob } from './stepBatches';
import type { StepRunner } from './stepRunner';
import { t } from '../l10n/language';
import { contextName, theText } from './textName';
import { asGiven } from '../l10n/numbers';

/** Takes hidden states of some tokens of the context at `index`; those of one context come in order. */
type StatesReceiver = (index: number, states: Float32Array) => void;

interface AnswerOptions {
  readonly signal?: AbortSignal | undefined;
  readonly memory?: JobMemory | undefined;
  readonly onStates?: StatesReceiver;
}

/** GPT-2 on onnxruntime-node. */
export class Gpt2Model implements LanguageModel {
  readonly vocabulary: Vocabulary;
  readonly tokenize: LanguageModel['tokenize'];
  private readonly shape: TokenShape;
  private readonly prompts: PromptCache;
  private disposed = false;

  constructor(
    readonly info: ModelInfo,
    config: Gpt2Config,
    private readonly tokenizer: TextTokenizer,
    private readonly runner: StepRunner,
    promptCacheBytes: number,
  ) {
    this.prompts = new PromptCache(PIECE, promptCacheBytes);
    this.vocabulary = tokenizer.vocabulary;
    this.tokenize = tokenizer.tokenize;
    this.shape = {
      parts: 2 * config.layers,
      heads: config.heads,
      headWidth: config.width / config.heads,
    };
  }

  encode(text: string): number[] {
    return this.tokenizer.encode(text);
  }

  decode(ids: readonly number[]): string {
    return this.tokenizer.decode(ids);
  }

  next(contexts: readonly Context[], signal?: AbortSignal, memory?: JobMemory): Promise<NextToken[]> {
    return this.answer(contexts, { signal, memory });
  }

  async nextWithStates(contexts: readonly Context[], signal?: AbortSignal): Promise<RepresentedNextToken[]> {
    const parts = contexts.map((): Float32Array[] => []);
    const onStates: StatesReceiver = (index, states) => parts[index]!.push(states);
    const answers = await this.answer(contexts, { signal, onStates });
    return answers.map((answer, index) => ({ ...answer, states: joined(parts[index]!) }));
  }

  async score(tokens: readonly number[], options: ScoreOptions = {}): Promise<TextScores> {
    this.checkLoaded();
    this.checkTokens(tokens, 0, theText);
    const { parts, heads, headWidth } = this.shape;
    return scoreTokens(
      (window, wanted, onLogits, tools) => {
        const rows = new KeyValueRows(parts, heads * headWidth, window.length);
        return readTokens(this.runner, { rows, length: 0 }, window, wanted, onLogits, tools);
      },
      this.info.contextLength,
      tokens,
      options,
    );
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    this.prompts.clear();
    await this.runner.release();
  }

  private async answer(
    contexts: readonly Context[],
    { signal, memory, onStates }: AnswerOptions,
  ): Promise<NextToken[]> {
    this.checkLoaded();
    const jobs = contexts.map((context, index) => this.check(context, index));
    const results = new Array<NextToken>(contexts.length);
    const [steps, reads] = partition(jobs, isStep);
    for (const same of groupBy(reads, (job) => [job.cache, job.tokens.join()])) {
      const onOwn =
        onStates &&
        ((states: Float32Array): void => {
          for (const { index } of same) onStates(index, states);
        });
      const result = await this.read(same[0]!, signal, onOwn);
      for (const { index } of same) results[index] = result;
    }
    const size = this.info.vocabularySize;
    const room = memory?.claim(steps.length * size);
    let done = 0;
    const longest = memory?.longest ?? this.info.contextLength;
    for (const batch of planBatches(steps, this.shape, longest)) {
      signal?.throwIfAborted();
      const logits = room?.subarray(done * size, (done + batch.jobs.length) * size);
      (await this.step(batch, longest, logits, onStates)).forEach(
        (result, i) => (results[batch.jobs[i]!.index] = result),
      );
      done += batch.jobs.length;
    }
    return results;
  }

  /** Reads the tokens that the context's cache, or an earlier text, does not cover; no states are kept of that one. */
  private async read(
    { tokens, cache }: Job,
    signal: AbortSignal | undefined,
    onStates: ((states: Float32Array) => void) | undefined,
  ): Promise<NextToken> {
    const { parts, heads, headWidth } = this.shape;
    const known = cache || onStates ? null : this.prompts.find(tokens);
    if (known?.answer) return known.answer;
    const start = cache ? fold(cache, this.shape, tokens.length - cache.length) : known?.view;
    const fresh = new KeyValueRows(parts, heads * headWidth, start ? 0 : tokens.length);
    let last: Float32Array = new Float32Array();
    const view = await readTokens(
      this.runner,
      start ?? { rows: fresh, length: 0 },
      tokens,
      tokens.length - 1,
      (_, logits) => (last = logits),
      { signal, onStates },
    );
    const answer = { logits: last, cache: new Gpt2Cache(this, new Int32Array(tokens), view, null) };
    if (known) this.prompts.add(tokens, view, answer);
    return answer;
  }

  /**
   * Adds one token to each sequence of a batch.
   * @param longest tokens that the sequences may grow to.
   * @param room for the logits; an array of their own without it.
   */
  private async step(
    batch: Batch,
    longest: number,
    room: Float32Array | undefined,
    onStates: StatesReceiver | undefined,
  ): Promise<NextToken[]> {
    const { jobs, prefix, suffix, groups, places } = batch;
    // A place whose sequence has ended gets some token and gives no logits.
    const ids = new Array<number>(groups).fill(0);
    jobs.forEach(({ tokens }, i) => (ids[places[i]!] = tokens.at(-1)!));
    const { length } = suffix;
    const rows = suffix.rows.claim(length, 1, longest - prefix.length);
    const { logits, states } = await this.runner.run({
      ids,
      groups,
      prefix,
      own: { rows, start: 0, length },
      logitsFor: places,
      logits: room,
      states: onStates !== undefined,
    });
    const width = this.shape.heads * this.shape.headWidth;
    jobs.forEach(({ index }, i) => {
      onStates?.(index, states.subarray(places[i]! * width, (places[i]! + 1) * width));
    });
    const size = this.info.vocabularySize;
    return jobs.map(({ tokens }, i) => ({
      logits: logits.subarray(i * size, (i + 1) * size),
      cache: new Gpt2Cache(this, new Int32Array(tokens), prefix, {
        rows,
        length: length + 1,
        groups,
        sequence: places[i]!,
      }),
    }));
  }

  private checkLoaded(): void {
    if (this.disposed) throw new Error(t('{0} has been unloaded; load it again.', this.info.name));
  }

  /** @throws RangeError when there are no tokens, or one from index `from` on is no token id. */
  private checkTokens(tokens: readonly number[], from: number, what: () => string): void {
    const { vocabularySize, name } = this.info;
    if (tokens.length === 0) {
      throw new RangeError(
        t('{0} is empty; {1} needs at least one token before the one it predicts.', what(), name),
      );
    }
    for (let i = from; i < tokens.length; i++) {
      const id = tokens[i]!;
      if (Number.isInteger(id) && id >= 0 && id < vocabularySize) continue;
      throw new RangeError(
        t(
          '{0} has token id {1}, but the ids of {2} are 0 to {3}.',
          what(),
          asGiven(id),
          name,
          asGiven(vocabularySize - 1),
        ),
      );
    }
  }

  private check({ tokens, cache }: Context, index: number): Job {
    const { contextLength, name } = this.info;
    const what = (): string => contextName(index);
    const usable = cache ? this.checkCache(tokens, cache, what) : null;
    this.checkTokens(tokens, usable?.length ?? 0, what);
    if (tokens.length > contextLength) {
      throw new RangeError(
        t(
          '{0} has {1} tokens, but {2} holds at most {3}; shorten the text.',
          what(),
          asGiven(tokens.length),
          name,
          asGiven(contextLength),
        ),
      );
    }
    // The last token is always computed: the cache holds no logits.
    if (!usable || usable.length < tokens.length) return { index, tokens, cache: usable };
    return { index, tokens, cache: tokens.length > 1 ? usable.truncated(tokens.length - 1) : null };
  }

  private checkCache(tokens: readonly number[], cache: CacheHandle, what: () => string): Gpt2Cache {
    if (!(cache instanceof Gpt2Cache) || cache.owner !== this) {
      throw new RangeError(
        t('{0} has a cache of another model than {1}; leave it out.', what(), this.info.name),
      );
    }
    for (let i = 0; i < cache.length; i++) {
      if (cache.tokens[i] === tokens[i]) continue;
      throw new RangeError(t('{0} has a cache of other tokens than its own; leave it out.', what()));
    }
    return cache;
  }
}

function isStep(job: Job): job is StepJob {
  return job.cache !== null && job.tokens.length === job.cache.length + 1;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function partition<T, U extends T>(items: readonly T[], test: (item: T) => item is U): [U[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
