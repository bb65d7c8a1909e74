import { expNotPositive } from '../core/exponential';
import { largestLogit, rankOf, topIndices } from '../core/logits';
import type { ScoreOptions, TextScores } from '../core/languageModel';
import { planScoring } from '../core/textScores';
import type { ReadOptions } from './readTokens';

/**
 * Reads a text that fits into the context, and gives the logits after its tokens from index `wanted` on, in order;
 * they may be part of a larger array.
 */
export type ReadWindow = (
  window: readonly number[],
  wanted: number,
  onLogits: (index: number, logits: Float32Array) => void,
  options: ReadOptions,
) => Promise<unknown>;

/** Scores a text of any length by overlapping windows; see `planScoring`. */
export async function scoreTokens(
  read: ReadWindow,
  contextLength: number,
  tokens: readonly number[],
  options: ScoreOptions,
): Promise<TextScores> {
  const { windows, scores } = planScoring(tokens.length, contextLength, options);
  for (const { start, end, from } of windows) {
    let scored = from;
    await read(
      tokens.slice(start, end),
      from - 1 - start,
      (index, logits) => {
        const at = start + index + 1;
        scoreToken(scores, at, tokens[at]!, logits);
        options.onLogits?.(at, logits);
      },
      {
        signal: options.signal,
        onPiece: async (end) => {
          const before = scored;
          scored = Math.max(scored, start + end + 1);
          if (scored > before) await options.onScored?.(scores, before, scored);
        },
      },
    );
  }
  return scores;
}

/** Writes what `logits` say about the token `id` at place `at`. */
function scoreToken(scores: TextScores, at: number, id: number, logits: Float32Array): void {
  // One exponential per token: entropy = ln Z - sum of p (logit - max), with Z = sum of exp(logit - max).
  const max = largestLogit(logits);
  let sum = 0;
  let weighted = 0;
  for (let i = 0; i < logits.length; i++) {
    const below = logits[i]! - max;
    const weight = expNotPositive(below);
    sum += weight;
    weighted += weight * below;
  }
  const logSum = Math.log(sum);
  scores.logProbabilities[at] = logits[id]! - max - logSum;
  scores.ranks[at] = rankOf(logits, id);
  scores.entropies[at] = logSum - weighted / sum;
  const { count, ids, logProbabilities } = scores.alternatives;
  if (count === 0) return;
  topIndices(logits, count).forEach((alternative, i) => {
    ids[at * count + i] = alternative;
    logProbabilities[at * count + i] = logits[alternative]! - max - logSum;
  });
}
