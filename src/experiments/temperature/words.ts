/** What the sentences and pictures of Temperature share. */
import { visibleToken } from '../../core/visibleText';
import { t, whole } from '../../l10n/language';
import { inPercent, rounded } from '../../l10n/numbers';
import type { TemperatureResult, TemperatureRow } from './result';

/** Limits that differ by no more than this share of the greater are the same but for rounding. */
const ROUNDING = 1e-6;

/** An error above this share of the value leaves little of it: both limits say more. */
const WIDE = 0.2;

/** A token as sentences name it. */
export function inQuotes(token: string): string {
  return t('“{0}”', visibleToken(token));
}

/** The target as sentences name it. */
export function quoted({ target }: TemperatureResult): string {
  return inQuotes(target);
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
    ? t('{0} (off by at most {1})', inPercent(value), inPercent(off))
    : t('between {0} and {1}', inPercent(least), inPercent(most));
}

/** `T = 0.5 (12, expected 14 to 30)` */
export function countWords({
  temperature,
  count,
  expectedLow,
  expectedHigh,
}: Pick<TemperatureRow, 'temperature' | 'count' | 'expectedLow' | 'expectedHigh'>): string {
  return t(
    'T = {0} ({1}, expected {2} to {3})',
    rounded(temperature),
    whole(count),
    whole(expectedLow),
    whole(expectedHigh),
  );
}
