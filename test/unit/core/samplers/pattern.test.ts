import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, type Pattern } from '../../../../src/core/samplers/pattern';
import { ToyModel } from '../../../../src/core/toyModel';
import { parseChain, SamplerChain } from '../../../../src/core/samplers/chain';
import { depth } from '../../depth';

const pattern = (source: string): Pattern => {
  const made = compilePattern(source);
  if (typeof made === 'string') throw new Error(`${source}: ${made}`);
  return made;
};

/** Characters that classes tell apart: letters of both cases, digits, white space of all kinds, signs, an emoji. */
const CHARACTERS = Array.from('abzABZ019 _-.,;()[]{}\\^$|?*+/\t\n\v\f\u00A0\u2003\u3000éÉßαΩж中٣½€\u0301😀');

/** Parts of patterns that mean the same in JavaScript with its flag u and here, as JavaScript writes them. */
const ATOMS = [
  ...[
    'a',
    'Z',
    '0',
    'é',
    '中',
    '😀',
    ' ',
    '-',
    '\\.',
    '\\\\',
    '\\/',
    '\\$',
    '\\t',
    '\\n',
    '\\v',
    '\\f',
    '\\0',
  ],
  ...['\\s', '\\S', '\\w', '\\W', '\\d', '\\D', '\\u0041', '\\u{1F600}', '\\x41', '\\cI', '\\\\s'],
  ...[
    '\\p{L}',
    '\\p{Lu}',
    '\\P{L}',
    '\\p{Letter}',
    '\\p{Lowercase_Letter}',
    '\\p{gc=Nd}',
    '\\p{M}',
    '\\p{Zs}',
  ],
  ...[
    '\\p{General_Category=Decimal_Number}',
    '\\p{Script=Greek}',
    '\\p{sc=Cyrillic}',
    '\\p{Sc}',
    '\\p{Symbol}',
  ],
  ...[
    '[abc]',
    '[^abc]',
    '[a-zA-Z]',
    '[\\s_]',
    '[^\\s]',
    '[\\S]',
    '[\\w-]',
    '[\\p{L}\\d]',
    '[^\\p{L}\\s]',
    '[\\]]',
  ],
  ...['\\b', '\\B', '^', '$'],
];
const QUANTIFIERS = ['', '', '*', '+', '?', '{2}', '{1,3}', '{0,}', '*?', '+?'];
const ANCHORS = new Set(['\\b', '\\B', '^', '$']);

const { source } = fc.letrec<{ source: string; piece: string }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc
      .tuple(fc.constantFrom(...ATOMS), fc.constantFrom(...QUANTIFIERS))
      .map(([atom, quantifier]) => (ANCHORS.has(atom) ? atom : atom + quantifier)),
    fc
      .tuple(fc.constantFrom('(', '(?:', '(?<n>'), tie('source'), fc.constantFrom('', '*', '+', '?'))
      .map(([open, inner, quantifier]) => `${open}${inner})${quantifier}`),
  ),
  source: fc
    .array(fc.array(tie('piece'), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
    .map((ways) => ways.map((way) => way.join('')).join('|')),
}));

describe('A pattern', () => {
  it('finds what JavaScript finds with its flag u', () => {
    fc.assert(
      fc.property(
        // A group's name may stand there once, and in JavaScript no digit may follow the character 0.
        source.filter((text) => text.split('(?<n>').length < 3 && !/\\0\d/.test(text)),
        fc.array(fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 8 }), { minLength: 4 }),
        (text, samples) => {
          const expected = new RegExp(text, 'u');
          const made = pattern(text);
          for (const sample of samples) expect(made.test(sample), sample).toBe(expected.test(sample));
        },
      ),
      { numRuns: depth(100, 300) },
    );
  });

  it('has what RE2 has beyond that', () => {
    expect(pattern('(?i)the').test('THE')).toBe(true);
    expect(pattern('^[[:upper:]]+$').test('ABC')).toBe(true);
    expect(pattern('\\Q\\s.*\\E').test('\\s.*')).toBe(true);
    expect(pattern('\\Q\\s.*\\E').test(' .*')).toBe(false);
  });

  it.each([
    ['(?=a)b', /without lookaround/],
    ['(?!a)b', /without lookaround/],
    ['x(?<=a)b', /without lookaround/],
    ['(?<!a)b', /without lookaround/],
    ['(a)\\1', /without references back/],
    ['(?<n>a)\\k<n>', /without references back/],
    ['^(?=-{16}$)(?:-?){60}x', /without lookaround/],
    ['(', /in the syntax of RE2 \(missing closing \): "\("\)/],
    ['\\p{Nonsense}', /invalid character class range: "\\p\{Nonsense\}"/],
    ['a{1001}', /invalid repeat count/],
    ['((a{1000}){1000})', /invalid repeat count/],
    ['a{400}b{400}', /at most 500 steps, repetitions written out; this one has 802/],
    ['a'.repeat(1001), /at most 1000 characters; this one has 1001/],
    ['('.repeat(500) + ')'.repeat(500), /at most 500 steps/],
    [`${'[^a]{900}|'.repeat(99)}x`, /at most 500 steps/],
  ])('%s is refused with the reason', (text, reason) => {
    expect(compilePattern(text)).toMatch(reason);
  });

  it('ends soon where backtracking takes until the end of the universe', () => {
    // 2^60 ways, one of which JavaScript's engine tries in a nanosecond: the test itself would never end.
    for (const text of ['^(?:-?){60}x', '^(-+)+x', '(-*)*y', '(?:-|-)*z', '^(?:(?:-?){15}){15}x']) {
      expect(pattern(text).test('-'.repeat(2000)), text).toBe(false);
    }
  });

  it('is matched once per vocabulary', () => {
    const { vocabulary } = new ToyModel({ words: ['one', 'two', 'three'], logits: [0, 0, 0] });
    let decoded = 0;
    const watched = {
      get bytes() {
        decoded += 1;
        return vocabulary.bytes;
      },
      offsets: vocabulary.offsets,
    };
    const chain = parseChain([{ sampler: 'allowed-tokens', pattern: '^ t' }]);
    const first = new SamplerChain(chain, 3, watched).apply([0, 1, 2]);
    const once = decoded;
    const again = new SamplerChain(chain, 3, watched).apply([0, 1, 2]);
    expect(once).toBeGreaterThan(0);
    expect(decoded).toBe(once);
    expect(again.probabilities).toEqual(first.probabilities);
  });
});
