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

/** The value as a person can recognise it, cut where it is long. */
function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) {
    const text = JSON.stringify(value);
    return text.length > 40 ? `${text.slice(0, 40)}…` : text;
  }
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
}
