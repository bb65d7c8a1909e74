/** BLEU, and how much the samples of a set resemble each other by it. */
import { mean } from '../sums';
import { countNgrams, ngramCount, type Item } from './ngrams';

/** Longest n-grams that are compared. */
const LONGEST = 4;

export type Smoothing =
  /** As defined: without a common n-gram of every length up to 4, the score is 0. */
  | 'none'
  /** Where no n-gram of a length is common, 0.1 counts instead of 0: method 1 of Chen and Cherry. */
  | 'epsilon';

const EPSILON = 0.1;

/**
 * BLEU of a text against references, from 0 to 1: the geometric mean of the clipped precisions of 1- to 4-grams,
 * times a penalty for being shorter than the reference of the nearest length.
 *
 * Papineni, Roukos, Ward and Zhu, BLEU: a Method for Automatic Evaluation of Machine Translation, 2002; smoothing:
 * Chen and Cherry, A Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU, 2014.
 *
 * - The shorter reference counts where two are equally near in length.
 * - An empty text, or no references, gives 0. A text without any word in common gives 0 even when smoothed.
 */
export function bleu(
  text: readonly Item[],
  references: readonly (readonly Item[])[],
  smoothing: Smoothing = 'none',
): number {
  if (text.length === 0 || references.length === 0) return 0;
  let logSum = 0;
  for (let n = 1; n <= LONGEST; n++) {
    const common = clippedMatches(text, references, n);
    if (common === 0 && (smoothing === 'none' || n === 1)) return 0;
    // A text shorter than n has no n-grams; the denominator is then taken as 1.
    logSum += Math.log((common || EPSILON) / Math.max(1, ngramCount(text, n)));
  }
  const nearest = references
    .map((reference) => reference.length)
    .reduce((best, length) => (isNearer(length, best, text.length) ? length : best));
  const brevity = text.length > nearest ? 0 : 1 - nearest / text.length;
  return Math.exp(brevity + logSum / LONGEST);
}

function isNearer(length: number, best: number, wanted: number): boolean {
  const [a, b] = [Math.abs(length - wanted), Math.abs(best - wanted)];
  return a < b || (a === b && length < best);
}

function clippedMatches(text: readonly Item[], references: readonly (readonly Item[])[], n: number): number {
  const most = new Map<string, number>();
  for (const reference of references) {
    for (const [ngram, count] of countNgrams(reference, n)) {
      most.set(ngram, Math.max(count, most.get(ngram) ?? 0));
    }
  }
  let matches = 0;
  for (const [ngram, count] of countNgrams(text, n)) matches += Math.min(count, most.get(ngram) ?? 0);
  return matches;
}

/**
 * Self-BLEU of a set of texts, from 0 to 1: the mean BLEU of each against all others. High where they are alike.
 *
 * Zhu, Lu, Zheng, Guo, Zhang, Wang and Yu, Texygen: A Benchmarking Platform for Text Generation Models, 2018,
 * smoothed as there.
 *
 * - NaN for fewer than two texts: there is nothing to compare.
 */
export function selfBleu(texts: readonly (readonly Item[])[]): number {
  if (texts.length < 2) return NaN;
  const scores = texts.map((text, i) =>
    bleu(
      text,
      texts.filter((_, j) => j !== i),
      'epsilon',
    ),
  );
  return mean(scores);
}
