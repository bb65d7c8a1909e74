/** Numbers as people read them. Spaces before units do not break; minus signs are real ones. */
import { inPercent, whole as thousands } from '../../src/experiments/report/words';

export { thousands };

const NBSP = '\u00A0';
const MINUS = '\u2212';

const LN2 = Math.log(2);

/** A probability in percent, as in reports. */
export function percent(probability: number): string {
  return inPercent(probability).replaceAll(' ', NBSP);
}

/** `1 token`, `1,024 tokens`. */
export function count(value: number, singular: string, plural = `${singular}s`): string {
  return `${thousands(value)}${NBSP}${value === 1 ? singular : plural}`;
}

/** A number with the given significant digits, trailing zeros kept, and a real minus sign. */
export function significant(value: number, digits = 3): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? `${MINUS}∞` : 'undefined';
  const text = Math.abs(value).toPrecision(digits);
  const plain = text.includes('e') ? scientific(text) : text;
  return value < 0 ? `${MINUS}${plain}` : plain;
}

function scientific(text: string): string {
  const [mantissa = '', exponent = ''] = text.split('e');
  return `${mantissa}·10^${String(Number(exponent)).replace('-', MINUS)}`;
}

/** Ten significant digits, more than any comparison needs; whole numbers as they are. */
export function full(value: number): string {
  const shown = Number.isInteger(value) ? value : Number(value.toPrecision(10));
  return String(shown).replace(/-/g, MINUS);
}

export type LogUnit = 'nats' | 'bits';

/** An amount of information given in nats, in the unit asked for. */
export function information(nats: number, unit: LogUnit): string {
  return `${significant(unit === 'bits' ? nats / LN2 : nats)}${NBSP}${unit}`;
}

/** A span of time: `80 ms`, `1.1 s`, `42 s`, `3 min 05 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 100) return `${Math.round(milliseconds)}${NBSP}ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)}${NBSP}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${NBSP}s`;
  return `${thousands(Math.floor(whole / 60))}${NBSP}min${NBSP}${String(whole % 60).padStart(2, '0')}${NBSP}s`;
}

/** Tokens per second. */
export function rate(tokensPerSecond: number): string {
  const digits = tokensPerSecond < 9.95 ? tokensPerSecond.toFixed(1) : thousands(Math.round(tokensPerSecond));
  return `${digits}${NBSP}tok/s`;
}

/** Position in an order, from 0: `1st`, `2nd`, `113th`. */
export function ordinal(index: number): string {
  const place = index + 1;
  const teen = place % 100 >= 11 && place % 100 <= 13;
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th');
  return `${thousands(place)}${ending}`;
}
