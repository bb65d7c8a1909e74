/**
 * Numbers as people type them, in the notation of their language. A point before the decimals is understood in
 * every language.
 */

import type { NumberKind } from '../../src/experiments/kit/declaration';
import { t } from '../../src/l10n/language';
import { count } from './numbers';

export type { NumberKind };

export interface Notation {
  /** Before the decimals. */
  readonly decimal: '.' | ',';
  /** Between groups of three digits, beside spaces, which are understood everywhere. */
  readonly group: string;
}

const ENGLISH: Notation = { decimal: '.', group: ',' };

/** The notation of a language, by its tag: `fr`, `pt-br`; English where the tag is none. */
export function notationOf(language: string): Notation {
  try {
    const parts = new Intl.NumberFormat(language).formatToParts(1_234_567.5);
    const find = (wanted: string): string => parts.find(({ type }) => type === wanted)?.value ?? '';
    return { decimal: find('decimal') === ',' ? ',' : '.', group: find('group') };
  } catch (error) {
    if (error instanceof RangeError) return ENGLISH;
    throw error;
  }
}

/** That of VS Code's display language, which the page's HTML names, also where the page has no translation into it. */
const ownNotation = notationOf(
  typeof document === 'undefined' ? 'en' : (document.documentElement.dataset['numbers'] ?? 'en'),
);

const NUMBER = /^([+-]?)([^e%]+)(e[+-]?\d+)?$/i;

/**
 * What was typed, as a number where it is one; anything else is left for the check to refuse by name.
 *
 * A separator before three digits can be read in two ways. Where whole numbers are expected, it groups digits. Where
 * decimals are, a point stands before them in every language, and an English comma ("1,000") is refused.
 */
export function typedNumber(
  text: string,
  kind: NumberKind = 'real',
  notation: Notation = ownNotation,
): number | string {
  const typed = text.trim();
  const percent = kind === 'share' && typed.endsWith('%');
  const digits = percent ? typed.slice(0, -1).trimEnd() : typed;
  const [, sign, mantissa, exponent = ''] = NUMBER.exec(digits.replaceAll('\u2212', '-')) ?? [];
  const plain = mantissa === undefined ? null : plainDigits(mantissa, kind, notation);
  if (plain === null) return typed;
  const value = Number(`${sign}${plain}${exponent}`);
  // A hundredth of a decimal fraction, not of the nearest double: 7 % is 0.07.
  return percent ? Number((value / 100).toPrecision(15)) : value;
}

/** Digits with at most one point; null for what is no number. */
function plainDigits(typed: string, kind: NumberKind, { decimal, group }: Notation): string | null {
  const grouped = /^([1-9]\d{0,2})([^\d])\d{3}(?:\2\d{3})*(?:([.,])\d*)?$/.exec(typed);
  const separator = grouped?.[2] ?? '';
  const point = grouped?.[3];
  const spaced = /\s/.test(separator);
  if (spaced || (separator !== '' && sameMark(separator) === sameMark(group))) {
    const several = typed.split(separator).length > 2;
    const clear = spaced || kind === 'whole' || several || point !== undefined;
    const decimals = point === undefined || point === decimal || (spaced && point === '.');
    if (clear && decimals) return typed.replaceAll(separator, '').replace(',', '.');
  }
  const pointed = decimal === ',' ? typed.replace(',', '.') : typed;
  return /^(?:\d+\.?\d*|\.\d+)$/.test(pointed) ? pointed : null;
}

/** Typewriters have one apostrophe. */
function sameMark(mark: string): string {
  return mark === '\u2019' ? "'" : mark;
}

/** What was typed as a number of things, as `count` tells it; with what was typed where that is no number. */
export function typedCount(text: string, one: string, other: string): string {
  const value = typedNumber(text, 'whole');
  return typeof value === 'number' ? count(value, one, other) : t(other, value);
}

/**
 * Numbers separated by spaces, semicolons or commas; a comma separates where a space follows it, and in a language
 * that writes decimals after a point also where none does. There, "0,5 1" is no list: the comma may be meant as a
 * point.
 */
export function typedList(
  text: string,
  kind: NumberKind = 'real',
  notation: Notation = ownNotation,
): (number | string)[] {
  const words = text
    .replace(/\s+%/g, '%')
    // The other spaces group digits.
    .split(/[ \t\r\n;]+|,(?=\s|$)/)
    .map((word) => word.replace(/^,+|,+$/g, ''))
    .filter((word) => word !== '');
  const several = words.length > 1;
  return words.flatMap((word) => {
    const parts = word.split(',');
    const isList = notation.decimal === '.' && (parts.length > 2 || !several);
    const number = typedNumber(word, kind, notation);
    return isList && (typeof number === 'string' || !several)
      ? parts.filter((part) => part !== '').map((part) => typedNumber(part, kind, notation))
      : [number];
  });
}

/** A number as it is typed. */
export function typingOf(value: number, { decimal }: Notation = ownNotation): string {
  return String(value).replace('.', decimal);
}

/** The inverse of `typedList`. */
export function listText(values: readonly (number | string)[], notation: Notation = ownNotation): string {
  const texts = values.map((value) => (typeof value === 'number' ? typingOf(value, notation) : value));
  // A comma between decimal commas would be hard to see.
  return texts.join(notation.decimal === ',' ? '; ' : ', ');
}

/** How to type what was not understood; null where that is not clear. */
export function typingHint(
  typed: string,
  kind: NumberKind = 'real',
  notation: Notation = ownNotation,
): string | null {
  if (typeof typedNumber(typed, kind, notation) === 'number') return null;
  const commas = typed.split(',').length - 1;
  if (commas === 0 || !/^[-+\u2212]?[\d.,]+$/.test(typed)) return null;
  if (notation.decimal === ',') return commas > 1 ? t('Separate numbers by spaces or semicolons.') : null;
  if (commas > 1 || typed.includes('.')) return null;
  const pointed = typed.replace(',', '.');
  return /,\d{3}$/.test(typed)
    ? t('Type {0}, or {1} if the comma is a decimal point.', typed.replace(',', ''), pointed)
    : t('Type decimals after a point: {0}.', pointed);
}

/**
 * Reads what was typed, and says with the refusal how it has to be typed.
 * @param typed a number or a list of them, as far as they were understood
 * @throws RangeError as `read` does
 */
export function readTyped<Value>(typed: unknown, kind: NumberKind, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    for (const one of [typed].flat()) {
      const hint =
        typeof one === 'string' && error.message.includes(t('"{0}"', one)) ? typingHint(one, kind) : null;
      if (hint !== null) throw new RangeError(`${error.message} ${hint}`, { cause: error });
    }
    throw error;
  }
}
