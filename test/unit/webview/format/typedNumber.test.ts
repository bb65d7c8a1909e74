import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  listText,
  notationOf,
  readTyped,
  typedCount,
  typedList,
  typedNumber,
  typingHint,
  type NumberKind,
} from '../../../../webview/format/typedNumber';

const LANGUAGES = ['de', 'fr', 'en', 'de-ch', 'es', 'pl', 'pt-br', 'zh-cn', 'ja', 'ru', 'tr', 'cs'];

const read = (text: string, language: string, kind: NumberKind = 'real'): number | string =>
  typedNumber(text, kind, notationOf(language));

const language = fc.constantFrom(...LANGUAGES);
/** Of so many decimals that every formatter writes them all. */
const decimal = fc
  .tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.integer({ min: 1, max: 6 }))
  .map(([digits, places]) => Number(`${digits}e-${places}`))
  .filter((value) => !Object.is(value, -0));

describe('a number that a language writes', () => {
  it('is read back where it is whole', () => {
    fc.assert(
      fc.property(language, fc.maxSafeInteger(), (tag, value) => {
        expect(read(new Intl.NumberFormat(tag).format(value), tag, 'whole')).toBe(value);
      }),
    );
  });

  it('is read back where it has decimals, with and without groups', () => {
    fc.assert(
      fc.property(language, decimal, fc.boolean(), (tag, value, useGrouping) => {
        const digits = { minimumFractionDigits: 1, maximumFractionDigits: 6, useGrouping };
        expect(read(new Intl.NumberFormat(tag, digits).format(value), tag)).toBe(value);
      }),
    );
  });

  it('is read back in percent where it is a share', () => {
    fc.assert(
      fc.property(language, fc.integer({ min: 0, max: 10_000 }), (tag, hundredths) => {
        const share = hundredths / 10_000;
        const options = { style: 'percent', maximumFractionDigits: 2 } as const;
        const text = new Intl.NumberFormat(tag, options).format(share);
        // Turkish writes it before the number.
        fc.pre(!text.startsWith('%'));
        expect(read(text, tag, 'share')).toBe(share);
      }),
    );
  });

  it('is read back from a list, whatever separates its entries', () => {
    fc.assert(
      fc.property(
        language,
        fc.array(decimal, { minLength: 2, maxLength: 6 }),
        fc.constantFrom(' ', '; ', ', ', ' ; ', '\n'),
        (tag, values, separator) => {
          const digits = { minimumFractionDigits: 1, maximumFractionDigits: 6, useGrouping: false };
          const text = values
            .map((value) => new Intl.NumberFormat(tag, digits).format(value))
            .join(separator);
          expect(typedList(text, 'real', notationOf(tag))).toEqual(values);
        },
      ),
    );
  });
});

it('what was typed is counted', () => {
  expect(['1', ' 1,000 ', '0', 'many'].map((text) => typedCount(text, '{0} epoch', '{0} epochs'))).toEqual([
    '1\u00A0epoch',
    '1,000\u00A0epochs',
    '0\u00A0epochs',
    'many epochs',
  ]);
});

describe('a number that the page writes', () => {
  it('is understood in every language', () => {
    fc.assert(
      fc.property(language, fc.double({ noNaN: true, noDefaultInfinity: true }), (tag, value) => {
        fc.pre(!Object.is(value, -0));
        expect(read(String(value), tag)).toBe(value);
      }),
    );
  });

  it('is understood in a list', () => {
    fc.assert(
      fc.property(language, fc.array(decimal, { maxLength: 6 }), (tag, values) => {
        expect(typedList(listText(values, notationOf(tag)), 'real', notationOf(tag))).toEqual(values);
      }),
    );
  });
});

