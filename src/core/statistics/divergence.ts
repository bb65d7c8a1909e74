/** How far two distributions over the same tokens are apart. */
import { checkSameLength } from '../checks';

/**
 * Kullback-Leibler divergence sum p ln(p / q), in nats: what it costs to expect q where p is true.
 *
 * Kullback and Leibler, On Information and Sufficiency, 1951.
 *
 * - 0 only where both are equal; Infinity where something possible under p is impossible under q, as it is when q
 *   has been filtered more; not symmetric.
 * @throws RangeError for different numbers of outcomes.
 */
export function klDivergence(p: ArrayLike<number>, q: ArrayLike<number>): number {
  checkSameLength(p, q);
  let sum = 0;
  for (let id = 0; id < p.length; id++) if (p[id]! > 0) sum += p[id]! * Math.log(p[id]! / q[id]!);
  return Math.max(0, sum);
}

/**
 * The same from natural logarithms of probabilities, -Infinity for what is impossible. Finite wherever nothing that
 * is possible under p is impossible under q, however improbable: a probability itself may underflow to 0.
 * @throws RangeError for different numbers of outcomes.
 */
export function klOfLogProbabilities(p: ArrayLike<number>, q: ArrayLike<number>): number {
  checkSameLength(p, q);
  let sum = 0;
  for (let id = 0; id < p.length; id++) {
    const logP = p[id]!;
    if (logP === -Infinity) continue;
    const logQ = q[id]!;
    if (logQ === -Infinity) return Infinity;
    sum += Math.exp(logP) * (logP - logQ);
  }
  return Math.max(0, sum);
}

/**
 * Jensen-Shannon divergence, in nats: the mean divergence of both from their average. Symmetric, from 0 to ln 2;
 * always finite.
 *
 * Lin, Divergence Measures Based on the Shannon Entropy, 1991.
 * @throws RangeError for different numbers of outcomes.
 */
export function jensenShannon(p: ArrayLike<number>, q: ArrayLike<number>): number {
  checkSameLength(p, q);
  let sum = 0;
  for (let id = 0; id < p.length; id++) {
    const mean = (p[id]! + q[id]!) / 2;
    if (p[id]! > 0) sum += p[id]! * Math.log(p[id]! / mean);
    if (q[id]! > 0) sum += q[id]! * Math.log(q[id]! / mean);
  }
  return Math.min(Math.LN2, Math.max(0, sum / 2));
}
