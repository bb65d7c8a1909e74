/**
 * Ties at a threshold fall as arithmetic says: every sampler that compares with one against exact integers, on
 * distributions of small decimals, with thresholds at, just under and just over every value that decides.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEPT, SamplerChain, type SamplerSpec } from '../../../../src/core/samplers/chain';
import { depth } from '../../depth';
import { PROPERTY } from '../generators';

/** A fraction above 0 or equal to it; `of` is above 0. */
interface Fraction {
  readonly part: bigint;
  readonly of: bigint;
}

const fraction = (part: bigint | number, of: bigint | number): Fraction => ({
  part: BigInt(part),
  of: BigInt(of),
});
const asNumber = ({ part, of }: Fraction): number => Number(part) / Number(of);

/** At, just under and just over. */
function around(boundary: Fraction): Fraction[] {
  const fine = 1_000_000_000n;
  const part = boundary.part * fine;
  const of = boundary.of * fine;
  return [boundary, { part: part - boundary.of, of }, { part: part + boundary.of, of }];
}

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const total = (parts: readonly bigint[]): bigint => parts.reduce((sum, part) => sum + part, 0n);
const product = (parts: readonly bigint[]): bigint => parts.reduce((all, part) => all * part, 1n);

/** A distribution: token i has the probability `parts[i] / whole`. */
interface Distribution {
  readonly parts: readonly bigint[];
  readonly whole: bigint;
}

const distribution = (parts: readonly number[]): Distribution => {
  const whole = parts.reduce((sum, part) => sum + part, 0);
  return { parts: parts.map(BigInt), whole: BigInt(whole) };
};

const ranked = ({ parts }: Distribution): number[] =>
  times(parts.length, (id) => id).sort((a, b) => Number(parts[b]! - parts[a]!) || a - b);

const most = ({ parts }: Distribution): bigint => parts.reduce((max, part) => (part > max ? part : max));

interface Exact {
  spec(threshold: number): SamplerSpec;
  /** The thresholds at which its result changes. */
  boundaries(given: Distribution): Fraction[];
  /** Whether the sampler accepts the threshold. */
  accepts(threshold: number): boolean;
  /** The ids that stay. */
  kept(given: Distribution, threshold: Fraction): number[];
}

const within = (threshold: number): boolean => threshold > 0 && threshold < 1;
const cumulative = (given: Distribution): Fraction[] => {
  const order = ranked(given);
  return order.map((_, i) =>
    fraction(total(order.slice(0, i + 1).map((id) => given.parts[id]!)), given.whole),
  );
};
const singles = (given: Distribution): Fraction[] => given.parts.map((part) => fraction(part, given.whole));

/** The best and its equals stay whatever the threshold. */
const orBest =
  (stays: (given: Distribution, id: number, threshold: Fraction) => boolean): Exact['kept'] =>
  (given, threshold) =>
    ranked(given).filter((id) => given.parts[id] === most(given) || stays(given, id, threshold));

/** How far a token's surprisal is from the entropy, as the number of which it is 1/N of the logarithm; at least 1. */
function distance({ parts, whole }: Distribution, id: number): Fraction {
  const entropy = product(parts.map((part) => part ** part));
  const surprisal = parts[id]! ** whole;
  return entropy >= surprisal ? fraction(entropy, surprisal) : fraction(surprisal, entropy);
}

const compare = (a: Fraction, b: Fraction): number => {
  const difference = a.part * b.of - b.part * a.of;
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
};

