import type {
  Context,
  LanguageModel,
  ModelInfo,
  NextToken,
  ScoreOptions,
  TextScores,
  Vocabulary,
} from '../core/languageModel';
import type { Gpt2Config } from '../gpt2/config';
import type { TextTokenizer } from '../gpt2/textTokenizer';
import { appendStep, fold, Gpt2Cache, joinSuffixes, type SuffixView, type TokenShape } from './gpt2Cache';
import { KeyValueRows } from './keyValueRows';
import { readTokens } from './readTokens';
import { scoreTokens } from './scoreTokens';
import type { StepRunner } from './stepRunner';

/** Sequences that are continued in one run. */
const MOST_SEQUENCES = 64;

/** Tokens for which room is made at once when a sequence begins to grow. */
const ROOM = 32;

/** A context to work on, with the usable part of its cache. */
interface Job {
  readonly index: number;
  readonly tokens: readonly number[];
  readonly cache: Gpt2Cache | null;
}

/** GPT-2 on onnxruntime-node. */
export class Gpt2Model implements LanguageModel {
  readonly vocabulary: Vocabulary;
  private readonly shape: TokenShape;
  private disposed = false;

  constructor(
    readonly info: ModelInfo,
    config: Gpt2Config,
    private readonly tokenizer: TextTokenizer,
    private readonly runner: StepRunner,
  ) {
    this.vocabulary = tokenizer.vocabulary;
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

  async next(contexts: readonly Context[], signal?: AbortSignal): Promise<NextToken[]> {
    this.checkLoaded();
    const jobs = contexts.map((context, index) => this.check(context, index));
    const results = new Array<NextToken>(contexts.length);
    const [steps, reads] = partition(jobs, isStep);
    for (const same of groupBy(reads, (job) => [job.cache, job.tokens.join()])) {
      const result = await this.read(same[0]!, signal);
      for (const { index } of same) results[index] = result;
    }
    const together = groupBy(steps, ({ cache }) => [
      cache.prefix.rows,
      cache.prefix.length,
      cache.suffix?.length ?? 0,
    ]);
    for (const group of together) {
      for (let start = 0; start < group.length; start += MOST_SEQUENCES) {
        signal?.throwIfAborted();
        const part = group.slice(start, start + MOST_SEQUENCES);
        (await this.step(part)).forEach((result, i) => (results[part[i]!.index] = result));
      }
    }
    return results;
  }

  async score(tokens: readonly number[], options: ScoreOptions = {}): Promise<TextScores> {
    this.checkLoaded();
    this.checkTokens(tokens, 'The text');
    return scoreTokens(this.runner, this.shape, this.info.contextLength, tokens, options);
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    await this.runner.release();
  }

  /** Reads the tokens that the cache does not cover. */
  private async read({ tokens, cache }: Job, signal: AbortSignal | undefined): Promise<NextToken> {
    const { parts, heads, headWidth } = this.shape;
    const missing = tokens.length - (cache?.length ?? 0);
    const known = cache
      ? fold(cache, this.shape, missing)
      : { rows: new KeyValueRows(parts, heads * headWidth, tokens.length + ROOM), length: 0 };
    let last: Float32Array = new Float32Array();
    const view = await readTokens(
      this.runner,
      this.shape,
      known,
      tokens,
      tokens.length - 1,
      (_, logits) => (last = logits),
      { signal },
    );
    return { logits: last, cache: new Gpt2Cache(this, Int32Array.from(tokens), view, null) };
  }

  /** Adds one token to each of several sequences with the same prefix and equally long suffixes. */
  private async step(jobs: readonly StepJob[]): Promise<NextToken[]> {
    const { parts, heads, headWidth } = this.shape;
    const groups = jobs.length;
    const suffixes = jobs.map(({ cache }) => cache.suffix).filter((s): s is SuffixView => s !== null);
    const suffix =
      suffixes.length > 0
        ? joinSuffixes(suffixes, this.shape, ROOM)
        : { rows: new KeyValueRows(parts, heads * groups * headWidth, ROOM), length: 0 };
    const { prefix } = jobs[0]!.cache;
    const { logits, fresh } = await this.runner.run({
      ids: jobs.map(({ tokens }) => tokens.at(-1)!),
      groups,
      prefix,
      suffix: suffix.length > 0 ? suffix : null,
      logitsFor: jobs.map((_, i) => i),
    });
    const grown = appendStep(suffix, fresh);
    const size = this.info.vocabularySize;
    return jobs.map(({ tokens }, sequence) => ({
      logits: logits.subarray(sequence * size, (sequence + 1) * size),
      cache: new Gpt2Cache(this, Int32Array.from(tokens), prefix, { ...grown, groups, sequence }),
    }));
  }

  private checkLoaded(): void {
    if (this.disposed) throw new Error(`${this.info.name} has been unloaded; load it again.`);
  }

  private checkTokens(tokens: readonly number[], what: string): void {
    const { vocabularySize, name } = this.info;
    if (tokens.length === 0) {
      throw new RangeError(`${what} is empty; ${name} needs at least one token before the one it predicts.`);
    }
    const wrong = tokens.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabularySize));
    if (wrong !== undefined) {
      throw new RangeError(
        `${what} has token id ${wrong}, but the ids of ${name} are 0 to ${vocabularySize - 1}.`,
      );
    }
  }

  private check({ tokens, cache }: Context, index: number): Job {
    const { contextLength, name } = this.info;
    const what = `Context ${index}`;
    const fail = (problem: string): never => {
      throw new RangeError(`${what} ${problem}`);
    };
    this.checkTokens(tokens, what);
    if (tokens.length > contextLength) {
      fail(`has ${tokens.length} tokens, but ${name} holds at most ${contextLength}; shorten the text.`);
    }
    if (!cache) return { index, tokens, cache: null };
    if (!(cache instanceof Gpt2Cache) || cache.owner !== this) {
      return fail(`has a cache of another model than ${name}; leave it out.`);
    }
    if (cache.length > tokens.length || cache.tokens.some((id, i) => id !== tokens[i])) {
      return fail('has a cache of other tokens than its own; leave it out.');
    }
    // The last token is always computed: the cache holds no logits.
    if (cache.length < tokens.length) return { index, tokens, cache };
    return { index, tokens, cache: tokens.length > 1 ? cache.truncated(tokens.length - 1) : null };
  }
}

type StepJob = Job & { readonly cache: Gpt2Cache };

function isStep(job: Job): job is StepJob {
  return job.cache !== null && job.tokens.length === job.cache.length + 1;
}

function partition<T, U extends T>(items: readonly T[], test: (item: T) => item is U): [U[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

/** Groups items whose keys are equal part by part, in the order of their first item. */
function groupBy<T>(items: readonly T[], key: (item: T) => readonly unknown[]): T[][] {
  const root = new Map<unknown, unknown>();
  const groups: T[][] = [];
  for (const item of items) {
    const parts = key(item);
    let level = root;
    for (const part of parts.slice(0, -1)) {
      if (!level.has(part)) level.set(part, new Map());
      level = level.get(part) as Map<unknown, unknown>;
    }
    const last = parts.at(-1);
    let group = level.get(last) as T[] | undefined;
    if (!group) {
      group = [];
      level.set(last, group);
      groups.push(group);
    }
    group.push(item);
  }
  return groups;
}
