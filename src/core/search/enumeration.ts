/** Exact enumeration: the most probable continuations, with a proof that there are no better ones. */
import { checkCount } from '../checks';
import type { CacheHandle, LanguageModel, NextToken } from '../languageModel';
import { logSoftmax, topIndices } from '../logits';
import { PriorityQueue } from './priorityQueue';
import { t } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

export interface EnumerationOptions {
  /** Tokens per continuation, at least 1. */
  readonly length: number;
  /** How many continuations to find, at least 1. */
  readonly count: number;
  /** Token that ends a continuation early; null (the default) for none, so that all have exactly `length`. */
  readonly endOfText?: readonly number[] | undefined;
  /** Most beginnings to read with the model; 10,000 when left out. */
  readonly budget?: number | undefined;
  /** Beginnings read in one call; 8 when left out. It changes nothing but speed. */
  readonly batch?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every call of the model, and awaited. */
  readonly onStep?: ((progress: EnumerationProgress) => void | Promise<void>) | undefined;
}

export interface EnumerationProgress {
  /** Beginnings read, and how many may be. */
  readonly read: number;
  readonly budget: number;
  /** Continuations that are proven to be the best so far. */
  readonly found: readonly EnumeratedContinuation[];
  /** No continuation that is not found yet is more probable than exp(bound). */
  readonly bound: number;
}

export interface EnumeratedContinuation {
  readonly tokens: readonly number[];
  /** Natural log of its probability given the prompt. */
  readonly logProbability: number;
  /** True where nothing that comes later, listed or not, can be more probable. */
  readonly proven: boolean;
}

export interface Enumeration {
  /** Most probable first. Those that are not proven are the best seen when the budget or the patience ran out. */
  readonly continuations: readonly EnumeratedContinuation[];
  /** Natural log of an upper bound on every continuation that is not among the proven ones. */
  readonly bound: number;
  /** Beginnings read with the model. */
  readonly read: number;
}

/** Children kept per beginning at first; where more are needed the beginning is read again. */
const CHILDREN = 64;

interface Node {
  readonly tokens: readonly number[];
  readonly logProbability: number;
  /** Covers all tokens but the last. */
  readonly cache: CacheHandle | undefined;
  /**
   * Above 0: the node stands for those children of its beginning that rank from here on, and its priority in the
   * queue is that of the best of them.
   */
  readonly skipped: number;
}

/**
 * Best-first search over beginnings: the log-probability of a beginning bounds that of everything it leads to,
 * because every further token can only lower it. So when a whole continuation is the best item of the queue, no
 * other can beat it. This is A* with the bound 0 for what is still to come.
 *
 * Hart, Nilsson and Raphael, A Formal Basis for the Heuristic Determination of Minimum Cost Paths, 1968; for
 * language models, Stahlberg and Byrne, On NMT Search Errors and Model Errors: Cat Got Your Tongue?, 2019.
 *
 * Equal probabilities come in the order in which they were reached. Tokens of probability 0 are never followed.
 *
 * @param prompt token ids; GPT-2 needs at least one.
 * @throws RangeError for options out of range, or a prompt that leaves no room.
 */
export async function enumerate(
  model: LanguageModel,
  prompt: readonly number[],
  options: EnumerationOptions,
): Promise<Enumeration> {
  const search = new BestFirst(model, prompt, options);
  while (search.goesOn && !(options.signal?.aborted ?? false)) {
    if (!(await search.readBest())) break;
    await options.onStep?.(search.progress());
  }
  return search.result();
}

class BestFirst {
  readonly #queue = new PriorityQueue<Node>();
  readonly #found: EnumeratedContinuation[] = [];
  readonly #length: number;
  readonly #count: number;
  readonly #endOfText: readonly number[];
  readonly #budget: number;
  readonly #batch: number;
  readonly #signal: AbortSignal | undefined;
  #read = 0;

