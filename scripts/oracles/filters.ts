import type { SamplerSpec } from '../../src/core/samplers/chain';

/**
 * What the reference programs accept and this product does not, translated: Hugging Face and llama.cpp take
 * p = 0 as "the best token alone", the limit of p towards 0, which the product asks to be written as such.
 */
export function nucleus(p: number, minKeep: number): SamplerSpec {
  return { sampler: 'top-p', p: p <= 0 ? Number.MIN_VALUE : p, minKeep };
}

/** The largest difference between two lists, or Infinity where their lengths differ or a value is no number. */
export function worstDifference(own: readonly number[], expected: readonly number[]): number {
  if (own.length !== expected.length) return Infinity;
  return own.reduce((worst, value, i) => {
    // Equal infinities have no difference; NaN differs from everything.
    const difference = value === expected[i] ? 0 : Math.abs(value - expected[i]!);
    return Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
  }, 0);
}

export const descending = (values: Iterable<number>): number[] => [...values].sort((a, b) => b - a);
