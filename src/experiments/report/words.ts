/** Numbers and lists in sentences of a report. */

/** In the place of what a run that goes on has not reached yet. */
export const TO_COME = 'still to come';

const grouped = new Intl.NumberFormat('en-US');

/** A whole number with its thousands separated. */
export function whole(value: number): string {
  return grouped.format(value);
}

/** `1 draw`, `1,024 draws`. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${whole(value)} ${value === 1 ? singular : plural}`;
}

/** A sentence put together of parts, with its first letter as that of a sentence. */
export function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** A number with three significant digits, without trailing zeros. */
export function rounded(value: number, digits = 3): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '−∞' : 'undefined';
  const short = Number(value.toPrecision(digits));
  const text = Math.abs(short) >= 1e-4 && Math.abs(short) < 1e9 ? whole3(short) : short.toExponential();
  return text.replaceAll('-', '−');
}

function whole3(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 12 });
}

/**
 * A probability in percent with three significant digits. What is possible is never shown as 0, and what is not
 * certain never as 100.
 */
export function inPercent(probability: number): string {
  if (probability <= 0) return '0 %';
  if (probability >= 1) return '100 %';
  const value = probability * 100;
  if (value < 0.001) return '< 0.001 %';
  const digits = value.toPrecision(3);
  return Number(digits) >= 100 ? '> 99.9 %' : `${digits} %`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)!}`;
}

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `10⁻⁵` for -5. */
export function powerOfTen(exponent: number): string {
  return `10${String(exponent)
    .replace('-', '⁻')
    .replace(/\d/g, (digit) => RAISED[Number(digit)]!)}`;
}
