/** From the log-probabilities that vLLM lists for one place to what a model says there. */
import type { NextToken } from '../../core/languageModel';
import { listedLogits, type TokenLogProbability } from '../../core/listed';
import type { Wrong } from './problems';
import type { TokenMap } from './tokenMaps';

/** vLLM has this in place of negative infinity, for which JSON has no word. */
const IMPOSSIBLE = -9999;
/** What rounding adds to the log-probability of a certain token, and to a sum of probabilities. */
const ROUNDING = 1e-4;
const SUM_ROUNDING = 1e-3;

export interface Listing {
  readonly vocabularySize: number;
  /** How many of the most probable tokens were asked for. */
  readonly count: number;
}

/**
 * What is said of the token after a context.
 * @param length tokens of the context.
 */
export function nextTokenOf(map: TokenMap, listing: Listing, length: number, wrong: Wrong): NextToken {
  const { vocabularySize, count } = listing;
  const cache = { length };
  const exact = count >= vocabularySize;
  if (exact) return { logits: wholeLogits(map, vocabularySize, wrong), cache };
  if (map.ids.length < count) {
    throw wrong(`log-probabilities of ${map.ids.length} tokens where ${count} were asked for`);
  }
  const seen = new Set<number>();
  let sum = 0;
  const listed: TokenLogProbability[] = Array.from(map.ids, (id, i) => {
    if (seen.has(id)) throw wrong(`token ${id} twice`);
    seen.add(id);
    const logProbability = logProbabilityOf(map, i, vocabularySize, wrong);
    sum += Math.exp(logProbability);
    return { id, logProbability };
  });
  if (sum > 1 + SUM_ROUNDING) throw wrong(`probabilities whose sum is ${sum.toPrecision(4)}, more than 1`);
  return { ...listedLogits(listed, vocabularySize, count), cache };
}

function wholeLogits(map: TokenMap, vocabularySize: number, wrong: Wrong): Float32Array {
  const logits = new Float32Array(vocabularySize);
  const seen = new Uint8Array(vocabularySize);
  const { ids } = map;
  let sum = 0;
  for (let i = 0; i < ids.length; i++) {
    const logProbability = logProbabilityOf(map, i, vocabularySize, wrong);
    const id = ids[i]!;
    if (seen[id] === 1) throw wrong(`token ${id} twice`);
    seen[id] = 1;
    logits[id] = logProbability;
    sum += Math.exp(logProbability);
  }
  const missing = ids.length < vocabularySize ? seen.indexOf(0) : -1;
  if (missing >= 0) {
    throw wrong(
      `log-probabilities of ${ids.length} of its ${vocabularySize} tokens; token ${missing} is missing`,
    );
  }
  if (!(Math.abs(sum - 1) <= SUM_ROUNDING)) {
    throw wrong(`probabilities whose sum is ${sum.toPrecision(4)}, not 1`);
  }
  return logits;
}

function logProbabilityOf(map: TokenMap, i: number, vocabularySize: number, wrong: Wrong): number {
  const id = map.ids[i]!;
  if (id >= vocabularySize) {
    throw wrong(`token ${id}, but the ids of its tokenizer are 0 to ${vocabularySize - 1}`);
  }
  return checkLogProbability(map.logProbabilities[i]!, id, wrong);
}

/** What was said as the natural log of a token's probability. */
export function checkLogProbability(said: number, id: number, wrong: Wrong): number {
  if (said <= IMPOSSIBLE) return -Infinity;
  if (said <= ROUNDING) return Math.min(said, 0);
  throw wrong(`the log-probability ${said} of token ${id}, which is above 0`);
}
