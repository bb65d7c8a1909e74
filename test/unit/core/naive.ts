/** Slow and obvious mathematics: whole sorts, whole sums, float64, nothing shared with the product. */

/** Thrown where a result hangs on the last digits of a sum, so that two right answers differ. */
export class Fragile extends Error {}

/** How near a mass may come to its cutoff before the order of an addition can decide. */
const NEAR = 1e-11;

export function decide(difference: number, scale = 1): boolean {
  if (difference !== 0 && Math.abs(difference) < NEAR * scale) throw new Fragile();
  return difference < 0;
}

export function naiveSoftmax(logits: readonly number[]): number[] {
  const max = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - max));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** -ln p without the loss of log(exp()), and without that of small weights that are added to the largest, 1. */
export function surprisals(logits: readonly number[]): number[] {
  const max = Math.max(...logits);
  const best = logits.indexOf(max);
  const logSum = Math.log1p(
    logits.reduce((sum, logit, id) => sum + (id === best ? 0 : Math.exp(logit - max)), 0),
  );
  return logits.map((logit) => logSum - (logit - max));
}

export function naiveEntropy(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
}

/** Ids of finite logits, best first, the lower id first among equals. */
export function ranking(logits: readonly number[]): number[] {
  return [...logits.keys()]
    .filter((id) => logits[id]! > -Infinity)
    .sort((a, b) => logits[b]! - logits[a]! || a - b);
}

export const keep = (logits: readonly number[], ids: readonly number[]): number[] => {
  const kept = new Set(ids);
  return logits.map((logit, id) => (kept.has(id) ? logit : -Infinity));
};

export const keepIf = (logits: readonly number[], test: (id: number) => boolean): number[] =>
  keep(logits, ranking(logits).filter(test));
