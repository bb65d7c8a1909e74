/**
 * The figures of the teacher's guide, computed anew from the logits that it prints: by the definitions, and for what
 * ten draws show by going through all outcomes. Nothing of the product computes here.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tableAfter } from './tables';

const guide = readFileSync('docs/teachers.md', 'utf8');
const figures = (name: string): string[][] => tableAfter(guide, `<!-- figures: ${name} -->`);

const LOGITS = [2.0, 1.5, 0.5, 0.2, -0.1];

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const scaled = (values: readonly number[]): number[] => values.map((value) => value / sum(values));
const at = (t: number): number[] => scaled(LOGITS.map((logit) => Math.exp(logit / t)));
const best = (p: readonly number[], k: number): number[] => scaled(p.slice(0, k));
const entropy = (p: readonly number[]): number => -sum(p.map((one) => (one > 0 ? one * Math.log(one) : 0)));

/** How many of the most probable words together have at least p; the words are listed best first. */
function nucleus(probabilities: readonly number[], p: number): number {
  let mass = 0;
  return probabilities.findIndex((one) => (mass += one) >= p) + 1;
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/** The counts beyond which, on either side, at most 2.5 % of all runs of `draws` draws fall. */
function within(p: number, draws: number): [number, number] {
  // Products of ratios instead of factorials, which would overflow.
  const chance = Array.from({ length: draws + 1 }, (_, count) =>
    Array.from({ length: count }, (__, i) => (draws - i) / (i + 1)).reduce(
      (product, ratio) => product * ratio * p,
      (1 - p) ** (draws - count),
    ),
  );
  const beyond = (list: readonly number[]): number => {
    let tail = 0;
    return list.findIndex((one) => (tail += one) > 0.025);
  };
  return [beyond(chance), draws - beyond([...chance].reverse())];
}

/** All ways in which draws can fall on outcomes, as counts. */
function* countsOf(draws: number, outcomes: number): Generator<number[]> {
  if (outcomes === 1) yield [draws];
  else {
    for (let first = 0; first <= draws; first++) {
      for (const rest of countsOf(draws - first, outcomes - 1)) yield [first, ...rest];
    }
  }
}

/** Expected share of distinct outcomes, and of the most common one, in ten draws. */
function tenDraws(p: readonly number[]): { diversity: number; coherence: number } {
  let [diversity, coherence] = [0, 0];
  for (const counts of countsOf(10, p.length)) {
    const ways = factorial(10) / counts.reduce((product, n) => product * factorial(n), 1);
    const chance = counts.reduce((product, n, i) => product * p[i]! ** n, ways);
    diversity += (chance * counts.filter((n) => n > 0).length) / 10;
    coherence += (chance * Math.max(...counts)) / 10;
  }
  return { diversity, coherence };
}

const percent = (p: number, digits = 2): string => (100 * p).toFixed(digits);

describe('The teacher’s guide', () => {
  it('prints the logits of the toy vocabulary', () => {
    expect(figures('logits').map(([, logit]) => Number(logit))).toEqual(LOGITS);
  });

  it('has the probabilities at each temperature, and how far counts may be off', () => {
    for (const [t, ...shown] of figures('temperature')) {
      const p = at(Number(t));
      expect(shown).toEqual([...p.map((one) => percent(one)), within(p[0]!, 100).join(' to ')]);
    }
  });

  it('says rightly that the chapter’s counts are such as chance gives', () => {
    for (const [t, printed] of [
      [0.5, 67],
      [1, 49],
      [1.5, 44],
      [2, 24],
    ] as const) {
      const [low, high] = within(at(t)[0]!, 100);
      expect(printed).toBeGreaterThanOrEqual(low);
      expect(printed).toBeLessThanOrEqual(high);
    }
  });

  it('has the effective vocabulary of each cell of a grid', () => {
    const effective = (t: number, k: number): number => Math.exp(entropy(best(at(t), k)));
    for (const [t, ...shown] of figures('grid')) {
      expect(shown).toEqual([1, 2, 3, 5].map((k) => effective(Number(t), k).toFixed(2)));
    }
    const mean = (values: readonly number[]): number => sum(values) / values.length;
    const byK = (k: number): number => mean([0.5, 1, 2, 5].map((t) => effective(t, k)));
    const byT = (t: number): number => mean([1, 2, 3, 5].map((k) => effective(t, k)));
    expect(guide).toContain(`grows from ${byK(1).toFixed(0)} to ${byK(5).toFixed(1)} words`);
    expect(guide).toContain(`grows from ${byT(0.5).toFixed(2)} to ${byT(5).toFixed(2)}, averaged over k`);
  });

  it('has what each nucleus keeps', () => {
    for (const [t, p, ...shown] of figures('nucleus')) {
      const all = at(Number(t));
      const kept = nucleus(all, Number(p));
      const inside = sum(all.slice(0, kept));
      expect(shown).toEqual([
        String(kept),
        percent(inside),
        percent(1 - inside),
        percent(best(all, kept)[0]!),
      ]);
    }
  });

  it('has the loss of a model that knows nothing', () => {
    for (const [, nats, perplexity] of figures('ignorance')) {
      expect(nats).toBe(Math.log(Number(perplexity!.replace(',', ''))).toFixed(3));
    }
  });

  it('has the losses of texts', () => {
    const words = ['pizza', 'burger', 'pasta', 'salad', 'sushi'];
    for (const [text, surprises, loss, perplexity] of figures('loss')) {
      const ids = text!.startsWith('one')
        ? [0, 1, 2, 3, 4]
        : text!.split(' ').map((word) => words.indexOf(word));
      const own = ids.map((id) => -Math.log(at(1)[id]!));
      const mean = sum(own) / own.length;
      expect(surprises).toBe(own.map((one) => one.toFixed(3)).join(', '));
      expect([loss, perplexity]).toEqual([mean.toFixed(3), Math.exp(mean).toFixed(2)]);
    }
  });

  it('has the expected diversity and coherence of each method', () => {
    const p = at(1);
    const kept = { Greedy: 1, Nucleus: nucleus(p, 0.8), Hybrid: Math.min(3, nucleus(p, 0.8)), Stochastic: 5 };
    for (const [method, ...shown] of figures('methods')) {
      const left = kept[method as keyof typeof kept];
      const q = best(p, left);
      const { diversity, coherence } = tenDraws(q);
      const logProbability = sum(q.map((one, id) => one * Math.log(p[id]!)));
      expect(shown).toEqual([
        String(left),
        percent(diversity, 1),
        percent(coherence, 1),
        logProbability.toFixed(3),
      ]);
    }
    const { diversity, coherence } = tenDraws(best(p, 2));
    expect(guide).toContain(`diversity ${percent(diversity, 1)} %, coherence ${percent(coherence, 1)} %`);
    expect(nucleus(p, 0.9)).toBe(4);
  });
});
