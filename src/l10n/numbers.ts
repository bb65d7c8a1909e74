/** Numbers and lists in sentences, as the language writes them. */
import { languageTag, t, whole } from './language';

const MINUS = '\u2212';

const separator =
  new Intl.NumberFormat(languageTag).formatToParts(0.5).find(({ type }) => type === 'decimal')?.value ?? '.';

/**
 * A number as JavaScript writes it, as the language does: with its decimal sign and a real minus. For what has been
 * rounded already, and for settings and identifiers, which are not grouped: `0.7`, `1e-5`, `12345`.
 */
export function written(value: number | string): string {
  return String(value).replace('.', separator).replaceAll('-', MINUS);
}

/** As `written`, with the minus that a keyboard has: for a value that is quoted as it was given. */
export function asGiven(value: number): string {
  return String(value).replace('.', separator);
}

/** A number with so many digits behind the decimal sign. */
export function fixed(value: number, digits: number): string {
  return written(value.toFixed(digits));
}

/** A number with three significant digits, without trailing zeros. */
export function rounded(value: number, digits = 3): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return notFinite(value);
  const short = Number(value.toPrecision(digits));
  const plain = Math.abs(short) >= 1e-4 && Math.abs(short) < 1e9;
  return plain ? inFull.format(short).replaceAll('-', MINUS) : written(short.toExponential());
}

const inFull = new Intl.NumberFormat(languageTag, { maximumFractionDigits: 12 });

/** What stands for a number that is none. */
export function notFinite(value: number): string {
  if (value > 0) return '∞';
  return value < 0 ? `${MINUS}∞` : t('undefined');
}

/**
 * A probability in percent with three significant digits. What is possible is never shown as 0, and what is not
 * certain never as 100.
 */
export function inPercent(probability: number): string {
  if (probability <= 0) return t('{0} %', '0');
  if (probability >= 1) return t('{0} %', '100');
  const value = probability * 100;
  if (value < 0.001) return `<\u00A0${t('{0} %', written(0.001))}`;
  const digits = value.toPrecision(3);
  return Number(digits) >= 100 ? `>\u00A0${t('{0} %', written(99.9))}` : t('{0} %', written(digits));
}

/** English without a comma before the last `and`. */
const lists = new Intl.ListFormat(languageTag === 'en-US' ? 'en-GB' : languageTag);

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return lists.format(items);
}

const choices = new Intl.ListFormat(languageTag === 'en-US' ? 'en-GB' : languageTag, { type: 'disjunction' });

/** `a`, `a or b`, `a, b or c`. */
export function eitherOf(items: readonly string[]): string {
  return choices.format(items);
}

/** `a; b; c`: clauses, or items that have commas in them. */
export function clauses(items: readonly string[]): string {
  return items.join(t({ message: '; ', comment: 'between clauses' }));
}

/** A sentence put together of parts, with its first letter as that of a sentence. */
export function capitalized(sentence: string): string {
  return sentence.charAt(0).toLocaleUpperCase(languageTag) + sentence.slice(1);
}

/** A title as it is written within a sentence. */
export function lowered(title: string): string {
  return title.toLocaleLowerCase(languageTag);
}

const places = new Intl.PluralRules(languageTag, { type: 'ordinal' });

/** Position in an order, from 0: `1st`, `2nd`, `113th`. */
export function ordinal(index: number): string {
  const place = whole(index + 1);
  switch (places.select(index + 1)) {
    case 'one':
      return t('{0}st', place);
    case 'two':
      return t('{0}nd', place);
    case 'few':
      return t('{0}rd', place);
    default:
      return t('{0}th', place);
  }
}

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `10⁻⁵` for -5. */
export function powerOfTen(exponent: number): string {
  return `10${String(exponent)
    .replace('-', '⁻')
    .replace(/\d/g, (digit) => RAISED[Number(digit)]!)}`;
}
