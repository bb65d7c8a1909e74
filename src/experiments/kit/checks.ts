/** Checks of parameters that every experiment shares; each error is a sentence with the value, the limit and the fix. */
import { t, whole } from '../../l10n/language';
import { written } from '../../l10n/numbers';

/** A parameter object as it arrives: untrusted. @throws RangeError when it is not an object. */
export function parameterObject(experiment: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RangeError(
      t('The parameters of {0} are {1}; they must be an object.', experiment, show(value)),
    );
  }
  return value as Readonly<Record<string, unknown>>;
}

/** @throws RangeError unless `value` is a whole number of the range, ends included. */
export function wholeNumber(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(
    t('{0} is {1}; it must be a whole number from {2} to {3}.', name, show(value), whole(least), whole(most)),
  );
}

/** @throws RangeError unless `value` is true or false. */
export function trueOrFalse(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new RangeError(t('{0} is {1}; it must be true or false.', name, show(value)));
}

/** @throws RangeError unless `value` is a string. */
export function textValue(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new RangeError(t('{0} is {1}; it must be text.', name, show(value)));
}

/** A range of numbers, finite where `most` is left out. */
export interface NumberRange {
  readonly least: number;
  /** The least itself is not allowed. */
  readonly leastExcluded?: boolean | undefined;
  readonly most?: number | undefined;
  /** The most itself is not allowed. */
  readonly mostExcluded?: boolean | undefined;
}

/** @throws RangeError unless `value` is a finite number of the range. */
export function realNumber(name: string, value: unknown, range: NumberRange): number {
  const { least, leastExcluded = false, most = Infinity, mostExcluded = false } = range;
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (leastExcluded ? value > least : value >= least) &&
    (mostExcluded ? value < most : value <= most);
  if (fits) return value;
  const values = [name, show(value), show(least), show(most)];
  throw new RangeError(outside(range, values));
}

function outside(
  { leastExcluded, most = Infinity, mostExcluded }: NumberRange,
  values: readonly string[],
): string {
  if (most === Infinity) {
    return leastExcluded
      ? t('{0} is {1}; it must be a number, above {2}.', ...values)
      : t('{0} is {1}; it must be a number, {2} or more.', ...values);
  }
  if (leastExcluded) {
    return mostExcluded
      ? t('{0} is {1}; it must be a number, above {2} and below {3}.', ...values)
      : t('{0} is {1}; it must be a number, above {2} and at most {3}.', ...values);
  }
  return mostExcluded
    ? t('{0} is {1}; it must be a number, {2} or more, below {3}.', ...values)
    : t('{0} is {1}; it must be a number, {2} or more, at most {3}.', ...values);
}

/**
 * A list whose entries are read one by one.
 * @param name of the list for people, in the plural: `The temperatures`.
 * @param read is given an entry, and its number from 1.
 * @throws RangeError for what is no list, an empty or too long one, an entry that cannot be read, or one twice.
 */
export function listOf<Entry>(
  name: string,
  value: unknown,
  most: number,
  read: (entry: unknown, number: number) => Entry,
): Entry[] {
  if (!Array.isArray(value)) throw notAList(name, value);
  if (value.length === 0) throw new RangeError(t('{0} are empty; give at least one.', name));
  if (value.length > most) {
    throw new RangeError(
      t('{0} have {1} entries; the limit is {2}.', name, whole(value.length), whole(most)),
    );
  }
  // `map` would leave out the holes of a sparse list, which stay undefined.
  const entries = Array.from(value, (entry: unknown, i) => read(entry, i + 1));
  const keys = entries.map((entry) => JSON.stringify(entry));
  const second = keys.findIndex((key, i) => keys.indexOf(key) < i);
  if (second >= 0) {
    const first = keys.indexOf(keys[second]!);
    throw new RangeError(
      t(
        '{0} contain {1} twice, as numbers {2} and {3}; list each value once.',
        name,
        typeof entries[first] === 'number' ? show(entries[first]) : keys[second]!,
        whole(first + 1),
        whole(second + 1),
      ),
    );
  }
  return entries;
}

/** What refuses a value that is no list. @param name in the plural, where a sentence begins */
export function notAList(name: string, value: unknown): RangeError {
  return new RangeError(t('{0} are {1}; they must be a list.', name, show(value)));
}

/** A value as a user can recognise it, cut where it is long; lists and objects are named, not written. */
export function show(value: unknown): string {
  if (value === undefined) return t({ message: 'missing', comment: 'a value' });
  // With the minus that is typed.
  if (typeof value === 'number') return written(value).replaceAll('−', '-');
  if (typeof value === 'string') {
    const text = JSON.stringify(value).slice(1, -1);
    return t('"{0}"', text.length > 40 ? `${text.slice(0, 40)}…` : text);
  }
  if (typeof value === 'boolean' || value === null) return String(value);
  return Array.isArray(value) ? t('a list') : t('a value of type {0}', typeof value);
}
