/** Sentences and numbers where VS Code's language has no bundle. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environmentFor, languageOfEnvironment } from '../../../src/l10n/environment';
import { counted, t } from '../../../src/l10n/language';
import { eitherOf, listed, ordinal, written } from '../../../src/l10n/numbers';

describe('in English', () => {
  it('a sentence is filled in once: what it is filled with stays as it is', () => {
    expect(t('{0} of {1}, {0}', 'a{1}', '2')).toBe('a{1} of 2, a{1}');
    expect(t('{0} and {1}', 'one')).toBe('one and {1}');
    expect(t({ message: 'drawn', comment: 'of several tokens' })).toBe('drawn');
  });

  it('a number chooses the form of its sentence', () => {
    const form = (n: number): string => counted(n, '{0} token is {1}', '{0} tokens are {1}', 'kept');
    expect([0, 1, 2, 1024].map(form)).toEqual([
      '0 tokens are kept',
      '1 token is kept',
      '2 tokens are kept',
      '1,024 tokens are kept',
    ]);
  });

  it('lists have no comma before the last', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c']);
    expect([['a'], ['a', 'b'], ['a', 'b', 'c']].map(eitherOf)).toEqual(['a', 'a or b', 'a, b or c']);
  });

  it('places in an order end as they are spoken', () => {
    const spoken = ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '112th', '1,001st'];
    expect([0, 1, 2, 3, 10, 11, 12, 20, 111, 1000].map(ordinal)).toEqual(spoken);
  });

  it('a number is written as it can be typed', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(written(value).replace(/−/g, '-'))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});

it('a process that is forked is told the language in its environment', () => {
  const language = { tag: 'fr', file: '/extension/l10n/bundle.l10n.fr.json' };
  expect(languageOfEnvironment({ PATH: '/bin', ...environmentFor(language) })).toEqual(language);
  expect(languageOfEnvironment({ PATH: '/bin' })).toBeUndefined();
});
