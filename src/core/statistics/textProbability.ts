/** The exact probability that a text comes next, however it is cut into tokens. */
import type { CacheHandle, LanguageModel, NextToken, Vocabulary } from '../languageModel';
import { logSoftmax } from '../logits';
import { PriorityQueue } from '../search/priorityQueue';
import { checkCount } from './checks';

export interface TextProbabilityOptions {
  /** Most beginnings to read with the model beyond the prompt; 256 when left out. */
  readonly budget?: number | undefined;
  /** Beginnings read in one call; 16 when left out. It changes nothing but speed. */
  readonly batch?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every call of the model, and awaited. */
  readonly onStep?: ((soFar: TextProbability) => void | Promise<void>) | undefined;
}

/** A way to write a target as tokens. */
export interface TokenPath {
  readonly tokens: readonly number[];
  readonly probability: number;
  /** Index of the target that it writes. */
  readonly target: number;
  /** True where the last token goes on beyond the target, as " pizzas" does beyond " pizza". */
  readonly beyond: boolean;
}

export interface TextProbability {
  /** Probability that the text after the prompt begins with one of the targets: the sum over `paths`. */
  readonly probability: number;
  /** The part of it that a single next token decides. */
  readonly nextToken: number;
  /** The part of it in which a token ends exactly where the target does. */
  readonly exact: number;
  /** Probability of beginnings that were not read: the true value is at most `probability + unexplored`. */
  readonly unexplored: number;
  /** Every way that was found, most probable first. */
  readonly paths: readonly TokenPath[];
  /** Beginnings read with the model. */
  readonly read: number;
}

/**
 * A word as it can stand in a text: after a space, and without one. Their probabilities exclude each other, so
 * `textProbability` may be given both.
 */
export function wordForms(word: string): string[] {
  return [` ${word}`, word];
}

/**
 * Probability that the model's text begins with one of the targets, summed over every tokenization that can begin
 * it: for " pizza" that is " pizza", " p" + "izza", " " + "pizza" and so on, and as last tokens also those that
 * reach beyond it. A model gives all of them some probability, not only the tokenizer's own choice.
 *
 * With several targets the event is that any of them comes; a target that begins with another adds nothing.
 *
 * The most probable beginnings are read first. Where the budget ends before all are read, the result is a lower
 * bound and `unexplored` says how much can be missing.
 *
 * Cao and Rimell, You Should Evaluate Your Language Model on Marginal Likelihood over Tokenisations, 2021.
 *
 * @param first the model's answer to the prompt, where it is already known.
 * @throws RangeError for no target or an empty one, or options out of range.
 */
export async function textProbability(
  model: LanguageModel,
  prompt: readonly number[],
  targets: readonly string[],
  options: TextProbabilityOptions = {},
  first?: NextToken,
): Promise<TextProbability> {
  const budget = options.budget ?? 256;
  const batch = options.batch ?? 16;
  checkCount('budget', budget, 0);
  checkCount('batch', batch, 1);
  const search = new PathSearch(model.vocabulary, targets);
  const answer = first ?? (await model.next([{ tokens: prompt }]))[0]!;
  search.expand({ tokens: [], logProbability: 0, target: -1, done: 0, cache: undefined }, answer);
  while (search.open > 0 && search.read < budget && !(options.signal?.aborted ?? false)) {
    const beginnings = search.take(Math.min(batch, budget - search.read));
    const room = beginnings.filter(({ tokens }) => prompt.length + tokens.length <= model.info.contextLength);
    search.giveUp(beginnings.filter((beginning) => !room.includes(beginning)));
    if (room.length === 0) continue;
    const answers = await model.next(
      room.map(({ tokens, cache }) => ({ tokens: [...prompt, ...tokens], cache })),
    );
    room.forEach((beginning, i) => {
      search.expand(beginning, answers[i]!);
    });
    search.read += room.length;
    await options.onStep?.(search.result());
  }
  return search.result();
}

