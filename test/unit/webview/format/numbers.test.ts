import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  count,
  duration,
  full,
  information,
  ordinal,
  percent,
  rate,
  significant,
  thousands,
} from '../../../../webview/format/numbers';
import '../../fixedSeed';

/** Spaces that do not break, as ordinary ones. */
const plain = (text: string): string => text.replaceAll('\u00A0', ' ');

describe('percent', () => {
  it.each([
    [0, '0 %'],
    [1e-300, '< 0.001 %'],
    [0.00000999, '< 0.001 %'],
    [0.00001, '0.00100 %'],
    [0.0000123, '0.00123 %'],
    [0.00747, '0.747 %'],
    [0.037, '3.70 %'],
    [0.372, '37.2 %'],
    [0.5, '50.0 %'],
    [0.99949, '99.9 %'],
    [0.99951, '> 99.9 %'],
    [1 - 1e-15, '> 99.9 %'],
    [1, '100 %'],
  ])('%d is %s', (probability, text) => {
    expect(plain(percent(probability))).toBe(text);
  });

  it('never shows what is possible as 0 nor what is uncertain as 100', () => {
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, max: 1 - Number.EPSILON, noNaN: true }), (p) => {
        expect(plain(percent(p))).not.toMatch(/^(0(\.0+)?|100) %$/);
      }),
    );
  });

  it('is within half a unit of its third digit', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-5, max: 0.9994, noNaN: true }), (p) => {
        const shown = Number(percent(p).replace(/[^\d.e-]/g, '')) / 100;
        expect(Math.abs(shown - p) / p).toBeLessThanOrEqual(0.005 + 1e-9);
      }),
    );
  });
});

describe('other numbers', () => {
  it('are separated into thousands', () => {
    expect(thousands(50257)).toBe('50,257');
    expect(plain(count(1, '{0} token', '{0} tokens'))).toBe('1 token');
    expect(plain(count(0, '{0} token', '{0} tokens'))).toBe('0 tokens');
    expect(plain(count(1024, '{0} token', '{0} tokens'))).toBe('1,024 tokens');
  });

  it('have a real minus and keep their digits', () => {
    expect(significant(-2.1)).toBe('−2.10');
    expect(significant(0)).toBe('0');
    expect(significant(-Infinity)).toBe('−∞');
    expect(significant(1.5e-9)).toBe('1.50·10^−9');
    expect(full(-0.1)).toBe('−0.1');
    expect(full(0.16631663243054337)).toBe('0.1663166324');
    expect(full(-1.0000000000000002e-7)).toBe('−1e−7');
    expect(full(123_456_789_012_345)).toBe('123456789012345');
  });

  it('give information in nats or bits', () => {
    expect(plain(information(Math.LN2, 'bits'))).toBe('1.00 bits');
    expect(plain(information(-Math.LN2, 'nats'))).toBe('−0.693 nats');
  });

  it.each([
    [35.2, '35 ms'],
    [1100, '1.1 s'],
    [9960, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min 00 s'],
    [185_000, '3 min 05 s'],
  ])('%d ms last %s', (milliseconds, text) => {
    expect(plain(duration(milliseconds))).toBe(text);
  });

  it('give rates and places', () => {
    expect(plain(rate(3.21))).toBe('3.2 tokens/s');
    expect(plain(rate(1234.4))).toBe('1,234 tokens/s');
    expect([0, 1, 2, 3, 10, 11, 12, 20, 110, 1110].map(ordinal)).toEqual([
      '1st',
      '2nd',
      '3rd',
      '4th',
      '11th',
      '12th',
      '13th',
      '21st',
      '111th',
      '1,111th',
    ]);
  });
});
