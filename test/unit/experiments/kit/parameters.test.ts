import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { declare, type Parameter, type ParametersOf } from '../../../../src/experiments/kit/declaration';
import {
  choice,
  choices,
  custom,
  flag,
  numbers,
  optional,
  orDefault,
  real,
  text,
  whole,
  wholeOrOff,
} from '../../../../src/experiments/kit/parameters';
import { depth } from '../../depth';

const RUNS = { numRuns: depth(200, 2000) };

/** What a user could send in place of a value, numbers of every size among it. */
const anything = fc.oneof(fc.anything(), fc.double(), fc.integer(), fc.string(), fc.constant(undefined));

/** The sentence that refuses a value; undefined where it is taken. */
function refusal(parameter: Parameter<unknown>, value: unknown): string | undefined {
  try {
    expect(parameter.read(value, {})).toEqual(value);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

describe('A value is taken as it is, or refused by name, value and limit:', () => {
  it('whole numbers', () => {
    const ranges = fc.tuple(fc.integer(), fc.integer()).map((ends) => ends.sort((a, b) => a - b));
    fc.assert(
      fc.property(ranges, anything, ([least, most], value) => {
        const parameter = whole({ name: 'The number', least: least, most: most, default: least });
        const fits = Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
        const sentence = refusal(parameter, value);
        if (fits) expect(sentence).toBeUndefined();
        else {
          expect(sentence).toMatch(/^The number is .+; it must be a whole number from .+ to .+\.$/s);
          expect(sentence).toContain(`${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}`);
          if (typeof value === 'number') expect(sentence).toContain(String(value));
        }
      }),
      RUNS,
    );
  });

  it.each([
    [{ least: 0 }, '0 or more', (x: number) => x >= 0],
    [{ least: 0, most: 1 }, '0 or more, at most 1', (x: number) => x >= 0 && x <= 1],
    [{ least: 0, leastExcluded: true, most: 1 }, 'above 0 and at most 1', (x: number) => x > 0 && x <= 1],
    [{ least: 0, most: 1, mostExcluded: true }, '0 or more, below 1', (x: number) => x >= 0 && x < 1],
  ])('real numbers of %j', (range, words, fits) => {
    const parameter = real({ name: 'The share', ...range, default: 0.5 });
    const near = fc.constantFrom(0, -0, 1, 1 - Number.EPSILON / 2, 1 + Number.EPSILON, 5e-324, -5e-324);
    fc.assert(
      fc.property(fc.oneof(anything, near, fc.double({ min: 0, max: 1 })), (value) => {
        const sentence = refusal(parameter, value);
        if (typeof value === 'number' && Number.isFinite(value) && fits(value))
          expect(sentence).toBeUndefined();
        else {
          expect(sentence?.startsWith('The share is ')).toBe(true);
          expect(sentence?.endsWith(`; it must be a number, ${words}.`)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('lists of numbers', () => {
    const parameter = numbers({
      name: 'The shares',
      each: (place) => `Share ${place}`,
      entries: 3,
      least: 0,
      most: 1,
      default: [0.5],
    });
    const entries = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: -1, max: 2 }),
      anything,
    );
    fc.assert(
      fc.property(fc.oneof(fc.array(entries, { maxLength: 5 }), anything), (value) => {
        const list = Array.isArray(value) ? (value as unknown[]) : [];
        const allowed = list.every((entry) => typeof entry === 'number' && entry >= 0 && entry <= 1);
        // 0 and -0 are the same number.
        const distinct = new Set(list).size === list.length;
        const fits = list.length > 0 && list.length <= 3 && allowed && distinct;
        const sentence = refusal(parameter, value);
        expect(sentence === undefined).toBe(fits);
        if (sentence === undefined) return;
        if (!Array.isArray(value)) expect(sentence).toMatch(/^The shares are .+; they must be a list\.$/s);
        else if (list.length === 0) expect(sentence).toBe('The shares are empty; give at least one.');
        else if (list.length > 3)
          expect(sentence).toBe(`The shares have ${list.length} entries; the limit is 3.`);
        else if (!allowed) {
          const wrong = list.findIndex((entry) => !(typeof entry === 'number' && entry >= 0 && entry <= 1));
          expect(sentence).toContain(`Share ${wrong + 1} is `);
          expect(sentence).toContain('0 or more, at most 1');
        } else expect(sentence).toMatch(/twice, as numbers \d and \d; list each value once\.$/);
      }),
      RUNS,
    );
  });

  it('an entry of a list, by a sentence of its own', () => {
    const parameter = numbers({
      name: 'The rates',
      each: (place) => `Rate ${place}`,
      entries: 3,
      least: 0,
      default: [1],
      refuse: (entry, what) => {
        if (entry === 7) throw new RangeError(`${what} is 7.`);
      },
    });
    expect(refusal(parameter, [1, 7])).toBe('Rate 2 is 7.');
  });

  it('texts', () => {
    const parameter = text({ name: 'The word', most: 3, default: 'yes' });
    fc.assert(
      fc.property(fc.oneof(fc.string(), anything), (value) => {
        const sentence = refusal(parameter, value);
        if (typeof value !== 'string') expect(sentence).toMatch(/^The word is .+; it must be text\.$/s);
        else if (value.length <= 3) expect(sentence).toBeUndefined();
        else expect(sentence).toBe(`The word has ${value.length} characters; the limit is 3.`);
      }),
      RUNS,
    );
    const long = text({ name: 'The word', most: 1000, partServes: true, default: '' });
    expect(refusal(long, 'x'.repeat(1001))).toBe(
      'The word has 1,001 characters; the limit is 1,000. Use a part of it.',
    );
  });

  it('flags, choices, and several of them', () => {
    const options = [
      { value: 'a', label: 'first' },
      { value: 'b', label: 'second' },
      { value: 'c', label: 'third' },
    ] as const;
    const one = choice({ name: 'The way', options, default: 'a' });
    const some = choices({ name: 'The ways', options, default: ['a'] });
    const letter = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(fc.oneof(letter, fc.array(letter), fc.boolean(), anything), (value) => {
        const isFlag = refusal(flag({ name: 'Loud', default: false }), value);
        if (typeof value === 'boolean') expect(isFlag).toBeUndefined();
        else expect(isFlag).toMatch(/^Loud is .+; it must be true or false\.$/s);

        const isOne = refusal(one, value);
        if (value === 'a' || value === 'b' || value === 'c') expect(isOne).toBeUndefined();
        else expect(isOne).toMatch(/^The way is .+; it must be "a", "b" or "c"\.$/s);

        const isSome = refusal(some, value);
        const list = Array.isArray(value) ? (value as unknown[]) : [];
        const known = list.every((entry) => entry === 'a' || entry === 'b' || entry === 'c');
        const fits = list.length > 0 && list.length <= 3 && known && new Set(list).size === list.length;
        expect(isSome === undefined).toBe(fits);
        if (list.length > 0 && list.length <= 3 && !known)
          expect(isSome).toMatch(/^The ways contain .+; choose from a, b, c\.$/s);
      }),
      RUNS,
    );
  });
});

describe('Declared parameters', () => {
  const declared = declare(
    'Things',
    {
      count: whole({ name: 'The count', least: 0, most: 9, default: 3 }),
      share: orDefault(real({ name: 'The share', least: 0, most: 1, default: 0.5 })),
      limit: wholeOrOff({ name: 'The limit', least: 1, most: 9, default: null }),
      way: choice({
        name: 'The way',
        options: [
          { value: 'up', label: 'Up' },
          { value: 'down', label: 'Down' },
        ],
        default: 'up',
      }),
      loud: optional(flag({ name: 'Loud', default: false })),
      twice: {
        ...whole({ name: 'Twice', least: 0, most: 99, default: 6 }),
        leftOut: ({ count }) => (typeof count === 'number' ? 2 * count : 0),
      },
      last: custom<'x' | 'y'>({
        name: 'The last',
        default: 'x',
        read: (value, { count }) => {
          if (value === 'x' || (value === 'y' && count !== 0)) return value;
          throw new RangeError('The last is neither.');
        },
      }),
    },
    {
      check: ({ count, limit }) => {
        if (limit !== null && count > limit) throw new RangeError('The count is beyond the limit.');
      },
    },
  );
  const every = { count: 3, share: 0.25, limit: 4, way: 'down', loud: true, twice: 1, last: 'y' };
  const least = { count: 3, limit: null, way: 'up', last: 'x' };

  it('have the type of what they read', () => {
    expectTypeOf<ParametersOf<typeof declared>>().toMatchObjectType<{
      readonly count: number;
      readonly share: number;
      readonly limit: number | null;
      readonly way: 'up' | 'down';
      readonly loud?: boolean;
      readonly twice: number;
      readonly last: 'x' | 'y';
    }>();
  });

  it('keep what they read, in their own order, and nothing else', () => {
    const shuffled = Object.fromEntries(Object.entries({ ...every, other: 1 }).reverse());
    expect(JSON.stringify(declared.parse(shuffled))).toBe(JSON.stringify(every));
  });

  it('may be left out where they say so', () => {
    expect(declared.parse(least)).toEqual({ ...least, share: 0.5, twice: 6 });
    expect(Object.keys(declared.parse(least))).not.toContain('loud');
    expect(declared.parse({ ...least, loud: undefined })).not.toHaveProperty('loud');
  });

  it('may all be left out where the declaration says so', () => {
    const share = real({ name: 'The share', least: 0, most: 1, default: 0.5 });
    const partial = declare(
      'Parts',
      { share, word: text({ name: 'The word', default: 'yes' }) },
      { partial: true },
    );
    expect(partial.parse({})).toEqual({ share: 0.5, word: 'yes' });
    expect(partial.parse({ share: 1 })).toEqual({ share: 1, word: 'yes' });
    expect(() => partial.parse({ share: 2 })).toThrow('The share is 2;');
  });

  it.each([
    [null, 'The parameters of Things are null; they must be an object.'],
    [[], 'The parameters of Things are a list; they must be an object.'],
    [{ ...least, count: undefined }, 'The count is missing; it must be a whole number from 0 to 9.'],
    [{ ...least, limit: undefined }, 'The limit is missing; it must be a whole number from 1 to 9.'],
    [{ ...least, loud: 1 }, 'Loud is 1; it must be true or false.'],
    [{ ...least, share: null }, 'The share is null; it must be a number, 0 or more, at most 1.'],
    [{ ...least, count: 0, last: 'y' }, 'The last is neither.'],
    [{ ...least, count: 5, limit: 4 }, 'The count is beyond the limit.'],
  ])('refuse %j', (value, sentence) => {
    expect(() => declared.parse(value)).toThrow(RangeError);
    expect(() => declared.parse(value)).toThrow(sentence);
  });
});
