/** What N independent draws from a distribution are expected to show, exactly. */
import { checkCount, checkProbability } from '../checks';

/** Probability that an outcome of probability p is seen at least once in `draws` draws, 1 - (1 - p)^draws. */
export function chanceToSee(p: number, draws: number): number {
  checkProbability('p', p);
  checkCount('draws', draws, 0);
  if (p === 1) return draws > 0 ? 1 : 0;
  // expm1 and log1p keep the digits of tiny probabilities.
  return -Math.expm1(draws * Math.log1p(-p));
}

/**
 * Expected number of distinct outcomes in `draws` draws, the sum of 1 - (1 - p)^draws.
 * @throws RangeError when `draws` is no whole number of at least 0.
 */
export function expectedDistinct(probabilities: ArrayLike<number>, draws: number): number {
  checkCount('draws', draws, 0);
  let sum = 0;
  for (let id = 0; id < probabilities.length; id++) {
    // Rounding can leave a probability a hair above 1.
    if (probabilities[id]! > 0) sum += chanceToSee(Math.min(1, probabilities[id]!), draws);
  }
  return sum;
}
