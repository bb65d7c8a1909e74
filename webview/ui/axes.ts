/** What the axes of several pictures share. */
import { powerOfTen, rounded, written } from '../../src/l10n/numbers';
import { t } from '../../src/l10n/language';

export const temperatureLabel = t('temperature →');

/** 1, 2, 5 times powers of ten within the range of the values; only the powers where that would be many. */
export function logTicks(values: readonly number[]): number[] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const decades = Math.log10(high / low);
  const steps = decades > 3 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++) {
    for (const step of steps) {
      const tick = Number(`${step}e${exponent}`);
      if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
    }
  }
  return ticks;
}

/** A measure on an axis, with the decimal sign of the language. */
export function axisNumber(value: number): string {
  return rounded(value, 6);
}

/** A probability on an axis: `40 %`, `0.5 %`, `10⁻⁵ %`. */
export function axisPercent(probability: number): string {
  const value = Number((probability * 100).toPrecision(6));
  if (value === 0 || value >= 0.001) return `${written(value)} %`;
  const [mantissa, exponent] = value.toExponential().split('e').map(Number);
  const power = `${powerOfTen(exponent!)} %`;
  return mantissa === 1 ? power : `${written(mantissa!)}·${power}`;
}