  constructor(
    readonly model: LanguageModel,
    readonly prompt: readonly number[],
    options: EnumerationOptions,
  ) {
    this.#length = checkCount('length', options.length, 1);
    this.#count = checkCount('count', options.count, 1);
    this.#budget = checkCount('budget', options.budget ?? 10_000, 1);
    this.#batch = checkCount('batch', options.batch ?? 8, 1);
    this.#signal = model.info.server && options.signal;
    this.#endOfText = options.endOfText ?? [];
    const room = model.info.contextLength - prompt.length;
    if (this.#length > room) {
      throw new RangeError(
        t(
          'length is {0}; with a prompt of {1} tokens it must be at most {2}, because the context holds {3}.',
          asGiven(this.#length),
          asGiven(prompt.length),
          asGiven(room),
          asGiven(model.info.contextLength),
        ),
      );
    }
    this.#queue.push({ tokens: [], logProbability: 0, cache: undefined, skipped: 0 }, 0);
  }

  /** Whether continuations are wanted and can still be found. */
  get goesOn(): boolean {
    return this.#found.length < this.#count && this.#queue.size > 0 && this.#read < this.#budget;
  }

  progress(): EnumerationProgress {
    return { read: this.#read, budget: this.#budget, found: this.#found, bound: this.#queue.priority };
  }

  /**
   * Reads the best beginnings of the queue and puts their children into it, then takes out what is proven.
   * @returns false where a stop has closed the request to a server: all is as it was before
   */
  async readBest(): Promise<boolean> {
    const nodes: Node[] = [];
    const priorities = new Map<Node, number>();
    const most = Math.min(this.#batch, this.#budget - this.#read);
    while (nodes.length < most && this.#queue.size > 0 && !this.#isWhole(this.#queue.peek()!)) {
      const { priority } = this.#queue;
      const node = this.#queue.pop()!;
      nodes.push(node);
      priorities.set(node, priority);
    }
    const contexts = nodes.map(({ tokens, cache }) => ({ tokens: [...this.prompt, ...tokens], cache }));
    let answers: NextToken[];
    try {
      answers = await this.model.next(contexts, this.#signal);
    } catch (error) {
      if (!this.#signal?.aborted) throw error;
      // They still stand for all that they lead to.
      for (const node of nodes) this.#queue.push(node, priorities.get(node)!);
      return false;
    }
    this.#read += nodes.length;
    nodes.forEach((node, i) => {
      this.#expand(node, answers[i]!.logits, answers[i]!.cache);
    });
    this.#takeProven();
    return true;
  }

  result(): Enumeration {
    const bound = this.#queue.priority;
    const rest: EnumeratedContinuation[] = [];
    while (this.#found.length + rest.length < this.#count && this.#queue.size > 0) {
      const node = this.#queue.pop()!;
      if (!this.#isWhole(node)) continue;
      rest.push({ tokens: node.tokens, logProbability: node.logProbability, proven: false });
    }
    return { continuations: [...this.#found, ...rest], bound, read: this.#read };
  }

  #isWhole({ tokens, skipped }: Node): boolean {
    if (skipped > 0) return false;
    const ended = tokens.length > 0 && this.#endOfText.includes(tokens.at(-1)!);
    return ended || tokens.length === this.#length;
  }

  #expand(node: Node, logits: Float32Array, cache: CacheHandle): void {
    const { tokens, logProbability, skipped } = node;
    const logProbabilities = logSoftmax(logits);
    const wanted = skipped === 0 ? CHILDREN : 4 * skipped;
    const possible = topIndices(logProbabilities, wanted + 1).filter(
      (id) => logProbabilities[id]! > -Infinity,
    );
    for (const id of possible.slice(skipped, wanted)) {
      const child = logProbability + logProbabilities[id]!;
      this.#queue.push({ tokens: [...tokens, id], logProbability: child, cache, skipped: 0 }, child);
    }
    const next = possible[wanted];
    if (next === undefined) return;
    this.#queue.push({ ...node, skipped: wanted }, logProbability + logProbabilities[next]!);
  }

  #takeProven(): void {
    while (this.#found.length < this.#count && this.#queue.size > 0 && this.#isWhole(this.#queue.peek()!)) {
      const { tokens, logProbability } = this.#queue.pop()!;
      this.#found.push({ tokens, logProbability, proven: true });
    }
  }
}