/** A text as the bytes that tokens must spell. */
interface Target {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Tokens that spell a part of a target, from its start. */
interface Beginning {
  readonly tokens: readonly number[];
  readonly logProbability: number;
  /** -1 before the first token. */
  readonly target: number;
  /** Bytes of the target that are spelled. */
  readonly done: number;
  readonly cache: CacheHandle | undefined;
}

class PathSearch {
  read = 0;
  readonly #targets: readonly Target[];
  readonly #queue = new PriorityQueue<Beginning>();
  readonly #paths: TokenPath[] = [];
  #givenUp = 0;

  constructor(
    readonly vocabulary: Vocabulary,
    targets: readonly string[],
  ) {
    if (targets.length === 0) throw new RangeError('There is no target text; give at least one.');
    if (targets.includes('')) throw new RangeError('A target text is empty; give it at least one character.');
    const encoder = new TextEncoder();
    const all = targets.map((text, index) => ({ index, bytes: encoder.encode(text) }));
    // What begins with another target is part of that one's event; of equal ones the first counts.
    this.#targets = all.filter((target) => !all.some((other) => other !== target && covers(other, target)));
  }

  get open(): number {
    return this.#queue.size;
  }

  take(count: number): Beginning[] {
    return Array.from({ length: Math.min(count, this.#queue.size) }, () => this.#queue.pop()!);
  }

  /** Beginnings that do not fit the context any more. */
  giveUp(beginnings: readonly Beginning[]): void {
    for (const { logProbability } of beginnings) this.#givenUp += Math.exp(logProbability);
  }

  /** Looks at every token that can follow a beginning. */
  expand(beginning: Beginning, { logits, cache }: NextToken): void {
    const logProbabilities = logSoftmax(logits);
    const { bytes, offsets } = this.vocabulary;
    // Targets can share a beginning: one token may continue several, but spells only one path for each prefix.
    const spelled = beginning.target < 0 ? undefined : this.#bytesOf(beginning);
    for (let id = 0; id + 1 < offsets.length; id++) {
      if (logProbabilities[id] === -Infinity || offsets[id] === offsets[id + 1]) continue;
      const match = this.#match(bytes, offsets[id]!, offsets[id + 1]!, beginning.done, spelled);
      if (!match) continue;
      const tokens = [...beginning.tokens, id];
      const logProbability = beginning.logProbability + logProbabilities[id]!;
      const { target, done, length } = match;
      if (done < length) {
        this.#queue.push({ tokens, logProbability, target, done, cache }, logProbability);
      } else {
        this.#paths.push({ tokens, probability: Math.exp(logProbability), target, beyond: done > length });
      }
    }
  }

  result(): TextProbability {
    const sum = (paths: readonly TokenPath[]): number => paths.reduce((total, p) => total + p.probability, 0);
    const paths = [...this.#paths].sort((a, b) => b.probability - a.probability);
    return {
      probability: sum(paths),
      nextToken: sum(paths.filter(({ tokens }) => tokens.length === 1)),
      exact: sum(paths.filter(({ beyond }) => !beyond)),
      unexplored:
        this.#givenUp + this.#queue.items().reduce((total, b) => total + Math.exp(b.logProbability), 0),
      paths,
      read: this.read,
    };
  }

  #bytesOf({ target, done }: Beginning): Uint8Array {
    return this.#targets.find(({ index }) => index === target)!.bytes.subarray(0, done);
  }

  /** A target that starts with what is spelled and that the token's bytes continue; a finished one before others. */
  #match(
    bytes: Uint8Array,
    start: number,
    end: number,
    done: number,
    spelled: Uint8Array | undefined,
  ): { target: number; done: number; length: number } | null {
    let open: { target: number; done: number; length: number } | null = null;
    for (const { index, bytes: target } of this.#targets) {
      if (spelled && !startsWith(target, spelled)) continue;
      const common = Math.min(end - start, target.length - done);
      let i = 0;
      while (i < common && target[done + i] === bytes[start + i]) i++;
      if (i < common) continue;
      const match = { target: index, done: done + (end - start), length: target.length };
      if (match.done >= match.length) return match;
      open ??= match;
    }
    return open;
  }
}

function covers(other: Target, target: Target): boolean {
  if (!startsWith(target.bytes, other.bytes)) return false;
  return other.bytes.length < target.bytes.length || other.index < target.index;
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return prefix.length <= bytes.length && prefix.every((byte, i) => bytes[i] === byte);
}
