/** How many draws a question needs: is 100 samples enough? */
import { checkProbability, checkShare } from '../checks';
import { normalQuantile } from './specialFunctions';

/**
 * Draws per setting that show a difference between two probabilities of the same token, in a two-sided test at
 * level `significance` that is to succeed with probability `power`.
 *
 * Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 2003, formula 4.14 (without continuity
 * correction).
 *
 * @returns Infinity for equal probabilities: no number of draws shows a difference that is not there.
 * @throws RangeError for probabilities outside 0 to 1, or a significance or power outside (0, 1).
 */
export function drawsToTellApart(p1: number, p2: number, significance = 0.05, power = 0.8): number {
  checkProbability('p1', p1);
  checkProbability('p2', p2);
  checkShare('significance', significance);
  checkShare('power', power);
  if (p1 === p2) return Infinity;
  const mean = (p1 + p2) / 2;
  const level = normalQuantile(1 - significance / 2) * Math.sqrt(2 * mean * (1 - mean));
  const effect = normalQuantile(power) * Math.sqrt(p1 * (1 - p1) + p2 * (1 - p2));
  return Math.ceil(((level + effect) / (p1 - p2)) ** 2);
}
