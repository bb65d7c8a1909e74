/** Weights of a whole vocabulary: exp(logit - the largest), made in the pass that all chains share. */
import { largestLogit } from '../logits';
import { BLOCK, vectorPass } from '../vectorPass';

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
 * Puts the weights of all logits into the pass.
 * @param maxima receives the largest of every block.
 * @throws RangeError as `largestLogit`.
 */
export function weighAll(logits: ArrayLike<number>, maxima: Float64Array): Weighed {
  const pass = vectorPass.current;
  pass.reserve(logits.length);
  vectorPass.owner = undefined;
  const { values } = pass;
  values.set(logits);
  const least = pass.scan(logits.length);
  maxima.set(pass.maxima.subarray(0, maxima.length));
  const max = largestOf(maxima);
  // Where there is no largest one, this says why.
  if (!Number.isFinite(max)) largestLogit(logits);
  // Where one token has nearly all of the probability, the others must not be lost beside its weight of 1: they are
  // summed without it, with the least in its place, which is taken off again.
  const best = values.indexOf(max, maxima.indexOf(max) * BLOCK);
  values[best] = least;
  pass.weigh(logits.length, max, least);
  if (Number.isNaN(pass.sum)) largestLogit(logits);
  const weight = values[best];
  values[best] = 1;
  return {
    max,
    least,
    others: pass.sum - weight,
    weighted: weight > 0 ? pass.weighted - weight * (least - max) : pass.weighted,
  };
}

/** Writes the probabilities of the weights that are in the pass. */
export function writeProbabilities(out: Float64Array, { others }: Weighed): void {
  out.set(vectorPass.current.values.subarray(0, out.length));
  const share = 1 / (1 + others);
  for (let id = 0; id < out.length; id++) out[id]! *= share;
}

export function largestOf(values: Float64Array): number {
  let max = -Infinity;
  for (const value of values) if (value > max) max = value;
  return max;
}
