/** Numbers as people read them. Spaces before units do not break; minus signs are real ones. */
import { counted, t, whole as thousands } from '../../src/l10n/language';
import { fixed, inPercent, notFinite, ordinal, written } from '../../src/l10n/numbers';

export { ordinal, thousands };

const NBSP = '\u00A0';

const LN2 = Math.log(2);

/** A probability in percent, as in reports. */
export function percent(probability: number): string {
  return inPercent(probability).replaceAll(' ', NBSP);
}

/** `count(n, '{0} token', '{0} tokens')`: as `counted`, and no line ends at its first space, behind the number. */
export function count(value: number, one: string, other: string, ...values: readonly string[]): string {
  return counted(value, one, other, ...values).replace(' ', NBSP);
}

/** A number with the given significant digits, trailing zeros kept, and a real minus sign. */
export function significant(value: number, digits = 3): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return notFinite(value);
  const text = value.toPrecision(digits);
  return text.includes('e') ? scientific(text) : written(text);
}

function scientific(text: string): string {
  const [mantissa = '', exponent = ''] = text.split('e');
  return `${written(mantissa)}·10^${written(Number(exponent))}`;
}

/** Ten significant digits, more than any comparison needs; whole numbers as they are. */
export function full(value: number): string {
  return written(Number.isInteger(value) ? value : Number(value.toPrecision(10)));
}

export type LogUnit = 'nats' | 'bits';

/** An amount of information given in nats, in the unit asked for. */
export function information(nats: number, unit: LogUnit): string {
  const text = unit === 'bits' ? t('{0} bits', significant(nats / LN2)) : t('{0} nats', significant(nats));
  return text.replace(' ', NBSP);
}

/** A span of time: `80 ms`, `1.1 s`, `42 s`, `3 min 05 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 100) return `${Math.round(milliseconds)}${NBSP}ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${fixed(seconds, 1)}${NBSP}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${NBSP}s`;
  return `${thousands(Math.floor(whole / 60))}${NBSP}min${NBSP}${String(whole % 60).padStart(2, '0')}${NBSP}s`;
}

/** Tokens per second. */
export function rate(tokensPerSecond: number): string {
  const digits = tokensPerSecond < 9.95 ? fixed(tokensPerSecond, 1) : thousands(Math.round(tokensPerSecond));
  return t('{0} tokens/s', digits).replace(' ', NBSP);
}
