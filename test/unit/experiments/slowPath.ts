/**
 * Decoding the slow way, for comparison: every context is read whole and without a cache, distributions are
 * sorted, and nothing of the product's decoding is used but its named random streams.
 */
import type { LanguageModel } from '../../../src/core/languageModel';
import { randomStream } from '../../../src/core/random';

export async function rawLogits(model: LanguageModel, tokens: readonly number[]): Promise<number[]> {
  const [answer] = await model.next([{ tokens }]);
  return Array.from(answer!.logits);
}

/** Softmax of logits / T, computed directly. */
export function distribution(logits: readonly number[], temperature = 1): number[] {
  const largest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp((logit - largest) / temperature));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Ids from the most to the least probable, the lower id first among equals; those of at least `least` alone. */
export function ranked(probabilities: readonly number[], least = 0): number[] {
  return probabilities
    .flatMap((p, id) => (p >= least ? [{ p, id }] : []))
    .sort((a, b) => b.p - a.p || a.id - b.id)
    .map(({ id }) => id);
}

/** Sorting tens of thousands takes longer than computing them, and few are this probable. */
const LIKELY = 1e-4;

/** What is left when only these ids may be drawn. */
export function restricted(probabilities: readonly number[], ids: readonly number[]): number[] {
  const kept = new Set(ids);
  const sum = ids.reduce((total, id) => total + probabilities[id]!, 0);
  return probabilities.map((p, id) => (kept.has(id) ? p / sum : 0));
}

/** The k most probable; ties do not occur where this is used. */
export function topK(probabilities: readonly number[], k: number): number[] {
  const likely = ranked(probabilities, LIKELY);
  return restricted(probabilities, (likely.length < k ? ranked(probabilities) : likely).slice(0, k));
}

/** The shortest list of most probable ids whose mass reaches p. */
export function nucleus(probabilities: readonly number[], p: number, least = LIKELY): number[] {
  const ids: number[] = [];
  let mass = 0;
  for (const id of ranked(probabilities, least)) {
    if (mass >= p) return ids;
    ids.push(id);
    mass += probabilities[id]!;
  }
  return mass >= p || least === 0 ? ids : nucleus(probabilities, p, 0);
}

export function entropyOf(probabilities: readonly number[]): number {
  return -probabilities.filter((p) => p > 0).reduce((sum, p) => sum + p * Math.log(p), 0);
}

/** The first id at which the running sum exceeds u. */
export function inversion(probabilities: readonly number[], u: number): number {
  let sum = 0;
  return probabilities.findIndex((p) => {
    sum += p;
    return sum > u;
  });
}

export interface SlowText {
  readonly ids: readonly number[];
  /** Probabilities of the tokens before and after the filter. */
  readonly raw: readonly number[];
  readonly processed: readonly number[];
  /** Entropies after the filter. */
  readonly entropies: readonly number[];
}

/** Sample `sample` of a seed, drawn token by token from `filter(logits)`. */
export async function slowSample(
  model: LanguageModel,
  prompt: readonly number[],
  count: number,
  [seed, sample]: readonly [number, number],
  filter: (logits: readonly number[]) => readonly number[],
): Promise<SlowText> {
  const stream = randomStream(seed, 'sample', sample);
  const ids: number[] = [];
  const raw: number[] = [];
  const processed: number[] = [];
  const entropies: number[] = [];
  while (ids.length < count) {
    const logits = await rawLogits(model, [...prompt, ...ids]);
    const after = filter(logits);
    const id = inversion(after, stream.next());
    ids.push(id);
    raw.push(distribution(logits)[id]!);
    processed.push(after[id]!);
    entropies.push(entropyOf(after));
    if (model.info.endOfText.includes(id)) break;
  }
  return { ids, raw, processed, entropies };
}

/** Distinct runs of n tokens / all of them, over all texts. */
export function slowDistinct(texts: readonly (readonly number[])[], n: number): number {
  const runs = texts.flatMap((ids) => ids.slice(n - 1).map((_, i) => ids.slice(i, i + n).join('-')));
  return new Set(runs).size / runs.length;
}

/** 1 - product over n = 2, 3, 4 of the share of a text's runs that are distinct. */
export function slowRepetition(ids: readonly number[]): number {
  return 1 - [2, 3, 4].reduce((product, n) => product * (ids.length < n ? 1 : slowDistinct([ids], n)), 1);
}
