/** Checks of parameters that every experiment shares; each error is a sentence with the value, the limit and the fix. */

/** A parameter object as it arrives: untrusted. @throws RangeError when it is not an object. */
export function parameterObject(experiment: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RangeError(`The parameters of ${experiment} are ${show(value)}; they must be an object.`);
  }
  return value as Readonly<Record<string, unknown>>;
}

/** @throws RangeError unless `value` is a whole number of the range, ends included. */
export function wholeNumber(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  const range = `${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}`;
  throw new RangeError(`${name} is ${show(value)}; it must be a whole number from ${range}.`);
}

/** @throws RangeError unless `value` is true or false. */
export function trueOrFalse(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new RangeError(`${name} is ${show(value)}; it must be true or false.`);
}

/** @throws RangeError unless `value` is a string. */
export function textValue(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new RangeError(`${name} is ${show(value)}; it must be text.`);
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
  const from = leastExcluded ? `above ${least}` : `${least} or more`;
  const to = `${mostExcluded ? 'below' : 'at most'} ${most}`;
  const words = most === Infinity ? from : `${from}${leastExcluded ? ' and' : ','} ${to}`;
  throw new RangeError(`${name} is ${show(value)}; it must be a number, ${words}.`);
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
  if (!Array.isArray(value)) throw new RangeError(`${name} are ${show(value)}; they must be a list.`);
  if (value.length === 0) throw new RangeError(`${name} are empty; give at least one.`);
  if (value.length > most) {
    throw new RangeError(
      `${name} have ${value.length.toLocaleString('en-US')} entries; the limit is ${most.toLocaleString('en-US')}.`,
    );
  }
  // `map` would leave out the holes of a sparse list, which stay undefined.
  const entries = Array.from(value, (entry: unknown, i) => read(entry, i + 1));
  const keys = entries.map((entry) => JSON.stringify(entry));
  const second = keys.findIndex((key, i) => keys.indexOf(key) < i);
  if (second >= 0) {
    const first = keys.indexOf(keys[second]!);
    throw new RangeError(
      `${name} contain ${keys[second]!} twice, as numbers ${first + 1} and ${second + 1}; list each value once.`,
    );
  }
  return entries;
}

/** A value as a user can recognise it, cut where it is long; lists and objects are named, not written. */
export function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) {
    const text = JSON.stringify(value);
    return text.length > 40 ? `${text.slice(0, 40)}…` : text;
  }
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
