import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type {
  CacheHandle,
  Context,
  LanguageModel,
  ModelInfo,
  NextToken,
  ScoreOptions,
  TextScores,
} from '../core/languageModel';
import { messageOf } from '../core/messageOf';
import { sha256 } from '../gpt2/checkpoint/checkpoint';
import { countParameters } from '../gpt2/checkpoint/modelFolder';
import { ModelFileError } from '../gpt2/checkpoint/modelFileError';
import { openOnnxExport, pastNames, presentName, type OnnxExport } from '../gpt2/import/onnxExport';
import { fitTokenizer, type TextTokenizer } from '../gpt2/tokenizer/textTokenizer';
import { loadTokenizer } from '../gpt2/tokenizer/tokenizerFile';
import { nativeCall } from './nativeCalls';
import { checkLogits } from './finiteLogits';
import type { ReadOptions } from './readTokens';
import { scoreTokens } from './scoreTokens';
import { defaultThreads, loadRuntime, RuntimeError, type Tensors } from './runtime';
import { t } from '../l10n/language';
import { contextName, theText } from './textName';
import { asGiven } from '../l10n/numbers';

/** Tokens read in one run where the graph can go on from a cache: a cancel waits for no more than these. */
const PIECE = 64;

/** The branch of a merged export that uses the cache may take one token at a time: beyond this, reading anew is faster. */
const MOST_SINGLE_STEPS = 16;

/** Keys and values of a context, as the graph gave them. */
class ImportedCache implements CacheHandle {
  constructor(
    readonly owner: object,
    readonly tokens: Int32Array,
    /** By the name of the input they go into; null where the graph has no cache. */
    readonly past: Readonly<Record<string, Tensor>> | null,
  ) {}

  get length(): number {
    return this.tokens.length;
  }
}

/**
 * Loads an ONNX export of GPT-2, with the inputs and outputs that Optimum and transformers.js give it. It runs
 * one sequence at a time and keeps whole copies of the cache: slower than the same model's safetensors, and meant
 * for models that have nothing else.
 * @param file the graph below `source.directory`.
 * @throws ModelFileError when it cannot be recognized.
 * @throws RuntimeError when onnxruntime-node cannot be loaded or refuses the graph.
 */
export async function loadImported(
  source: { readonly id: string; readonly name: string; readonly directory: string },
  file: string,
  options: { readonly threads?: number; readonly precision?: string } = {},
): Promise<LanguageModel> {
  if (options.precision !== undefined && options.precision !== 'fp32') {
    throw new ModelFileError(
      t(
        "{0} is an ONNX export, which runs only as it is stored, not as {1}. Choose the precision fp32, or use the model's config.json and model.safetensors.",
        source.name,
        options.precision,
      ),
    );
  }
  const found = await openOnnxExport(source.directory, file);
  const { config } = found;
  const tokenizer = fitTokenizer(
    await loadTokenizer(source.directory, config.vocabularySize),
    config.vocabularySize,
    source.name,
  );
  const info: ModelInfo = {
    id: source.id,
    name: source.name,
    kind: 'gpt2',
    vocabularySize: config.vocabularySize,
    contextLength: config.contextLength,
    ...config.textEnds,
    fingerprint: await fingerprint(found.files),
    precision: 'onnx',
    parameters: countParameters(config),
    weightBytes: found.bytes,
  };
  const runtime = await loadRuntime();
  let session: InferenceSession;
  try {
    session = await nativeCall(() =>
      runtime.InferenceSession.create(file, {
        intraOpNumThreads: options.threads ?? defaultThreads(),
        graphOptimizationLevel: 'all',
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      }),
    );
  } catch (error) {
    throw new RuntimeError(
      t(
        "{0} could not be loaded by onnxruntime: {1}. Free memory, or use the model's config.json and model.safetensors instead.",
        file,
        messageOf(error),
      ),
    );
  }
  return new ImportedModel(info, found, tokenizer, session, runtime.Tensor);
}

