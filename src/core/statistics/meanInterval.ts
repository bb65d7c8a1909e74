/** How far the mean of a few measurements may be from what it estimates. */
import { sum } from '../sums';
import { checkCount, checkShare } from '../checks';
import type { Interval } from './interval';

export interface MeanInterval extends Interval {
  readonly mean: number;
}

/**
 * Mean of independent measurements with Student's interval, which assumes that they are roughly normal.
 *
 * Student (Gosset), The Probable Error of a Mean, 1908.
 *
 * - Equal measurements give an interval of no width.
 * - One measurement says nothing of its spread: from -Infinity to Infinity. None gives NaN.
 * @throws RangeError for a confidence outside (0, 1).
 */
export function meanInterval(values: readonly number[], confidence = 0.95): MeanInterval {
  checkShare('confidence', confidence);
  const n = values.length;
  const mean = sum(values) / n;
  if (n < 2) return { mean, low: n === 0 ? NaN : -Infinity, high: n === 0 ? NaN : Infinity };
  // Rounding of the mean must not make equal measurements differ.
  if (values.every((value) => value === values[0]))
    return { mean: values[0]!, low: values[0]!, high: values[0]! };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = studentQuantile((1 + confidence) / 2, n - 1) * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half };
}

/**
 * Probability that the absolute value of a Student variable is below t: the finite sums for whole degrees of
 * freedom (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4).
 */
export function studentWithin(t: number, degrees: number): number {
  checkCount('degrees', degrees, 1);
  const theta = Math.atan(t / Math.sqrt(degrees));
  const cos2 = Math.cos(theta) ** 2;
  const odd = degrees % 2 === 1;
  let term = odd ? Math.cos(theta) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let i = odd ? 3 : 2; i <= degrees - 2; i += 2) {
    term *= (cos2 * (i - 1)) / i;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
}

/** The t below which a Student variable lies with probability p, for p of at least 0.5 and below 1: by bisection. */
export function studentQuantile(p: number, degrees: number): number {
  const within = 2 * p - 1;
  let [low, high] = [0, 1];
  while (studentWithin(high, degrees) < within) [low, high] = [high, 2 * high];
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (studentWithin(middle, degrees) < within) low = middle;
    else high = middle;
  }
  return high;
}
