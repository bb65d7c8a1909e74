/**
 * The exponential function where a softmax needs it, for numbers that are not positive.
 *
 * A vocabulary has tens of thousands of tokens, and `Math.exp` of each would take longer than anything else that
 * happens to a distribution. Here x = r + n ln 2 / 512 with a whole n and |r| <= ln 2 / 1024: exp(n ln 2 / 512)
 * comes from two tables and exp(r) from four terms of its series (Tang, Table-Driven Implementation of the
 * Exponential Function, 1989). The relative error is below 1e-14.
 */

export const STEPS = 512;
/** Where the last normal number is near: rare enough for `Math.exp`. */
export const LOWEST = -708;
/** Added to a number far below it and taken off again, it rounds that to a whole one. */
const ROUNDER = 1.5 * 2 ** 52;
export const STEPS_PER_UNIT = STEPS * Math.LOG2E;
/**
 * ln 2 / 512 in two parts: products of the first with the whole numbers that occur here are exact, and the second has
 * what ln 2 loses in float64.
 */
export const STEP_HIGH = Math.fround(Math.LN2 / STEPS);
export const STEP_LOW = Math.LN2 / STEPS - STEP_HIGH + 2.3190468138462996e-17 / STEPS;
/** 2 ** (n / 512) for n from 0 to 511. */
export const FRACTIONS = Float64Array.from({ length: STEPS }, (_, n) => 2 ** (n / STEPS));
/** 2 ** -n. */
const HALVES = Float64Array.from({ length: 1024 }, (_, n) => 2 ** -n);

/** exp(x) for x <= 0, also -Infinity. */
export function expNotPositive(x: number): number {
  return x >= LOWEST ? expNormal(x) : Math.exp(x);
}

/** exp(x) for x from `LOWEST` to 0. The order of its operations is that of `kernel.wat`, which gives the same bits. */
export function expNormal(x: number): number {
  const whole = x * STEPS_PER_UNIT + ROUNDER - ROUNDER;
  const r = x - whole * STEP_HIGH - whole * STEP_LOW;
  const n = whole | 0;
  const square = r * r;
  return (1 + r + square * (0.5 + r * (1 / 6))) * (FRACTIONS[n & (STEPS - 1)]! * HALVES[-(n >> 9)]!);
}
