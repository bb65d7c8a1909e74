/** From the log-probabilities that vLLM lists for one place to what a model says there. */
import type { NextToken } from '../../core/languageModel';
import { listedLogits, type TokenLogProbability } from '../../core/listed';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
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
    throw wrong(
      t('log-probabilities of {0} tokens where {1} were asked for', written(map.ids.length), written(count)),
    );
  }
  const seen = new Set<number>();
  let sum = 0;
  const listed: TokenLogProbability[] = Array.from(map.ids, (id, i) => {
    if (seen.has(id)) throw wrong(t('token {0} twice', written(id)));
    seen.add(id);
    const logProbability = logProbabilityOf(map, i, vocabularySize, wrong);
    sum += Math.exp(logProbability);
    return { id, logProbability };
  });
  if (sum > 1 + SUM_ROUNDING)
    throw wrong(t('probabilities whose sum is {0}, more than 1', written(sum.toPrecision(4))));
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
    if (seen[id] === 1) throw wrong(t('token {0} twice', written(id)));
    seen[id] = 1;
    logits[id] = logProbability;
    sum += Math.exp(logProbability);
  }
  const missing = ids.length < vocabularySize ? seen.indexOf(0) : -1;
  if (missing >= 0) {
    throw wrong(
      t(
        'log-probabilities of {0} of its {1} tokens; token {2} is missing',
        written(ids.length),
        written(vocabularySize),
        written(missing),
      ),
    );
  }
  if (!(Math.abs(sum - 1) <= SUM_ROUNDING)) {
    throw wrong(t('probabilities whose sum is {0}, not 1', written(sum.toPrecision(4))));
  }
  return logits;
}

function logProbabilityOf(map: TokenMap, i: number, vocabularySize: number, wrong: Wrong): number {
  const id = map.ids[i]!;
  if (id >= vocabularySize) {
    throw wrong(
      t('token {0}, but the ids of its tokenizer are 0 to {1}', written(id), written(vocabularySize - 1)),
    );
  }
  return checkLogProbability(map.logProbabilities[i]!, id, wrong);
}

/** What was said as the natural log of a token's probability. */
export function checkLogProbability(said: number, id: number, wrong: Wrong): number {
  if (said <= IMPOSSIBLE) return -Infinity;
  if (said <= ROUNDING) return Math.min(said, 0);
  throw wrong(t('the log-probability {0} of token {1}, which is above 0', written(said), written(id)));
}
