import { describe, expect, it } from 'vitest';
import {
  classCounts,
  classNames,
  legendOf,
  STRENGTHS,
  tintClass,
} from '../../../../src/extension/surprisal/surprisalScale';

const token = (probability: number, rank: number) => ({ logProbability: Math.log(probability), rank });

describe('the classes of the tints', () => {
  it('are the 10, 100 and 1,000 most probable tokens and the rest', () => {
    const ranks = [0, 9, 10, 99, 100, 999, 1000, 50_256];
    expect(ranks.map((rank) => tintClass('rank', token(0.5, rank)))).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(
      classCounts(
        'rank',
        ranks.map((rank) => token(0.5, rank)),
      ),
    ).toEqual([2, 2, 2, 2]);
  });

  it('are nats, of which the last step has no end', () => {
    // ln 2 = 0.69, ln 3 = 1.1, ln 8,000 = 8.99, ln 8,200 = 9.01.
    const one = [1, 1 / 2, 1 / 3, 1 / 8000, 1 / 8200, 1e-30].map((probability) => token(probability, 0));
    expect(one.map((each) => tintClass('surprisal', each))).toEqual([0, 0, 1, 8, 9, 9]);
    expect(classCounts('surprisal', one)).toEqual([2, 1, 0, 0, 0, 0, 0, 0, 1, 2]);
  });

  it('have a name each, and colours that grow stronger', () => {
    for (const scale of ['rank', 'surprisal'] as const) {
      const names = classNames(scale);
      expect(names).toHaveLength(STRENGTHS[scale].length);
      expect(new Set(names).size).toBe(names.length);
      expect([...STRENGTHS[scale]].sort((a, b) => a - b)).toEqual(STRENGTHS[scale]);
    }
    expect(classNames('surprisal').at(-1)).toBe('9 nats or more');
    expect(classNames('rank').at(-1)).toBe('Beyond rank 1,000');
  });

  it('have a legend that names both ends, in one unit', () => {
    expect(legendOf('rank')).toMatch(/10 likeliest.*rank 1,000/);
    expect(legendOf('surprisal')).toMatch(/below 1 nat,.*9 nats/);
  });
});
