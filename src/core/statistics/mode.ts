/** How surely the most probable token is also the most frequent one in a sample. */
import { argmax } from '../logits';
import { checkCount } from '../checks';
import { logGamma } from './specialFunctions';

export interface ModeProbability {
  /** The greedy token occurs more often than every other. */
  readonly uniqueMode: number;
  /** No token occurs more often. */
  readonly amongModes: number;
  /** It is chosen when ties for the most frequent token are broken by a fair draw. */
  readonly tiesBrokenUniformly: number;
}

/**
 * Exact probabilities that the greedy token (the lowest id among equals) is the most frequent of `draws`
 * independent draws.
 *
 * The counts of a multinomial sample are independent Poisson counts given their total. So for every count c of
 * the greedy token the others contribute the product of their truncated exponential series, a polynomial in which
 * one variable counts draws and another counts tokens that reach c as well.
 *
 * Time grows with tokens * draws^3, which is meant for hundreds of tokens and tens of draws.
 * @throws RangeError when `draws` is no whole number of at least 1.
 */
export function modeProbability(probabilities: ArrayLike<number>, draws: number): ModeProbability {
  checkCount('draws', draws, 1);
  const greedy = argmax(probabilities);
  const others = Array.from(probabilities).filter((p, id) => id !== greedy && p > 0);
  let uniqueMode = 0;
  let amongModes = 0;
  let tiesBrokenUniformly = 0;
  for (let count = 1; count <= draws; count++) {
    const ties = othersAtMost(others, count, draws - count);
    const own = logTerm(probabilities[greedy]!, count) + logGamma(draws + 1);
    ties.forEach((weight, tied) => {
      const probability = Math.exp(own) * weight;
      if (tied === 0) uniqueMode += probability;
      amongModes += probability;
      tiesBrokenUniformly += probability / (tied + 1);
    });
  }
  return { uniqueMode, amongModes, tiesBrokenUniformly };
}

/** ln(p^n / n!). */
function logTerm(p: number, n: number): number {
  return (n === 0 ? 0 : n * Math.log(p)) - logGamma(n + 1);
}

/**
 * For `rest` draws shared by the other tokens with none above `limit`: the summed products of p^n / n!, by how
 * many of them reach `limit`.
 */
function othersAtMost(others: readonly number[], limit: number, rest: number): number[] {
  const mostTied = Math.floor(rest / limit);
  // weights[tied][drawn]
  let weights = Array.from({ length: mostTied + 1 }, () => new Float64Array(rest + 1));
  weights[0]![0] = 1;
  for (const p of others) {
    const terms = Array.from({ length: Math.min(limit, rest) + 1 }, (_, n) => Math.exp(logTerm(p, n)));
    const next = weights.map(() => new Float64Array(rest + 1));
    weights.forEach((row, tied) => {
      row.forEach((weight, drawn) => {
        if (weight === 0) return;
        for (let n = 0; n < terms.length && drawn + n <= rest; n++) {
          const reached = n === limit ? tied + 1 : tied;
          if (reached <= mostTied) next[reached]![drawn + n]! += weight * terms[n]!;
        }
      });
    });
    weights = next;
  }
  return weights.map((row) => row[rest]!);
}
