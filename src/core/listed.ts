/** Distributions of which only some tokens are known: the others share what is left. */
import type { ListedTokens } from './languageModel';
import { sum } from './sums';

/** A token and the natural log of its probability. */
export interface TokenLogProbability {
  readonly id: number;
  readonly logProbability: number;
}

/**
 * Logits for a whole vocabulary from the tokens that a backend lists. Every listed token has its own log-probability;
 * all others have the same, so that together they hold exactly what the listed ones leave. A backend's rounding may
 * sum to a hair more than 1: nothing is left then, and the others are impossible.
 * @param listed each id once, in any order. Where there is more than the backend's best n (a token that was drawn from
 * beyond them), the bound is taken from these n.
 * @param best how many of the most probable tokens are listed for certain.
 */
export function listedLogits(
  listed: readonly TokenLogProbability[],
  vocabularySize: number,
  best = listed.length,
): { readonly logits: Float32Array; readonly exact: Float64Array; readonly listed: ListedTokens } {
  const sorted = [...listed].sort((a, b) => b.logProbability - a.logProbability || a.id - b.id);
  const mass = Math.min(
    1,
    sorted.reduce((sum, { logProbability }) => sum + Math.exp(logProbability), 0),
  );
  const exact = new Float64Array(vocabularySize).fill(
    Math.log((1 - mass) / (vocabularySize - listed.length)),
  );
  for (const { id, logProbability } of sorted) exact[id] = logProbability;
  return {
    logits: Float32Array.from(exact),
    exact,
    listed: {
      ids: Int32Array.from(sorted, ({ id }) => id),
      mass,
      bound: sorted[Math.min(best, sorted.length) - 1]?.logProbability ?? 0,
    },
  };
}

/**
 * The least and the greatest entropy in nats that a distribution can have of which these tokens are listed: the others
 * share the rest evenly at most, and over as few tokens as the bound allows at least (entropy is Schur-concave; see
 * `samplers/listedState.ts`).
 */
export function entropyLimits(
  { ids, mass, bound }: ListedTokens,
  logProbabilities: ArrayLike<number>,
): { readonly least: number; readonly most: number } {
  const surprise = (p: number): number => (p > 0 ? -p * Math.log(p) : 0);
  const own = sum(Array.from(ids, (id) => surprise(Math.exp(logProbabilities[id]!))));
  const others = logProbabilities.length - ids.length;
  const rest = others > 0 ? 1 - mass : 0;
  if (rest <= 0) return { least: own, most: own };
  const ceiling = Math.max(Math.exp(bound), rest / others);
  const full = Math.floor(rest / ceiling);
  return {
    least: own + full * surprise(ceiling) + surprise(rest - full * ceiling),
    most: own + others * surprise(rest / others),
  };
}
