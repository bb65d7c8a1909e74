import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULTS, plan, RELOAD, USES, type Step } from '../../../../scripts/soak/plan';

const ROUND = Object.values(USES).reduce<number>((sum, times) => sum + times, 0) + FAULTS.length;

/** The first steps of a seed. */
function first(seed: number, count: number): Step[] {
  const steps = plan(seed);
  return Array.from({ length: count }, () => steps.next().value);
}

const names = (steps: readonly Step[]): string[] => steps.map(({ what }) => what);
const draws = ({ dice }: Step): number[] => {
  const own = dice();
  return Array.from({ length: 4 }, () => own.below(1_000_000));
};
const seeds = fc.nat();

describe('the plan of a soak', () => {
  it('is the same for the same seed, choices within steps included', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [one, other] = [first(seed, 2 * ROUND), first(seed, 2 * ROUND)];
        expect(names(one)).toEqual(names(other));
        expect(one.map(draws)).toEqual(other.map(draws));
        // Asked twice, a step chooses the same twice.
        expect(draws(one[3]!)).toEqual(draws(one[3]!));
      }),
      { numRuns: 20 },
    );
  });

  it('is another for another seed', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(names(first(seed, ROUND))).not.toEqual(names(first(seed + 1, ROUND)));
      }),
      { numRuns: 20 },
    );
  });

  it('has in every round what people do as often as they do it, and every fault once', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const steps = names(first(seed, 2 * ROUND + 1));
        for (const round of [steps.slice(0, ROUND), steps.slice(ROUND)]) {
          const times = (name: string): number => round.filter((what) => what === name).length;
          for (const [use, expected] of Object.entries(USES)) expect(times(use), use).toBe(expected);
          for (const fault of FAULTS) expect(times(fault), fault).toBe(1);
        }
        // Long enough without a reload, and not for ever.
        expect(steps.indexOf(RELOAD)).toBe(ROUND);
      }),
      { numRuns: 20 },
    );
  });

  it('never begins with a fault, and has use before and after each', () => {
    const isFault = (what: string): boolean => (FAULTS as readonly string[]).includes(what);
    fc.assert(
      fc.property(seeds, (seed) => {
        const steps = names(first(seed, 4 * ROUND));
        expect(isFault(steps[0]!)).toBe(false);
        steps.forEach((what, i) => {
          if (isFault(what)) expect(isFault(steps[i + 1] ?? '')).toBe(false);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('numbers its steps', () => {
    expect(first(1, 120).map(({ at }) => at)).toEqual(Array.from({ length: 120 }, (_, i) => i));
  });
});
