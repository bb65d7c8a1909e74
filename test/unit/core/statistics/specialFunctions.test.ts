import { describe, expect, it } from 'vitest';
import {
  chiSquareTail,
  gammaQ,
  logGamma,
  normalQuantile,
} from '../../../../src/core/statistics/specialFunctions';

/** Probability that a standard normal variable is at most z: its square is a chi-square variable. */
function normalCdf(z: number): number {
  const tail = chiSquareTail(z * z, 1) / 2;
  return z > 0 ? 1 - tail : tail;
}

const relative = (own: number, expected: number): number => Math.abs(own / expected - 1);

describe('logGamma', () => {
  it('is ln of the factorial, and of sqrt(pi) at one half', () => {
    let factorial = 1;
    for (let n = 1; n <= 20; n++) {
      factorial *= n;
      expect(Math.abs(logGamma(n + 1) - Math.log(factorial))).toBeLessThan(
        1e-12 * Math.max(1, Math.log(factorial)),
      );
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13);
    // Gamma(0.1) = 9.513507698668731836 (Abramowitz and Stegun give 9.51350769866873).
    expect(Math.exp(logGamma(0.1))).toBeCloseTo(9.513507698668732, 11);
  });
});

describe('gammaQ', () => {
  it('is the Poisson distribution for whole a: Q(a, x) = P(fewer than a events)', () => {
    for (const x of [0.1, 1, 4.5, 10, 30]) {
      for (const a of [1, 2, 5, 20, 40]) {
        let term = Math.exp(-x);
        let sum = 0;
        for (let n = 0; n < a; n++) {
          sum += term;
          term *= x / (n + 1);
        }
        expect(gammaQ(a, x)).toBeCloseTo(sum, 12);
      }
    }
  });

  it('has the ends 1 and 0', () => {
    expect(gammaQ(3, 0)).toBe(1);
    expect(gammaQ(3, Infinity)).toBe(0);
  });
});

describe('chiSquareTail', () => {
  // Critical values as printed in every table of the distribution.
  it.each([
    [3.841458820694124, 1, 0.05],
    [6.6348966010212145, 1, 0.01],
    [5.991464547107979, 2, 0.05],
    [11.070497693516351, 5, 0.05],
    [18.307038053275146, 10, 0.05],
    [124.34211340400407, 100, 0.05],
    [29.58829844507442, 10, 0.001],
  ])('of %f at %i degrees of freedom is %f', (x, df, p) => {
    expect(relative(chiSquareTail(x, df), p)).toBeLessThan(1e-10);
  });
});

describe('the normal distribution', () => {
  it.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.995, 2.5758293035489004],
    [0.8, 0.8416212335729143],
    [0.001, -3.090232306167813],
    [1e-10, -6.361340902404056],
  ])('has the quantile %f -> %f', (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 12);
    expect(relative(normalCdf(z), p)).toBeLessThan(1e-9);
  });

  it('quantile and distribution invert each other', () => {
    for (let p = 0.0005; p < 1; p += 0.0005) expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 13);
  });
});
