import { expNotPositive } from '../core/exponential';
import { largestLogit, rankOf, topIndices } from '../core/logits';
import type { ScoreOptions, TextScores } from '../core/languageModel';
import type { ReadOptions } from './readTokens';

const MOST_ALTERNATIVES = 100;

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

/**
 * Scores a text of any length by overlapping windows: each is a text of its own to the model, and only tokens
 * that no earlier window scored are taken from it. One that fits is read in one window.
 */
export async function scoreTokens(
  read: ReadWindow,
  contextLength: number,
  tokens: readonly number[],
  options: ScoreOptions,
): Promise<TextScores> {
  const count = checkRange('alternatives', options.alternatives ?? 0, MOST_ALTERNATIVES);
  const overlap = checkRange('overlap', options.overlap ?? contextLength >> 1, contextLength - 1);
  const first = checkRange('from', options.from ?? 1, Math.max(1, tokens.length));
  const scores = emptyScores(tokens.length, count);
  let scored = Math.max(1, first);
  for (let start = 0; scored < tokens.length; start += contextLength - overlap) {
    // The last token of the text predicts nothing, and a window that ends before the first one scored predicts none.
    const end = Math.min(start + contextLength, tokens.length - 1);
    if (end < scored) continue;
    const window = tokens.slice(start, end);
    await read(
      window,
      scored - 1 - start,
      (index, logits) => {
        const at = start + index + 1;
        scoreToken(scores, at, tokens[at]!, logits);
        options.onLogits?.(at, logits);
      },
      {
        signal: options.signal,
        onPiece: async (end) => {
          const from = scored;
          scored = Math.max(scored, start + end + 1);
          if (scored > from) await options.onScored?.(scores, from, scored);
        },
      },
    );
  }
  return scores;
}

function emptyScores(length: number, count: number): TextScores {
  return {
    logProbabilities: new Float64Array(length).fill(NaN),
    ranks: new Int32Array(length).fill(-1),
    entropies: new Float64Array(length).fill(NaN),
    alternatives: {
      count,
      ids: new Int32Array(length * count).fill(-1),
      logProbabilities: new Float64Array(length * count).fill(NaN),
    },
  };
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

function checkRange(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new RangeError(`${name} is ${value}; it must be a whole number from 0 to ${most}.`);
}
