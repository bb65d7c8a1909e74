/** Sentences and numbers where VS Code's language is French. */
import './inFrench';
import { describe, expect, it } from 'vitest';
import { inBytes } from '../../../src/l10n/bytes';
import { counted, languageTag, t, whole } from '../../../src/l10n/language';
import { eitherOf, fixed, inPercent, listed, ordinal, rounded, written } from '../../../src/l10n/numbers';
import { count, duration, full, percent, significant } from '../../../webview/format/numbers';

/** With ordinary spaces. */
const plain = (text: string): string => text.replace(/\s/g, ' ');

describe('in French', () => {
  it('sentences are, and those without a translation stay as they are', () => {
    expect(languageTag).toBe('fr');
    expect(t('still to come')).toBe('à venir');
    expect(t('There is no such sentence: {0}.', 'x')).toBe('There is no such sentence: x.');
  });

  it('nothing is as one', () => {
    const tokens = (n: number): string => plain(counted(n, '{0} token', '{0} tokens'));
    expect([0, 1, 2, 1024, 1_000_000].map(tokens)).toEqual([
      '0 jeton',
      '1 jeton',
      '2 jetons',
      '1 024 jetons',
      '1 000 000 jetons',
    ]);
    expect(count(1024, '{0} token', '{0} tokens')).toBe('1\u202F024\u00A0jetons');
  });

  it('numbers have a comma, and spaces between thousands', () => {
    expect(whole(50_257)).toBe('50\u202F257');
    expect(written(0.7)).toBe('0,7');
    expect(written(-1e-5)).toBe('−0,00001');
    expect(written(1.5e-7)).toBe('1,5e−7');
    expect(fixed(2.345, 2)).toBe('2,35');
    expect(rounded(1234.5)).toBe('1\u202F230');
    expect(rounded(-0.12345)).toBe('−0,123');
    expect([500, 1234567, 2.5e12].map((bytes) => plain(inBytes(bytes)))).toEqual([
      '500 o',
      '1,23 Mo',
      '2,5 To',
    ]);
    expect(significant(2.5)).toBe('2,50');
    expect(significant(1.5e-9)).toBe('1,50·10^−9');
    expect(full(0.1234567891234)).toBe('0,1234567891');
    expect(duration(1100)).toBe('1,1\u00A0s');
  });

  it('probabilities are never rounded to 0 or to 100', () => {
    expect([0, 1e-9, 0.4817, 0.9999999, 1].map(inPercent)).toEqual([
      '0\u00A0%',
      '<\u00A00,001\u00A0%',
      '48,2\u00A0%',
      '>\u00A099,9\u00A0%',
      '100\u00A0%',
    ]);
    expect(percent(0.4817)).toBe('48,2\u00A0%');
  });

  it('lists and places in an order are its own', () => {
    expect(listed(['a', 'b', 'c'])).toBe('a, b et c');
    expect(eitherOf(['a', 'b', 'c'])).toBe('a, b ou c');
    expect([0, 1, 2, 10, 21].map(ordinal)).toEqual(['1ᵉʳ', '2ᵉ', '3ᵉ', '11ᵉ', '22ᵉ']);
  });
});