const SAMPLERS: Readonly<Record<string, Exact>> = {
  'top-p': {
    spec: (p) => ({ sampler: 'top-p', p }),
    boundaries: cumulative,
    accepts: (p) => p > 0 && p <= 1,
    kept(given, { part, of }) {
      const order = ranked(given);
      const enough = order.findIndex(
        (_, i) => total(order.slice(0, i + 1).map((id) => given.parts[id]!)) * of >= part * given.whole,
      );
      return order.slice(0, enough + 1);
    },
  },
  'min-p': {
    spec: (p) => ({ sampler: 'min-p', p }),
    boundaries: (given) => given.parts.map((part) => fraction(part, most(given))),
    accepts: (p) => p <= 1,
    kept: orBest((given, id, { part, of }) => given.parts[id]! * of >= part * most(given)),
  },
  'top-a': {
    spec: (a) => ({ sampler: 'top-a', a }),
    boundaries: (given) => given.parts.map((part) => fraction(part * given.whole, most(given) ** 2n)),
    accepts: (a) => a <= 1,
    kept: orBest(
      (given, id, { part, of }) => given.parts[id]! * given.whole * of >= part * most(given) ** 2n,
    ),
  },
  'p-less': {
    spec: () => ({ sampler: 'p-less' }),
    boundaries: () => [fraction(1, 1)],
    accepts: (threshold) => threshold === 1,
    kept: orBest(({ parts, whole }, id) => parts[id]! * whole >= total(parts.map((part) => part ** 2n))),
  },
  epsilon: {
    spec: (epsilon) => ({ sampler: 'epsilon', epsilon }),
    boundaries: singles,
    accepts: within,
    kept: orBest((given, id, { part, of }) => given.parts[id]! * of >= part * given.whole),
  },
  // p_i >= min(η, √η e^(-H)), with the logarithms of both sides times 2N: all exponents are whole numbers.
  eta: {
    spec: (eta) => ({ sampler: 'eta', eta }),
    boundaries: (given) => [...singles(given), ...ofEntropy(given)],
    accepts: within,
    kept: orBest(({ parts, whole }, id, { part, of }) => {
      const own = parts[id]!;
      if (own * of >= part * whole) return true;
      const entropies = product(parts.map((each) => each ** (2n * each)));
      return own ** (2n * whole) * of ** whole >= part ** whole * entropies;
    }),
  },
  xtc: {
    spec: (threshold) => ({ sampler: 'xtc', probability: 1, threshold }),
    boundaries: singles,
    accepts: within,
    kept(given, { part, of }) {
      const order = ranked(given);
      const likely = order.filter((id) => given.parts[id]! * of >= part * given.whole);
      return likely.length < 2 ? order : order.slice(likely.length - 1);
    },
  },
  'tail-free': {
    spec: (z) => ({ sampler: 'tail-free', z }),
    boundaries(given) {
      const bends = bendsOf(given);
      const all = total(bends);
      return all === 0n ? [fraction(1, 2)] : bends.map((_, i) => fraction(total(bends.slice(0, i + 1)), all));
    },
    accepts: (z) => z > 0 && z <= 1,
    kept(given, { part, of }) {
      const order = ranked(given);
      const bends = bendsOf(given);
      if (total(bends) === 0n || part === of) return order;
      const stay = bends.findIndex((_, i) => total(bends.slice(0, i + 1)) * of > part * total(bends));
      return order.slice(0, stay === -1 ? order.length - 1 : stay + 1);
    },
  },
  typical: {
    spec: (p) => ({ sampler: 'typical', p }),
    boundaries(given) {
      const order = nearest(given);
      return order.map((_, i) =>
        fraction(total(order.slice(0, i + 1).map((id) => given.parts[id]!)), given.whole),
      );
    },
    accepts: within,
    kept(given, { part, of }) {
      const order = nearest(given);
      const enough = order.findIndex(
        (_, i) => total(order.slice(0, i + 1).map((id) => given.parts[id]!)) * of >= part * given.whole,
      );
      const last = distance(given, order[enough]!);
      return order.filter((id) => compare(distance(given, id), last) <= 0);
    },
  },
};

const nearest = (given: Distribution): number[] =>
  times(given.parts.length, (id) => id).sort(
    (a, b) => compare(distance(given, a), distance(given, b)) || a - b,
  );

const bendsOf = (given: Distribution): bigint[] => {
  const sorted = ranked(given).map((id) => given.parts[id]!);
  return times(Math.max(0, sorted.length - 2), (i) => {
    const bend = sorted[i]! - 2n * sorted[i + 1]! + sorted[i + 2]!;
    return bend < 0n ? -bend : bend;
  });
};

/** The values of η at which √η e^(-H) is a token's probability, where these are fractions: of powers of two. */
function ofEntropy({ parts, whole }: Distribution): Fraction[] {
  const bits = [whole, ...parts].map((part) => Math.log2(Number(part)));
  if (!bits.every(Number.isInteger)) return [];
  const [all, ...each] = bits as [number, ...number[]];
  // 2 H in bits, times N.
  const double = each.reduce((sum, own, id) => sum + 2 * Number(parts[id]!) * (all - own), 0);
  if (double % Number(whole) !== 0) return [];
  const power = 2n ** BigInt(double / Number(whole));
  return parts.map((part) => fraction(part * part * power, whole * whole));
}

const kept = (spec: SamplerSpec, logits: readonly number[]): number[] => {
  const { removedBy } = new SamplerChain([spec], logits.length).apply(logits);
  return [...removedBy.keys()].filter((id) => removedBy[id] === KEPT);
};

const logitsOf = ({ parts, whole }: Distribution): number[] =>
  parts.map((part) => Math.log(Number(part) / Number(whole)));

function check(exact: Exact, given: Distribution): void {
  for (const threshold of exact.boundaries(given).flatMap(around)) {
    const value = asNumber(threshold);
    if (!exact.accepts(value)) continue;
    const wanted = [...exact.kept(given, threshold)].sort((a, b) => a - b);
    expect(kept(exact.spec(value), logitsOf(given)), `${given.parts.join(' ')} at ${value}`).toEqual(wanted);
  }
}

