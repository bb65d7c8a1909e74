/** What is said of listed distributions holds for every way to complete them: random ones, and the extreme ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listedLogits } from '../../../../src/core/listed';
import { SamplerChain, type ChainSpec, type SamplerHistory } from '../../../../src/core/samplers/chain';
import { ListedChain, unboundedSampler, type ListedOutcome } from '../../../../src/core/samplers/listedChain';
import { depth } from '../../depth';

const HISTORY: SamplerHistory = { tokens: [0, 3, 3, 5], promptLength: 2 };

/** Probabilities of listed tokens, and of the others, which sum to 1; none of these exceeds the last listed one. */
interface Completed {
  readonly listed: readonly number[];
  readonly tail: readonly number[];
}

/** Tokens are shuffled over the ids, so that no order of theirs helps. */
function logitsOf({ listed, tail }: Completed, ids: readonly number[]): Float64Array {
  const logits = new Float64Array(ids.length);
  [...listed, ...tail].forEach((p, place) => (logits[ids[place]!] = Math.log(p)));
  return logits;
}

function said(
  { listed, tail }: Completed,
  ids: readonly number[],
  chain: ChainSpec,
): { readonly outcome: ListedOutcome; readonly probabilities: Float64Array } {
  const known = listed.map((p, place) => ({ id: ids[place]!, logProbability: Math.log(p) }));
  const answer = listedLogits(known, listed.length + tail.length);
  const { probabilities } = new SamplerChain(chain, ids.length).apply(answer.exact, HISTORY);
  const own = new ListedChain(chain, ids.length);
  return { outcome: own.outcome(answer.listed, answer.exact, probabilities, HISTORY), probabilities };
}

/** Every listed token's difference from what the chain makes of the completed distribution. */
function differences(
  completed: Completed,
  ids: readonly number[],
  chain: ChainSpec,
  reported: Float64Array,
): number[] {
  const { probabilities } = new SamplerChain(chain, ids.length).apply(logitsOf(completed, ids), HISTORY);
  return completed.listed.map((_, place) => Math.abs(probabilities[ids[place]!]! - reported[ids[place]!]!));
}

type Way = 'random' | 'even' | 'few' | 'tied';

/** A rest shared over `others` tokens: by random weights, evenly, or by as few as the ceiling allows, a hair apart or equal. */
function tailOf(rest: number, ceiling: number, weights: readonly number[], way: Way): number[] {
  const others = weights.length;
  if (way === 'even') return weights.map(() => rest / others);
  if (way === 'few' || way === 'tied') {
    let left = rest;
    return weights.map((_, i) => {
      const own = Math.min(way === 'tied' ? ceiling : ceiling * (1 - 1e-7 * i), left);
      left -= own;
      return own;
    });
  }
  // Whatever is cut off at the ceiling goes to the others, in turn.
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const tail = weights.map((weight) => Math.min(ceiling, (rest * weight) / total));
  let left = rest - tail.reduce((sum, p) => sum + p, 0);
  return tail.map((p) => {
    const added = Math.min(ceiling - p, left);
    left -= added;
    return p + added;
  });
}

const completed = fc
  .record({
    weights: fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 2, maxLength: 24 }),
    steep: fc.double({ min: 1, max: 8, noNaN: true }),
    cut: fc.double({ min: 0, max: 1, noNaN: true }),
    shares: fc.array(fc.double({ min: 0.0001, max: 1, noNaN: true }), { minLength: 24, maxLength: 24 }),
    way: fc.constantFrom<Way>('random', 'even', 'few', 'tied'),
    seed: fc.integer(),
  })
  .map(({ weights, steep, cut, shares, way, seed }) => {
    const powers = weights.map((weight) => weight ** steep).sort((a, b) => b - a);
    const total = powers.reduce((sum, weight) => sum + weight, 0);
    const all = powers.map((weight) => weight / total);
    const n = 1 + Math.floor(cut * (all.length - 1));
    const listed = all.slice(0, n);
    const rest = 1 - listed.reduce((sum, p) => sum + p, 0);
    const tail =
      n === all.length
        ? []
        : tailOf(
            rest,
            listed.at(-1)!,
            shares.slice(0, all.length - n).map((s) => s ** steep),
            way,
          );
    const ids = all.map((_, i) => i).sort((a, b) => hash(a, seed) - hash(b, seed));
    return { listed, tail, ids };
  })
  .filter(
    ({ listed, tail }) =>
      [...listed, ...tail].every((p) => p >= 0) &&
      listed.at(-1)! > 1e-12 &&
      Math.abs([...listed, ...tail].reduce((sum, p) => sum + p, 0) - 1) < 1e-12,
  );

function hash(value: number, seed: number): number {
  return Math.imul(value + 1, 0x9e3779b1) ^ Math.imul(seed | 1, 0x85ebca6b * (value + 3));
}

