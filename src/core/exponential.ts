/**
 * The exponential function where a softmax needs it, for numbers that are not positive.
 *
 * A vocabulary has tens of thousands of tokens, and `Math.exp` of each would take longer than anything else that
 * happens to a distribution. Here x is (n + r) steps of ln 2 / 512 with a whole n and |r| <= 1/2: 2^(n / 512) comes
 * from two tables and exp(r ln 2 / 512) from four terms of its series (Tang, Table-Driven Implementation of the
 * Exponential Function, 1989). The relative error is below 1e-14, and what rounding of x itself does: |x| / 2^52.
 */

export const STEPS = 512;
/** Where the last normal number is near: rare enough for `Math.exp`. */
export const LOWEST = -708;
/** Added to a number far below it and taken off again, it rounds that to a whole one. */
const ROUNDER = 1.5 * 2 ** 52;
export const STEPS_PER_UNIT = STEPS * Math.LOG2E;
/** The terms of the series for one step. */
export const ONE = Math.LN2 / STEPS;
export const TWO = ONE ** 2 / 2;
export const THREE = ONE ** 3 / 6;
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
  const steps = x * STEPS_PER_UNIT;
  const whole = steps + ROUNDER - ROUNDER;
  const r = steps - whole;
  const n = whole | 0;
  return (1 + r * (ONE + r * (TWO + r * THREE))) * (FRACTIONS[n & (STEPS - 1)]! * HALVES[-(n >> 9)]!);
}
