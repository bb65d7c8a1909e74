/**
 * The exponential function where a softmax needs it, for numbers that are not positive.
 *
 * A vocabulary has tens of thousands of tokens, and `Math.exp` of each would take longer than anything else that
 * happens to a distribution. Here x = r - n ln 2 / 512 with a whole n and |r| <= ln 2 / 1024: exp(-n ln 2 / 512)
 * comes from a table and exp(r) from four terms of its series (Tang, Table-Driven Implementation of the
 * Exponential Function, 1989). The relative error is below 2e-14.
 */

const STEPS = 512;
const STEP = Math.LN2 / STEPS;
const STEPS_PER_UNIT = STEPS / Math.LN2;
/** Below this a token's share is under 1e-17 of the best one's, and rare enough for `Math.exp`. */
const LOWEST = -40;
const POWERS = Float64Array.from(
  { length: Math.ceil(-LOWEST * STEPS_PER_UNIT) + 1 },
  (_, n) => 2 ** (-n / STEPS),
);

/** exp(x) for x <= 0, also -Infinity. */
export function expNotPositive(x: number): number {
  if (!(x >= LOWEST)) return Math.exp(x);
  const n = (0.5 - x * STEPS_PER_UNIT) | 0;
  const r = x + n * STEP;
  return POWERS[n]! * (1 + r * (1 + r * (0.5 + r * (1 / 6))));
}