const p = fc.double({ min: 0.01, max: 1, noNaN: true });
const step: fc.Arbitrary<ChainSpec[number]> = fc.oneof(
  fc.record({
    sampler: fc.constant('temperature' as const),
    temperature: fc.double({ min: 0.2, max: 4, noNaN: true }),
  }),
  fc.record({ sampler: fc.constant('temperature' as const), temperature: fc.constant(0) }),
  fc.record({
    sampler: fc.constant('top-k' as const),
    k: fc.integer({ min: 1, max: 24 }),
    ties: fc.constantFrom('all' as const, 'exact' as const),
  }),
  fc.record({ sampler: fc.constant('top-p' as const), p, minKeep: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ sampler: fc.constant('min-p' as const), p, minKeep: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ sampler: fc.constant('top-a' as const), a: p }),
  fc.record({ sampler: fc.constant('p-less' as const) }),
  fc.record({
    sampler: fc.constant('epsilon' as const),
    epsilon: fc.double({ min: 0.001, max: 0.3, noNaN: true }),
    minKeep: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({
    sampler: fc.constant('presence-penalty' as const),
    penalty: fc.double({ min: -1, max: 2, noNaN: true }),
  }),
  fc.record({
    sampler: fc.constant('repetition-penalty' as const),
    penalty: fc.double({ min: 0.8, max: 2, noNaN: true }),
  }),
  fc.record({ sampler: fc.constant('banned-tokens' as const), ids: fc.constantFrom([0], [1, 3]) }),
  fc.record({
    sampler: fc.constant('logit-bias' as const),
    bias: fc.constantFrom(
      [[0, 2]] as const,
      [[1, -3]] as const,
      [
        [0, -1],
        [1, 5],
      ] as const,
    ),
  }),
  fc.record({ sampler: fc.constant('typical' as const), p: fc.constant(0.8) }),
);

describe('a chain on a listed distribution', () => {
  it('is off by no more than it says, however the unlisted tokens share the rest', () => {
    const seen = { exact: 0, bounded: 0, unknown: 0 };
    fc.assert(
      fc.property(completed, fc.array(step, { maxLength: 4 }), ({ ids, ...distribution }, chain) => {
        if (chain.some((one) => 'bias' in one || 'ids' in one) && ids.length < 4) return;
        const { outcome, probabilities } = said(distribution, ids, chain);
        seen[outcome.exact ? 'exact' : outcome.off === null ? 'unknown' : 'bounded']++;
        if (outcome.off === null) return;
        const most = Math.max(...differences(distribution, ids, chain, probabilities));
        expect(most).toBeLessThanOrEqual(outcome.off + 1e-7);
        const { probabilities: whole } = new SamplerChain(chain, ids.length).apply(
          logitsOf(distribution, ids),
          HISTORY,
        );
        for (const [id, { low, high }] of outcome.limits ?? []) {
          expect(whole[id]!).toBeGreaterThanOrEqual(low - 1e-7);
          expect(whole[id]!).toBeLessThanOrEqual(high + 1e-7);
        }
      }),
      { numRuns: depth(4000, 100_000) },
    );
    // All three kinds are met, so that none is asserted of nothing.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
  });

  const LISTED: Completed = { listed: [0.4, 0.2, 0.1], tail: [] };
  const complete = (tail: readonly number[]): Completed => ({ ...LISTED, tail });
  const EVEN = complete(Array.from({ length: 9 }, () => 0.3 / 9));
  /** As few as the bound of 0.1 allows. */
  const FEW = complete([0.1 - 1e-11, 0.1 - 2e-11, 0.1 - 3e-11, 6e-11, 0, 0, 0, 0, 0]);
  const IDS = Array.from({ length: 12 }, (_, id) => id);

  it.each<[string, ChainSpec]>([
    ['no sampler', []],
    ['a temperature of 1', [{ sampler: 'temperature', temperature: 1 }]],
    [
      'a top-k shorter than the list',
      [
        { sampler: 'temperature', temperature: 1.7 },
        { sampler: 'top-k', k: 2 },
      ],
    ],
    [
      'a nucleus in the list',
      [
        { sampler: 'top-p', p: 0.55 },
        { sampler: 'temperature', temperature: 2 },
      ],
    ],
    [
      'a min-p above the bound',
      [
        { sampler: 'min-p', p: 0.3 },
        { sampler: 'temperature', temperature: 0.3 },
      ],
    ],
    [
      'samplers without a bound behind such a top-k',
      [
        { sampler: 'top-k', k: 2 },
        { sampler: 'typical', p: 0.5 },
        { sampler: 'mirostat-2', tau: 3, eta: 0.1 },
      ],
    ],
  ])('is exact with %s', (_, chain) => {
    const { outcome, probabilities } = said(EVEN, IDS, chain);
    expect(outcome).toMatchObject({ exact: true, off: 0 });
    expect(Math.max(...differences(FEW, IDS, chain, probabilities))).toBeLessThan(1e-9);
  });

  it.each([0.3, 0.7, 1.3, 3])('has the extreme ways as its limits at temperature %d', (temperature) => {
    const chain: ChainSpec = [{ sampler: 'temperature', temperature }];
    const { outcome, probabilities } = said(EVEN, IDS, chain);
    expect(outcome.exact).toBe(false);
    const few = complete([0.1, 0.1, 0.1, 0, 0, 0, 0, 0, 0]);
    expect(outcome.off).toBeCloseTo(Math.max(...differences(few, IDS, chain, probabilities)), 6);
  });

  const TIED: Completed = { listed: [0.4, 0.2], tail: [0.2, 0.2] };

  it.each<[string, ChainSpec, number]>([
    // All four stay: .4, .2, .2, .2; the listed two alone would have 2/3 and 1/3.
    ['a top-k that keeps ties', [{ sampler: 'top-k', k: 2 }], 0.4],
    ['a top-k that cuts ties', [{ sampler: 'top-k', k: 2, ties: 'exact' }], 2 / 3],
    ['a nucleus', [{ sampler: 'top-p', p: 0.6 }], 2 / 3],
  ])('is not certain of %s where unlisted tokens may tie with the last listed one', (_, chain, best) => {
    // Of equal tokens the lowest ids stay: here those that are not listed.
    const ids = [3, 2, 1, 0];
    const { outcome, probabilities } = said(TIED, ids, chain);
    const truth = new SamplerChain(chain, 4).apply(logitsOf(TIED, ids), HISTORY).probabilities;
    expect(truth[3]).toBeCloseTo(best, 9);
    expect(outcome.exact).toBe(false);
    expect(outcome.off).toBeGreaterThanOrEqual(
      Math.max(...differences(TIED, ids, chain, probabilities)) - 1e-9,
    );
  });

  it('is certain of a top-k as long as the list where less is left than its last token has', () => {
    const ids = [0, 1, 2, 3];
    const { outcome } = said({ listed: [0.5, 0.3], tail: [0.1, 0.1] }, ids, [{ sampler: 'top-k', k: 2 }]);
    expect(outcome).toMatchObject({ exact: true, within: true });
  });

  it('is not certain of a top-k that removes a single unlisted token, though others may be as good as the listed one', () => {
    const chain: ChainSpec = [{ sampler: 'top-k', k: 3 }];
    const completion: Completed = { listed: [0.5], tail: [0.4, 0.06, 0.04] };
    const { outcome } = said(completion, [0, 1, 2, 3], chain);
    // The three others have 0.5 together: the one that goes may have anything up to a third of that.
    expect(outcome.exact).toBe(false);
    expect(outcome.limits?.get(0)?.low).toBeCloseTo(0.5, 9);
    expect(outcome.limits?.get(0)?.high).toBeCloseTo(0.5 / (1 - 0.5 / 3), 9);
  });

  it('is certain of a cut-off at the bound only where it lies above it', () => {
    const ids = [0, 1, 2, 3];
    const at = (chain: ChainSpec): ListedOutcome => said(TIED, ids, chain).outcome;
    expect(at([{ sampler: 'min-p', p: 0.5 }]).within).toBe(false);
    expect(at([{ sampler: 'min-p', p: 0.51 }])).toMatchObject({ exact: true, within: true });
    const half: Completed = { listed: [0.5, 0.25], tail: [0.25, 0] };
    expect(said(half, ids, [{ sampler: 'top-a', a: 1 }]).outcome.within).toBe(false);
    expect(at([{ sampler: 'top-a', a: 1 }]).within).toBe(false);
    const more: Completed = { listed: [0.55, 0.2], tail: [0.2, 0.05] };
    expect(said(more, ids, [{ sampler: 'top-a', a: 1 }]).outcome).toMatchObject({
      exact: true,
      within: true,
    });
  });

  it('knows no bound where a sampler needs the others one by one', () => {
    const chain: ChainSpec = [
      { sampler: 'top-p', p: 0.95 },
      { sampler: 'typical', p: 0.9 },
    ];
    expect(said(EVEN, IDS, chain).outcome).toEqual({ exact: false, within: false, off: null });
    expect(unboundedSampler(chain, 3)).toBe('typical');
    expect(unboundedSampler([{ sampler: 'top-k', k: 2 }, ...chain], 3)).toBeUndefined();
    expect(unboundedSampler([{ sampler: 'top-k', k: 3 }, ...chain], 3)).toBe('typical');
  });

  it('follows a shape that finds nothing in what the samplers before it left', () => {
    const bytes = new TextEncoder().encode('abcdefghijkl');
    const vocabulary = { bytes, offsets: Uint32Array.from({ length: 13 }, (_, i) => i) };
    const answer = listedLogits(
      LISTED.listed.map((p, id) => ({ id, logProbability: Math.log(p) })),
      12,
    );
    const of = (expression: string): ListedOutcome => {
      const chain: ChainSpec = [
        { sampler: 'top-k', k: 1 },
        { sampler: 'regex', expression },
      ];
      const { probabilities } = new SamplerChain(chain, 12, vocabulary).apply(answer.exact, { tokens: [] });
      return new ListedChain(chain, 12, vocabulary).outcome(answer.listed, answer.exact, probabilities, {
        tokens: [],
      });
    };
    // Of a to c, which are listed, b is the best that fits; of x to z none is listed.
    expect(of('[bc]+')).toMatchObject({ exact: true, within: true });
    expect(of('[g-j]+')).toMatchObject({ off: null });
  });
});
