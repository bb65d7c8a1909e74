/**
 * When a number counts as equal to a threshold. Logits are logarithms and probabilities their exponentials, so that
 * a mass of .1 + .2 comes out as .29999999999999993 or .30000000000000004, and a comparison of these digits decides
 * by rounding what arithmetic decides otherwise. Every sampler that compares with a threshold therefore takes two
 * numbers as equal where they differ by at most
 *
 *     10⁻¹² of the threshold + 10⁻¹⁵ of the scale on which it is measured.
 *
 * The first part is what logarithm, softmax and sums over a vocabulary lose in float64, with room to spare; the
 * second what 1 - p loses where p is near 1. Both lie far below what distinguishes two float32 logits.
 */
const RELATIVE = 1e-12;
const OF_SCALE = 1e-15;

/**
 * How far a number may miss a threshold and still be equal to it.
 * @param scale the largest of the numbers that the compared ones were computed from; probabilities have 1.
 */
export function slack(threshold: number, scale = 1): number {
  return RELATIVE * Math.abs(threshold) + OF_SCALE * scale;
}

/** The least probability that still counts as at least `threshold`: relative to it alone, however small it is. */
export function atLeast(threshold: number): number {
  return threshold * (1 - RELATIVE);
}