describe('what is typed', () => {
  it.each<[string, string, NumberKind, number | string]>([
    ['fr', '1,5', 'real', 1.5],
    ['de', ' 1,5 ', 'real', 1.5],
    ['de', '1,5e-3', 'real', 0.0015],
    ['en', '1e-3', 'real', 0.001],
    ['en', '\u22121.5', 'real', -1.5],
    ['fr', '1 234,5', 'real', 1234.5],
    ['fr', '10 000', 'whole', 10_000],
    ['en', '10 000', 'whole', 10_000],
    ['en', '1,000', 'whole', 1000],
    ['de', '1.000', 'whole', 1000],
    // A point stands before decimals in every language where there may be some.
    ['de', '1.125', 'real', 1.125],
    ['de-ch', "1'000", 'whole', 1000],
    ['en', '50 %', 'share', 0.5],
    ['en', '7%', 'share', 0.07],
    ['fr', '99,5 %', 'share', 0.995],
    // Not understood: it stays as it was typed.
    ['en', '1,5', 'real', '1,5'],
    ['en', '1,000', 'real', '1,000'],
    ['en', '1,5', 'whole', '1,5'],
    ['en', '0,100', 'whole', '0,100'],
    ['en', '1,0000', 'whole', '1,0000'],
    ['en', '1,234,5', 'real', '1,234,5'],
    ['fr', '1,2,5', 'real', '1,2,5'],
    ['en', '50 %', 'real', '50 %'],
    ['en', '50 %', 'whole', '50 %'],
    ['en', '∞', 'real', '∞'],
    ['en', 'Infinity', 'real', 'Infinity'],
    ['en', '0x10', 'real', '0x10'],
    ['en', '', 'real', ''],
    ['en', '.', 'real', '.'],
    ['no language', '1,000', 'whole', 1000],
  ])('in %s: %j as a %s number', (tag, text, kind, expected) => {
    expect(read(text, tag, kind)).toBe(expected);
  });

  it.each<[string, string, readonly (number | string)[]]>([
    ['en', '0.5, 1, 1.5', [0.5, 1, 1.5]],
    ['en', '0.5,1,1.5', [0.5, 1, 1.5]],
    ['en', '0.5 1 1.5', [0.5, 1, 1.5]],
    ['en', '0.5; 1;1.5', [0.5, 1, 1.5]],
    ['en', '5,100', [5, 100]],
    ['en', '1,000,000', [1, 0, 0]],
    ['en', ' , 1 ,2,', [1, 2]],
    ['en', '0,5 1 1,5', ['0,5', 1, '1,5']],
    ['de', '0,5 1 1,5', [0.5, 1, 1.5]],
    ['de', '0,5; 1; 1,5', [0.5, 1, 1.5]],
    ['de', '0,5, 1, 1,5', [0.5, 1, 1.5]],
    ['de', '1,2,5', ['1,2,5']],
    ['de', '', []],
  ])('in %s: %j as a list', (tag, text, expected) => {
    expect(typedList(text, 'real', notationOf(tag))).toEqual(expected);
  });

  it('is a list of shares in percent', () => {
    expect(typedList('50 %, 90%', 'share')).toEqual([0.5, 0.9]);
  });

  it.each<[string, string, string | null]>([
    ['en', '1,5', 'Type decimals after a point: 1.5.'],
    ['en', '1,000', 'Type 1000, or 1.000 if the comma is a decimal point.'],
    ['en', '1.5', null],
    ['en', 'a, b', null],
    ['de', '1,2,5', 'Separate numbers by spaces or semicolons.'],
    ['de', '1,5', null],
  ])('in %s: %j is refused with how to type it', (tag, text, hint) => {
    expect(typingHint(text, 'real', notationOf(tag))).toBe(hint);
  });

  it('is refused by what it is for, and then by how to type it', () => {
    const refuse = (): never => {
      throw new RangeError('The temperature is "1,5"; it must be a number, 0 or more.');
    };
    expect(() => readTyped('1,5', 'real', refuse)).toThrow(
      'The temperature is "1,5"; it must be a number, 0 or more. Type decimals after a point: 1.5.',
    );
    // The refusal is about another entry.
    expect(() => readTyped(['1,7', 3], 'real', refuse)).toThrow(/0 or more\.$/);
  });
});
