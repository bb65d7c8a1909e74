/** Axes of the pictures of Temperature. */

export const HEIGHT = 320;

/** A target rarer than this beside the best tokens needs a logarithmic axis to be seen. */
export const RARE = 0.02;

/** Decades of a logarithmic axis of probabilities. */
export const MOST_DECADES = 9;

/** The next of 1, 2, 5 times a power of ten, at most 1. */
export function nice(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 4, 6, 8, 10].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10;
  return Math.min(1, step * power);
}
