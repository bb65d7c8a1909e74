import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entropy, softmax } from '../../../../src/core/logits';
import { bleu, selfBleu } from '../../../../src/core/statistics/bleu';
import { jensenShannon, klDivergence } from '../../../../src/core/statistics/divergence';
import {
  coherence,
  distinctN,
  diversity,
  ngramDiversity,
  repN,
} from '../../../../src/core/statistics/diversity';
import { effectiveVocabulary } from '../../../../src/core/statistics/information';
import { PROPERTY } from '../generators';

const words = (text: string): string[] => text.split(' ');

describe('information', () => {
  it('of n equal choices is ln n, and they are worth n words', () => {
    expect(effectiveVocabulary(entropy([0.25, 0.25, 0.25, 0.25]))).toBeCloseTo(4, 12);
  });
});

describe('divergences', () => {
  const pairs = fc.integer({ min: 1, max: 20 }).chain((n) =>
    fc.tuple(
      ...([0, 1] as const).map(() =>
        fc
          .array(fc.oneof(fc.double({ min: -20, max: 5, noNaN: true }), fc.constant(-Infinity)), {
            minLength: n,
            maxLength: n,
          })
          .filter((logits) => logits.some((logit) => logit > -Infinity))
          .map((logits) => softmax(logits)),
      ),
    ),
  ) as fc.Arbitrary<[Float64Array, Float64Array]>;

  it('of two coins are what their formulas give by hand', () => {
    const [p, q] = [
      [0.5, 0.5],
      [0.75, 0.25],
    ] as const;
    expect(klDivergence(p, q)).toBeCloseTo(0.5 * Math.log(4 / 3), 15);
    expect(klDivergence(q, p)).toBeCloseTo(0.75 * Math.log(1.5) - 0.25 * Math.LN2, 15);
  });

  it('stay within their bounds, and Jensen-Shannon is what its definition by entropies says', () => {
    fc.assert(
      fc.property(pairs, ([p, q]) => {
        const js = jensenShannon(p, q);
        const mean = p.map((x, i) => (x + q[i]!) / 2);
        expect(js).toBeCloseTo(Math.max(0, entropy(mean) - (entropy(p) + entropy(q)) / 2), 10);
        expect(js).toBeCloseTo(jensenShannon(q, p), 14);
        expect(js).toBeLessThanOrEqual(Math.LN2);
        const kl = klDivergence(p, q);
        // Pinsker's inequality, with the total variation distance.
        const distance = p.reduce((sum, x, i) => sum + Math.abs(x - q[i]!), 0) / 2;
        expect(kl).toBeGreaterThanOrEqual(2 * distance ** 2 - 1e-12);
        if (p.some((x, i) => x > 0 && q[i] === 0)) expect(kl).toBe(Infinity);
        expect(klDivergence(p, p)).toBe(0);
      }),
      PROPERTY,
    );
    expect(jensenShannon([1, 0], [0, 1])).toBe(Math.LN2);
    expect(() => klDivergence([1], [0.5, 0.5])).toThrow(/1 and 2 outcomes/);
    expect(() => jensenShannon([], [])).toThrow(/at least 1/);
  });
});

describe('diversity', () => {
  const sample = words('pizza pizza burger pizza sushi');

  it('and coherence as the chapter defines them', () => {
    expect(diversity(sample)).toBe(3 / 5);
    expect(coherence(sample)).toBe(3 / 5);
    expect(diversity([])).toBeNaN();
    expect(coherence([])).toBeNaN();
  });

  it('counts n-grams over all texts together', () => {
    // Bigrams: a b, b a, a b | a b: two distinct of four.
    expect(distinctN([words('a b a b'), words('a b')], 2)).toBe(2 / 4);
    expect(distinctN([words('a')], 2)).toBeNaN();
    expect(() => distinctN([['a']], 0)).toThrow(/n is 0/);
  });

  it('of a repeating text is the product of what does not repeat', () => {
    const text = words('a b c a b c a b');
    // Bigrams: ab bc ca distinct of 7; trigrams: abc bca cab of 6; 4-grams: abca bcab cabc of 5.
    expect(repN(text, 2)).toBeCloseTo(1 - 3 / 7, 15);
    expect(ngramDiversity(text)).toBeCloseTo((3 / 7) * (3 / 6) * (3 / 5), 15);
    expect(ngramDiversity(words('a b'))).toBe(1);
    expect(repN([1, 1, 1], 1)).toBeCloseTo(2 / 3, 15);
  });
});

describe('BLEU', () => {
  // The example in the documentation of NLTK's sentence_bleu, with its published scores.
  const hypothesis1 = words(
    'It is a guide to action which ensures that the military always obeys the commands of the party',
  );
  const hypothesis2 = words(
    'It is to insure the troops forever hearing the activity guidebook that party direct',
  );
  const references = [
    'It is a guide to action that ensures that the military will forever heed Party commands',
    'It is the guiding principle which guarantees the military forces always being under the command of the Party',
    'It is the practical guide for the army always to heed the directions of the party',
  ].map(words);

  it('gives the published scores', () => {
    expect(bleu(hypothesis1, references)).toBeCloseTo(0.5045666840058485, 12);
    // Without a common 4-gram the score is 0; smoothed it is not.
    expect(bleu(hypothesis2, references)).toBe(0);
    expect(bleu(hypothesis2, references, 'epsilon')).toBeGreaterThan(0);
  });

  it('does not count a word more often than a reference has it', () => {
    // Papineni et al., example 2: "the" seven times has a unigram precision of 2/7.
    const text = words('the the the the the the the');
    const reference = words('the cat is on the mat');
    // One 0.1 for each longer length: the geometric mean of 2/7, .1/6, .1/5, .1/4; seven words against six.
    const expected = ((2 / 7) * (0.1 / 6) * (0.1 / 5) * (0.1 / 4)) ** 0.25;
    expect(bleu(text, [reference], 'epsilon')).toBeCloseTo(expected, 12);
  });

  it('is 1 for a text that is a reference and 0 without a common word', () => {
    expect(bleu(hypothesis1, [hypothesis1])).toBeCloseTo(1, 12);
    expect(bleu(words('a b c d'), [words('e f g h')], 'epsilon')).toBe(0);
    expect(bleu([], references)).toBe(0);
    expect(bleu(hypothesis1, [])).toBe(0);
  });

  it('punishes a text that is too short', () => {
    const text = words('a b c d');
    // All n-grams occur in the reference: only the brevity penalty exp(1 - 8 / 4) is left.
    expect(bleu(text, [words('a b c d e f g h')])).toBeCloseTo(Math.exp(-1), 12);
  });

  it('of a set against itself is 1 for copies and 0 for strangers', () => {
    expect(selfBleu([hypothesis1, hypothesis1, hypothesis1])).toBeCloseTo(1, 12);
    expect(selfBleu([words('a b c d'), words('e f g h')])).toBe(0);
    expect(selfBleu([hypothesis1])).toBeNaN();
  });
});
