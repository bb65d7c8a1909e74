/** Repeated measurements of one figure: their mean, and how far they are from each other. */
import { sum } from '../sums';

export interface Spread {
  readonly mean: number;
  /** The sample's standard deviation, divided by n - 1; null for fewer than two measurements. */
  readonly deviation: number | null;
  readonly least: number;
  readonly most: number;
}

/** Mean and spread of measurements; NaN, and no deviation, where there are none. */
export function spread(values: readonly number[]): Spread {
  const n = values.length;
  if (n === 0) return { mean: NaN, deviation: null, least: NaN, most: NaN };
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // Rounding of the mean must not make equal measurements differ.
  const mean = least === most ? least : sum(values) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: n < 2 ? null : Math.sqrt(squares / (n - 1)), least, most };
}
