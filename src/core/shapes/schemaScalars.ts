/** JSON schemas of strings and numbers as regular expressions. */
import { either } from './expressionText';
import { mayHold } from './regularExpression';
import { t } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

export type Schema = Readonly<Record<string, unknown>>;

/** One character of a JSON string, written as itself or escaped; RFC 8259, section 7. */
const CHARACTER = String.raw`(?:[^"\\\u0000-\u001f\ud800-\udfff]|\\["\\/bfnrt])`;
const INTEGER = String.raw`-?(?:0|[1-9]\d*)`;
const NUMBER = String.raw`${INTEGER}(?:\.\d+)?(?:[eE][+-]?\d+)?`;
const NATURAL = String.raw`(?:0|[1-9]\d*)`;

/** Dates are in the range in which every month has them; a validator knows the lengths of months. */
const FORMATS: Readonly<Record<string, string>> = {
  date: String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])`,
  time: String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ`,
  'date-time': String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ`,
  uuid: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  ipv4: String.raw`(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`,
};

/** Most numbers that are written out one by one. */
const MOST_NUMBERS = 1000;

/** Any string, number, boolean or null. */
export const SCALAR = either([`"${CHARACTER}*"`, NUMBER, 'true', 'false', 'null']);

/** @throws RangeError where pattern, format and length come together, or one of them cannot be followed. */
export function stringExpression(given: Schema, at: string): string {
  const { pattern, format } = given;
  const hasLength = 'minLength' in given || 'maxLength' in given;
  if ([pattern !== undefined, format !== undefined, hasLength].filter(Boolean).length > 1) {
    throw new RangeError(
      t('pattern, format and a length at {0} cannot be followed together; keep one of them.', at),
    );
  }
  if (pattern !== undefined) return `"${patternExpression(pattern, at)}"`;
  if (format !== undefined) {
    const known = typeof format === 'string' ? FORMATS[format] : undefined;
    if (known !== undefined) return `"${known}"`;
    throw new RangeError(
      t(
        'format at {0} is {1}; it must be one of {2}.',
        at,
        JSON.stringify(format),
        Object.keys(FORMATS).join(', '),
      ),
    );
  }
  return `"${CHARACTER}${timesOf(given, 'minLength', 'maxLength', at)}"`;
}

function patternExpression(pattern: unknown, at: string): string {
  const inside = typeof pattern === 'string' ? /^\^(.*)\$$/su.exec(pattern)?.[1] : undefined;
  if (inside === undefined) {
    throw new RangeError(
      t(
        'pattern at {0} is {1}; it must begin with ^ and end with $, so that it says what the whole string is.',
        at,
        JSON.stringify(pattern),
      ),
    );
  }
  const wrong = mayHold(inside, String.raw`["\\\u0000-\u001f]`);
  if (typeof wrong === 'string') throw new RangeError(t('pattern at {0} must be {1}.', at, wrong));
  if (wrong) {
    throw new RangeError(
      t(
        'pattern at {0} also matches quotes, backslashes or line ends, which JSON writes differently; exclude them, for example by [^"\\\\] in place of a dot.',
        at,
      ),
    );
  }
  return `(?:${inside})`;
}

/** @throws RangeError for limits that are no whole numbers, hold none, or are too far apart to be written out. */
export function integerExpression(given: Schema, at: string): string {
  const limit = (keyword: string, open: number, inside: number): number =>
    keyword in given ? wholeOf(given, keyword, at) + inside : open;
  const least = Math.max(limit('minimum', -Infinity, 0), limit('exclusiveMinimum', -Infinity, 1));
  const most = Math.min(limit('maximum', Infinity, 0), limit('exclusiveMaximum', Infinity, -1));
  if (least === -Infinity && most === Infinity) return INTEGER;
  if (least === 0 && most === Infinity) return NATURAL;
  if (least === 1 && most === Infinity) return String.raw`[1-9]\d*`;
  if (most < least)
    throw new RangeError(
      t('No integer at {0} is at least {1} and at most {2}.', at, asGiven(least), asGiven(most)),
    );
  if (most - least >= MOST_NUMBERS) {
    throw new RangeError(
      t(
        'The integer at {0} is from {1} to {2}; it must have both limits and at most {3} values, or a minimum of 0 or 1 alone.',
        at,
        asGiven(least),
        asGiven(most),
        asGiven(MOST_NUMBERS),
      ),
    );
  }
  return either(Array.from({ length: most - least + 1 }, (_, i) => String(least + i)));
}

/** @throws RangeError for a minimum other than 0. */
export function numberExpression(given: Schema, at: string): string {
  if (!('minimum' in given)) return NUMBER;
  if (given['minimum'] === 0) return NUMBER.slice('-?'.length);
  throw new RangeError(
    t(
      'minimum at {0} is {1}; that of a number must be 0. Integers can have any.',
      at,
      JSON.stringify(given['minimum']),
    ),
  );
}

function timesOf(given: Schema, least: string, most: string, at: string): string {
  if (!(least in given) && !(most in given)) return '*';
  const [from, to] = limitsOf(given, least, most, at);
  return `{${from},${to === Infinity ? '' : to}}`;
}

/**
 * The least and most of something that is counted; from 0 to infinity where they are left out.
 * @throws RangeError where they are no whole numbers, or hold none.
 */
export function limitsOf(given: Schema, least: string, most: string, at: string): [number, number] {
  const from = least in given ? wholeOf(given, least, at) : 0;
  const to = most in given ? wholeOf(given, most, at) : Infinity;
  if (from >= 0 && to >= from) return [from, to];
  throw new RangeError(
    t(
      '{0} at {1} is {2} and {3} {4}; the first must be from 0 to the second.',
      least,
      at,
      asGiven(from),
      most,
      asGiven(to),
    ),
  );
}

function wholeOf(given: Schema, keyword: string, at: string): number {
  const value = given[keyword];
  if (Number.isSafeInteger(value)) return value as number;
  throw new RangeError(
    t('{0} at {1} is {2}; it must be a whole number.', keyword, at, JSON.stringify(value)),
  );
}