/** SHA-256 of one file, or of the digests of several. */
async function fingerprint(files: readonly string[]): Promise<string> {
  const digests: string[] = [];
  for (const file of files) digests.push(await sha256(file));
  return digests.length === 1 ? digests[0]! : createHash('sha256').update(digests.join('\n')).digest('hex');
}

class ImportedModel implements LanguageModel {
  readonly vocabulary;
  readonly tokenize: LanguageModel['tokenize'];
  readonly #past: readonly string[];
  readonly #merged: boolean;
  #disposed = false;

  constructor(
    readonly info: ModelInfo,
    private readonly graph: OnnxExport,
    private readonly tokenizer: TextTokenizer,
    private readonly session: InferenceSession,
    private readonly TensorClass: typeof Tensor,
  ) {
    this.vocabulary = tokenizer.vocabulary;
    this.tokenize = tokenizer.tokenize;
    this.#past = graph.cache ? pastNames(graph.config.layers) : [];
    this.#merged = graph.inputs.has('use_cache_branch');
  }

  encode(text: string): number[] {
    return this.tokenizer.encode(text);
  }

  decode(ids: readonly number[]): string {
    return this.tokenizer.decode(ids);
  }

  async next(contexts: readonly Context[], signal?: AbortSignal): Promise<NextToken[]> {
    if (this.#disposed) throw new Error(t('{0} has been unloaded; load it again.', this.info.name));
    contexts.forEach((context, index) => {
      this.#check(context, index);
    });
    // The first step of many samples asks the same of every one of them.
    const answers = new Map<string, Promise<NextToken>>();
    const results: NextToken[] = [];
    for (const context of contexts) {
      const key = context.tokens.join();
      const answer = answers.get(key) ?? this.#answer(context, signal);
      answers.set(key, answer);
      results.push(await answer);
    }
    return results;
  }

  async score(tokens: readonly number[], options: ScoreOptions = {}): Promise<TextScores> {
    if (this.#disposed) throw new Error(t('{0} has been unloaded; load it again.', this.info.name));
    this.#checkIds(tokens, theText);
    return scoreTokens(
      (window, wanted, onLogits, tools) => this.#readWindow(window, wanted, onLogits, tools),
      this.info.contextLength,
      tokens,
      options,
    );
  }

  /** A graph that cannot go on from a cache by several tokens reads the window in one run. */
  async #readWindow(
    window: readonly number[],
    wanted: number,
    onLogits: (index: number, logits: Float32Array) => void,
    { signal, onPiece }: ReadOptions,
  ): Promise<void> {
    const piece = this.graph.cache && !this.#merged ? PIECE : window.length;
    const size = this.graph.config.vocabularySize;
    let past: Readonly<Record<string, Tensor>> | null = null;
    for (let at = 0; at < window.length; at += piece) {
      signal?.throwIfAborted();
      const ids = window.slice(at, at + piece);
      const step = await this.#run(ids, at, past, ids.length);
      past = step.past;
      for (let i = Math.max(0, wanted - at); i < ids.length; i++) {
        onLogits(at + i, step.logits.subarray(i * size, (i + 1) * size));
      }
      await onPiece?.(at + ids.length);
      await setImmediate();
    }
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.session.release();
  }

  async #answer({ tokens, cache }: Context, signal: AbortSignal | undefined): Promise<NextToken> {
    let known: ImportedCache | null = cache instanceof ImportedCache && cache.past ? cache : null;
    // The last token is always computed: the cache holds no logits, and it cannot be shortened.
    if (known && known.length >= tokens.length) known = null;
    let piece = this.graph.cache && !this.#merged ? PIECE : tokens.length;
    if (this.#merged && known) {
      if (tokens.length - known.length > MOST_SINGLE_STEPS) known = null;
      else piece = 1;
    }
    let at = known?.length ?? 0;
    let past = known?.past ?? null;
    for (;;) {
      signal?.throwIfAborted();
      const step = await this.#run(tokens.slice(at, at + piece), at, past, 1);
      at = Math.min(at + piece, tokens.length);
      past = step.past;
      await setImmediate();
      if (at === tokens.length) {
        // The answer is kept by whoever asked, and the graph's whole output must not be kept with it.
        return { logits: step.logits.slice(), cache: new ImportedCache(this, Int32Array.from(tokens), past) };
      }
    }
  }

