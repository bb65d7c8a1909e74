import type { ScoredToken } from './scoredDocument';

/** What the scored tokens of a text say together. */
export interface SurprisalSummary {
  readonly tokens: number;
  /** Nats per token. */
  readonly meanSurprisal: number;
  readonly perplexity: number;
  /** Total surprisal in bits over the characters (code points) that the tokens cover. */
  readonly bitsPerCharacter: number;
}

/**
 * @param text of the document that the tokens' offsets count in
 * @returns undefined without a token
 */
export function summarize(tokens: readonly ScoredToken[], text: string): SurprisalSummary | undefined {
  if (tokens.length === 0) return undefined;
  let nats = 0;
  let characters = 0;
  let covered = 0;
  for (const { start, end, logProbability } of tokens) {
    nats -= logProbability;
    // Tokens that share a character cover it once.
    characters += Array.from(text.slice(Math.max(start, covered), end)).length;
    covered = Math.max(covered, end);
  }
  const meanSurprisal = nats / tokens.length;
  return {
    tokens: tokens.length,
    meanSurprisal,
    perplexity: Math.exp(meanSurprisal),
    bitsPerCharacter: nats / Math.LN2 / characters,
  };
}
