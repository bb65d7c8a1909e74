import { describe, expect, it } from 'vitest';
import type { ScoredToken } from '../../../../src/extension/surprisal/scoredDocument';
import { summarize } from '../../../../src/extension/surprisal/surprisalSummary';

const token = (start: number, end: number, probability: number, rank: number): ScoredToken => ({
  ...{ id: 0, start, end, rank, entropy: 0, alternatives: [] },
  logProbability: Math.log(probability),
});

describe('A summary of scored tokens', () => {
  it('is what the definitions say', () => {
    // 1 + 2 + 3 bits over four characters; the geometric mean of 2, 4 and 8 is 4.
    const text = 'abcd';
    const summary = summarize(
      [token(0, 1, 1 / 2, 0), token(1, 2, 1 / 4, 10), token(2, 4, 1 / 8, 5000)],
      text,
    )!;
    expect(summary.tokens).toBe(3);
    expect(summary.perplexity).toBeCloseTo(4, 12);
    expect(summary.meanSurprisal).toBeCloseTo(2 * Math.LN2, 12);
    expect(summary.bitsPerCharacter).toBeCloseTo(6 / 4, 12);
  });

  it('counts a character once that several tokens share, and a pair of surrogates as one', () => {
    // Two tokens make one fish.
    const summary = summarize([token(0, 2, 1 / 2, 99), token(0, 2, 1 / 2, 100)], '🐟')!;
    expect(summary.bitsPerCharacter).toBeCloseTo(2, 12);
  });

  it('does not exist without a token', () => {
    expect(summarize([], 'text')).toBeUndefined();
  });
});