  /**
   * Feeds tokens that come after `before` others.
   * @param wanted logits are given after so many of the last tokens: a row of the vocabulary's size for each, as a
   * part of the graph's whole output.
   */
  async #run(
    ids: readonly number[],
    before: number,
    past: Readonly<Record<string, Tensor>> | null,
    wanted: number,
  ): Promise<{ logits: Float32Array; past: Readonly<Record<string, Tensor>> | null }> {
    const count = ids.length;
    const { inputs, cache, config } = this.graph;
    const feeds: Tensors = {};
    for (const [name, { type, rank }] of inputs) {
      if (name === 'input_ids') feeds[name] = this.#numbers(type, ids, [1, count]);
      else if (name === 'position_ids') {
        feeds[name] = this.#numbers(
          type,
          ids.map((_, i) => before + i),
          [1, count],
        );
      } else if (name === 'attention_mask') {
        feeds[name] = this.#numbers(type, new Array<number>(before + count).fill(1), [1, before + count]);
      } else if (name === 'num_logits_to_keep')
        feeds[name] = this.#numbers(type, [wanted], rank === 0 ? [] : [1]);
      else feeds[name] = new this.TensorClass('bool', [past !== null], [1]);
    }
    for (const name of this.#past) feeds[name] = past?.[name] ?? this.#empty(cache!);
    const outputNames = ['logits', ...this.#past.map(presentName)];
    const outputs = await nativeCall(() => this.session.run(feeds, outputNames));
    const all = outputs['logits']!.data as Float32Array;
    const logits = all.subarray(all.length - wanted * config.vocabularySize);
    checkLogits(logits, this.info.name);
    return {
      logits,
      past: cache && Object.fromEntries(this.#past.map((name) => [name, outputs[presentName(name)]!])),
    };
  }

  /** Keys or values of no tokens. */
  #empty(type: 'float32' | 'float16'): Tensor {
    const { heads, width } = this.graph.config;
    const dims = [1, heads, 0, width / heads];
    return type === 'float32'
      ? new this.TensorClass(type, new Float32Array(0), dims)
      : new this.TensorClass(type, new Uint16Array(0), dims);
  }

  #numbers(type: string, values: readonly number[], dims: readonly number[]): Tensor {
    if (type === 'int64') return new this.TensorClass('int64', BigInt64Array.from(values, BigInt), dims);
    if (type === 'int32') return new this.TensorClass('int32', Int32Array.from(values), dims);
    return new this.TensorClass('float32', Float32Array.from(values), dims);
  }

  #checkIds(tokens: readonly number[], what: () => string): void {
    const { vocabularySize, name } = this.info;
    if (tokens.length === 0) {
      throw new RangeError(
        t('{0} is empty; {1} needs at least one token before the one it predicts.', what(), name),
      );
    }
    const wrong = tokens.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabularySize));
    if (wrong !== undefined) {
      throw new RangeError(
        t(
          '{0} has token id {1}, but the ids of {2} are 0 to {3}.',
          what(),
          asGiven(wrong),
          name,
          asGiven(vocabularySize - 1),
        ),
      );
    }
  }

  #check({ tokens, cache }: Context, index: number): void {
    const { contextLength, name } = this.info;
    const what = (): string => contextName(index);
    this.#checkIds(tokens, what);
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
    if (!cache) return;
    if (!(cache instanceof ImportedCache) || cache.owner !== this) {
      throw new RangeError(t('{0} has a cache of another model than {1}; leave it out.', what(), name));
    }
    if (cache.length > tokens.length || cache.tokens.some((id, i) => id !== tokens[i])) {
      throw new RangeError(t('{0} has a cache of other tokens than its own; leave it out.', what()));
    }
  }
}