/** All ways to write a number as an ordered sum of 2 to `most` numbers. */
function compositions(whole: number, parts: number): number[][] {
  if (parts === 1) return [[whole]];
  return times(whole - 1, (i) =>
    compositions(whole - i - 1, parts - 1).map((rest) => [i + 1, ...rest]),
  ).flat();
}

const TENTHS = [2, 3, 4, 5].flatMap((parts) => compositions(10, parts)).map(distribution);
const DYADIC = [
  [2, 1, 1],
  [4, 2, 1, 1],
  [8, 4, 2, 1, 1],
  [4, 4, 4, 2, 1, 1],
  [1, 2, 1],
  [2, 2, 2, 1, 1],
].map(distribution);

describe.each(Object.entries(SAMPLERS))('%s', (_name, exact) => {
  it('on every distribution of tenths over up to five tokens', () => {
    for (const given of [...TENTHS, ...DYADIC]) check(exact, given);
  });

  it('on distributions of hundredths', () => {
    const hundredths = fc
      .uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 7 })
      .map((cuts) => {
        const ends = [0, ...cuts.sort((a, b) => a - b), 100];
        return distribution(times(ends.length - 1, (i) => ends[i + 1]! - ends[i]!));
      });
    fc.assert(
      fc.property(hundredths, (given) => {
        check(exact, given);
      }),
      { ...PROPERTY, numRuns: depth(30, 1000) },
    );
  });
});

it('top-p 0.7 of .1 .2 .3 .4 keeps .4 and .3', () => {
  expect(kept({ sampler: 'top-p', p: 0.7 }, [0.1, 0.2, 0.3, 0.4].map(Math.log))).toEqual([2, 3]);
});

it('top-h, where the shares of the entropy are fractions', () => {
  for (const given of [...DYADIC, distribution([1, 1, 1, 1, 1]), distribution([1, 1, 1])]) {
    const { parts, whole } = given;
    const order = ranked(given);
    // Bits of a token's surprisal are whole numbers; where all are equal any unit serves.
    const uniform = parts.every((part) => part === parts[0]);
    const term = (id: number): bigint =>
      uniform ? 1n : parts[id]! * BigInt(Math.log2(Number(whole)) - Math.log2(Number(parts[id]!)));
    const share = (ranks: number): bigint => total(order.slice(0, ranks).map(term));
    const all = share(order.length);
    for (const h of times(order.length, (i) => fraction(share(i + 1), all)).flatMap(around)) {
      const value = asNumber(h);
      if (value > 1) continue;
      const stay = order.filter((_, i) => i === 0 || share(i + 1) * h.of <= h.part * all);
      expect(kept({ sampler: 'top-h', h: value }, logitsOf(given)), `${parts.join(' ')} at ${value}`).toEqual(
        [...stay].sort((a, b) => a - b),
      );
    }
  }
});

it('top-nσ, where the deviation of the logits is a fraction', () => {
  const vectors = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 2, maxLength: 5 });
  // m² times the variance, of which the root must be whole.
  const spread = (tenths: readonly number[]): number =>
    tenths.length * tenths.reduce((sum, x) => sum + x * x, 0) - tenths.reduce((sum, x) => sum + x, 0) ** 2;
  fc.assert(
    fc.property(
      vectors.filter((tenths) => spread(tenths) > 0 && Number.isInteger(Math.sqrt(spread(tenths)))),
      (tenths) => {
        const root = Math.sqrt(spread(tenths));
        const below = tenths.map((x) => Math.max(...tenths) - x);
        for (const n of below
          .filter((x) => x > 0)
          .flatMap((x) => around(fraction(x * tenths.length, root)))) {
          const stay = below.flatMap((x, id) =>
            BigInt(x * tenths.length) * n.of <= n.part * BigInt(root) ? [id] : [],
          );
          expect(
            kept(
              { sampler: 'top-n-sigma', n: asNumber(n) },
              tenths.map((x) => x / 10),
            ),
          ).toEqual(stay);
        }
      },
    ),
    { ...PROPERTY, numRuns: depth(50, 1000) },
  );
});

it('mirostat 2, whose limit in bits is met by powers of two', () => {
  for (const given of DYADIC) {
    const bits = given.parts.map((part) => Math.log2(Number(given.whole)) - Math.log2(Number(part)));
    for (const limit of bits.flatMap((own) => around(fraction(own, 1)))) {
      const best = Math.min(...bits);
      const stay = bits.flatMap((own, id) =>
        own === best || BigInt(own) * limit.of <= limit.part ? [id] : [],
      );
      const spec: SamplerSpec = { sampler: 'mirostat-2', tau: asNumber(limit) / 2, eta: 0.1 };
      expect(kept(spec, logitsOf(given))).toEqual(stay);
    }
  }
});
