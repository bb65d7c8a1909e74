/** Distributions of which only some tokens are known: the others share what is left. */
import type { ListedTokens } from './languageModel';

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
  const rest = Math.log((1 - mass) / (vocabularySize - listed.length));
  // Filled one by one: a conversion of the whole takes longer than everything else.
  const exact = new Float64Array(vocabularySize).fill(rest);
  const logits = new Float32Array(vocabularySize).fill(rest);
  for (const { id, logProbability } of sorted) exact[id] = logits[id] = logProbability;
  return {
    logits,
    exact,
    listed: {
      ids: Int32Array.from(sorted, ({ id }) => id),
      mass,
      bound: sorted[Math.min(best, sorted.length) - 1]?.logProbability ?? 0,
    },
  };
}
