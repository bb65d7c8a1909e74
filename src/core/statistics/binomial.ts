/** How often something of a known probability happens in a number of draws, exactly. */
import { sum } from '../sums';
import { checkCount, checkProbability, checkShare } from '../checks';
import type { Interval } from './interval';

/** Terms smaller than this share of the largest are left out of sums. */
const NEGLIGIBLE = 1e-20;

/**
 * The counts between which `draws` independent draws fall with at least the given confidence, with at most half
 * of the rest on either side: the exact equal-tailed interval of the binomial distribution, ends included.
 *
 * Clopper and Pearson, The Use of Confidence or Fiducial Limits Illustrated in the Case of the Binomial, 1934,
 * invert these limits.
 *
 * @param p probability of what is counted.
 * @throws RangeError for p outside 0 to 1, a confidence outside (0, 1), or draws that are no whole number.
 */
export function binomialInterval(p: number, draws: number, confidence = 0.95): Interval {
  checkProbability('p', p);
  checkCount('draws', draws, 0);
  checkShare('confidence', confidence);
  if (p === 0 || p === 1) return { low: p * draws, high: p * draws };
  const { from, weights } = massAroundMode(p, draws);
  const total = sum(weights);
  const tail = ((1 - confidence) / 2) * total;
  return {
    low: from + skipped(weights, tail),
    high: from + weights.length - 1 - skipped(weights.reverse(), tail),
  };
}

/** How many of the first weights together are at most `tail`. */
function skipped(weights: readonly number[], tail: number): number {
  let sum = 0;
  return weights.findIndex((weight) => {
    sum += weight;
    return sum > tail;
  });
}

/** Probabilities of successive counts, relative to that of the mode; those left out are negligible. */
function massAroundMode(p: number, draws: number): { from: number; weights: number[] } {
  const mode = Math.min(draws, Math.floor((draws + 1) * p));
  const odds = p / (1 - p);
  const below: number[] = [];
  for (let count = mode, weight = 1; count > 0 && weight > NEGLIGIBLE; count--) {
    weight *= count / (draws - count + 1) / odds;
    below.push(weight);
  }
  const above: number[] = [];
  for (let count = mode, weight = 1; count < draws && weight > NEGLIGIBLE; count++) {
    weight *= ((draws - count) / (count + 1)) * odds;
    above.push(weight);
  }
  return { from: mode - below.length, weights: [...below.reverse(), 1, ...above] };
}
