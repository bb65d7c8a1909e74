/** Weights of a whole vocabulary: exp(logit - the largest), made in the pass that all chains share. */
import { expNotPositive, LOWEST } from '../exponential';
import { largestLogit } from '../logits';
import { BLOCK, vectorPass, type VectorPass } from '../vectorPass';

/** Below this, a sum of weights can be off by what a pass takes numbers below `LOWEST` for. */
const TINY = 1e-290;

/** What is known of weights. */
export interface Weighed {
  readonly max: number;
  readonly least: number;
  /** Of all weights but one of the largest logit, which is 1. */
  readonly others: number;
  /** The same, each times its logit less the largest. */
  readonly weighted: number;
}

/**
 * Weighs all logits.
 * @param maxima receives the largest of every block.
 * @param probabilities receives the softmax, where it is wanted.
 * @throws RangeError as `largestLogit`.
 */
export function weighAll(
  logits: ArrayLike<number>,
  maxima: Float64Array,
  probabilities?: Float64Array,
): Weighed {
  const pass = vectorPass.current;
  const least = pass.load(logits, probabilities !== undefined);
  maxima.set(pass.maxima.subarray(0, maxima.length));
  const max = largestOf(maxima);
  // Where there is no largest one, this says why.
  if (!Number.isFinite(max)) largestLogit(logits);
  // Where one token has nearly all of the probability, the others must not be lost beside its weight of 1: they are
  // summed without it, with -Infinity in its place.
  const best = placeOf(max, logits, maxima);
  pass.put(best, -Infinity);
  if (probabilities) pass.weigh(max, probabilities);
  else pass.sums(max);
  if (Number.isNaN(pass.sum)) largestLogit(logits);
  const { sum: others, weighted } = pass.sum < TINY ? sumsOfTiny(logits, max, best) : pass;
  if (probabilities) {
    probabilities[best] = 1;
    // What the pass takes to be higher than it is.
    if (least - max < LOWEST) weighLowest(logits, max, probabilities);
    const share = 1 / (1 + others);
    for (let id = 0; id < probabilities.length; id++) probabilities[id]! *= share;
  }
  return { max, least, others, weighted };
}

/** The sums of a pass, where what it adds for numbers that are far too low would be seen. */
function sumsOfTiny(
  logits: ArrayLike<number>,
  max: number,
  best: number,
): Pick<VectorPass, 'sum' | 'weighted'> {
  let sum = 0;
  let weighted = 0;
  for (let id = 0; id < logits.length; id++) {
    const below = logits[id]! - max;
    const weight = id === best ? 0 : expNotPositive(below);
    sum += weight;
    if (weight > 0) weighted += weight * below;
  }
  return { sum, weighted };
}

function weighLowest(logits: ArrayLike<number>, max: number, out: Float64Array): void {
  for (let id = 0; id < out.length; id++) {
    const below = logits[id]! - max;
    if (below < LOWEST) out[id] = expNotPositive(below);
  }
}

/** The first place of the largest logit. */
function placeOf(max: number, logits: ArrayLike<number>, maxima: Float64Array): number {
  let place = maxima.indexOf(max) * BLOCK;
  while (logits[place] !== max) place++;
  return place;
}

export function largestOf(values: Float64Array): number {
  let max = -Infinity;
  for (const value of values) if (value > max) max = value;
  return max;
}

/**
 * Of weights with the largest weight 1.
 * @param best how many have the largest logit.
 * @param others summed weights of the others.
 * @param weighted the same, each times its logit less the largest.
 * @returns ln of the sum of all, and the entropy of their distribution, in nats
 */
export function logSumAndEntropy(
  best: number,
  others: number,
  weighted: number,
): { readonly logSum: number; readonly entropy: number } {
  const logSum = Math.log(best) + Math.log1p(others / best);
  return { logSum, entropy: Math.max(0, logSum - weighted / (best + others)) };
}

/**
 * The softmax of some logits.
 * @param ids the first `count` entries say which.
 * @param max the largest of them.
 * @param out receives the probabilities; other entries stay as they are.
 * @returns how many have the largest logit, the summed weights of the others, and the same, each times its logit less
 * the largest
 */
export function softmaxOfFew(
  ids: Int32Array,
  count: number,
  logits: Float64Array,
  max: number,
  out: Float64Array,
): { readonly best: number; readonly others: number; readonly weighted: number } {
  let sum = 0;
  let best = 0;
  let others = 0;
  let weighted = 0;
  for (let row = 0; row < count; row++) {
    const id = ids[row]!;
    const below = logits[id]! - max;
    const weight = expNotPositive(below);
    out[id] = weight;
    sum += weight;
    if (below === 0) best++;
    else if (weight > 0) {
      others += weight;
      weighted += weight * below;
    }
  }
  const share = 1 / sum;
  for (let row = 0; row < count; row++) out[ids[row]!]! *= share;
  return { best, others, weighted };
}
