/**
 * What is known of a model's answers after a prompt, kept between runs. While a user edits a tree everything but
 * the last edit is the same again, and none of it need be computed twice. Nothing in a result depends on it: every
 * place is read token by token from the prompt on, which gives the same bits whatever else is read.
 */
import { entropy, logSoftmax, rankOf, softmax } from '../../core/logits';
import type { LanguageModel, NextToken } from '../../core/languageModel';
import { t, whole } from '../../l10n/language';
import type { BranchesResult } from './result';
import { bestListed } from '../kit/listing';
import { logitsOf } from '../kit/readPrompt';

/** What a model answered at one place, as far as a tree asks for it. */
export interface Reading {
  /** In nats; null where the model lists only some tokens. */
  readonly entropy: number | null;
  readonly vocabularySize: number;
  /** Most probable ids, best first, as many of `asked` as are possible. */
  readonly top: readonly number[];
  readonly asked: number;
  /** Of these and of others that the tree had. */
  readonly tokens: ReadonlyMap<number, { readonly logProbability: number; readonly rank: number }>;
}

/**
 * @param ids tokens to know about beside the most probable
 * @throws RangeError for one that the model does not list
 */
export function readingOf(answer: NextToken, asked: number, ids: Iterable<number>): Reading {
  const logits = logitsOf(answer);
  const logProbabilities = logSoftmax(logits);
  const { listed } = answer;
  const wanted = [...ids];
  const unlisted = listed && wanted.find((id) => !listed.ids.includes(id));
  if (unlisted !== undefined) {
    throw new RangeError(
      t(
        'Token {0} is not among the {1} that the model’s server lists at its place, so its probability is not known. Cut that branch.',
        String(unlisted),
        whole(listed!.ids.length),
      ),
    );
  }
  const top = bestListed(answer, asked).filter((id) => logProbabilities[id]! > -Infinity);
  const known = (id: number): [number, { logProbability: number; rank: number }] => [
    id,
    { logProbability: logProbabilities[id]!, rank: rankOf(logits, id) },
  ];
  return {
    entropy: listed ? null : entropy(softmax(logits)),
    vocabularySize: logits.length,
    top,
    asked,
    tokens: new Map([...new Set([...top, ...wanted])].map(known)),
  };
}

/** What a start puts into the tree, and what it tells beside that. */
export interface Started {
  readonly paths: readonly (readonly number[])[];
  /** Beginnings after which the most probable tokens are shown. */
  readonly expanded: readonly (readonly number[])[];
  readonly exact: BranchesResult['exact'];
  readonly beam: BranchesResult['beam'];
  readonly sampled?: BranchesResult['sampled'];
}

/** With so many places a memory is given up for a new one: ten of the largest trees. */
const MOST_READINGS = 50_000;

export class BranchMemory {
  /** The last start, and what it put into the tree. */
  start: { readonly key: string; readonly started: Started } | null = null;
  /** Where taken paths led, by path and number of tokens. */
  readonly grown = new Map<string, readonly number[]>();
  readonly #readings = new Map<string, Reading>();

  get full(): boolean {
    return this.#readings.size >= MOST_READINGS;
  }

  reading(path: readonly number[]): Reading | undefined {
    return this.#readings.get(path.join());
  }

  keep(path: readonly number[], reading: Reading): void {
    this.#readings.set(path.join(), reading);
  }
}

const memories = new WeakMap<LanguageModel, { readonly prompt: string; readonly memory: BranchMemory }>();

/** The memory of a model's last prompt; a new one where that was another, or where it is full. */
export function memoryOf(model: LanguageModel, promptIds: readonly number[]): BranchMemory {
  const prompt = promptIds.join();
  const last = memories.get(model);
  if (last?.prompt === prompt && !last.memory.full) return last.memory;
  const memory = new BranchMemory();
  memories.set(model, { prompt, memory });
  return memory;
}
