/** What the sentences and pictures of Temperature share. */
import { visibleToken } from '../../core/visibleText';
import { inPercent } from '../../l10n/numbers';
import type { TemperatureResult, TemperatureRow } from './result';

/** Limits that differ by no more than this share of the greater are the same but for rounding. */
const ROUNDING = 1e-6;

/** An error above this share of the value leaves little of it: both limits say more. */
const WIDE = 0.2;

/** The target as sentences name it. */
export function quoted({ target }: TemperatureResult): string {
  return `“${visibleToken(target)}”`;
}

export function isInside({
  count,
  expectedLow,
  expectedHigh,
}: Pick<TemperatureRow, 'count' | 'expectedLow' | 'expectedHigh'>): boolean {
  return count >= expectedLow && count <= expectedHigh;
}

/** The row whose temperature is nearest to 1. */
export function nearestToOne<Row extends { readonly temperature: number }>(rows: readonly Row[]): Row {
  const far = ({ temperature }: Row): number => Math.abs(Math.log(temperature));
  return rows.reduce((a, b) => (far(b) < far(a) ? b : a));
}

/** `12.3 %`, `12.3 % (off by at most 0.1 %)`, `between 1 % and 20 %` */
export function limitWords(least: number, most: number): string {
  const [value, off] = [(least + most) / 2, (most - least) / 2];
  if (off <= ROUNDING * most) return inPercent(value);
  return off <= WIDE * value
    ? `${inPercent(value)} (off by at most ${inPercent(off)})`
    : `between ${inPercent(least)} and ${inPercent(most)}`;
}
