/** From what llama-server lists for one place to what a model says there. */
import type { NextToken } from '../../core/languageModel';
import { listedLogits, type TokenLogProbability } from '../../core/listed';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import { UnreadableAnswer, type EntryReceiver } from './entries';

/** The server adds float32 numbers one after the other: the sum of GPT-2's 50,257 was seen 5e-5 below 1. */
const ROUNDING = 1e-2;

/** Takes a list, and makes a distribution of it when it has ended. */
export interface Listing {
  readonly onEntry: EntryReceiver;
  /**
   * @param length tokens of the context.
   * @throws UnreadableAnswer when it cannot be true.
   */
  readonly end: (length: number) => NextToken;
}

/** A list of all tokens: their log-probabilities serve as logits. */
export function wholeListing(vocabularySize: number): Listing {
  const logits = new Float32Array(vocabularySize).fill(NaN);
  let count = 0;
  let sum = 0;
  return {
    onEntry(id, logProbability) {
      checkId(id, vocabularySize);
      if (!Number.isNaN(logits[id])) throw new UnreadableAnswer(t('token {0} twice', written(id)));
      logits[id] = logProbability;
      sum += Math.exp(logProbability);
      count++;
    },
    end(length) {
      if (count !== vocabularySize) {
        throw new UnreadableAnswer(
          t('log-probabilities of {0} of its {1} tokens', written(count), written(vocabularySize)),
        );
      }
      if (Math.abs(sum - 1) > ROUNDING) throw wrongSum(sum);
      return { logits, cache: { length } };
    },
  };
}

/** A list whose tokens are asked for too. */
export interface PartListing extends Listing {
  readonly entries: readonly TokenLogProbability[];
  /** @throws UnreadableAnswer when it cannot be true. */
  readonly check: () => void;
}

/** A list of the most probable tokens. */
export function partListing(vocabularySize: number, asked: number): PartListing {
  const entries: TokenLogProbability[] = [];
  const seen = new Set<number>();
  let sum = 0;
  const check = (): void => {
    if (entries.length !== asked) {
      throw new UnreadableAnswer(
        t(
          'log-probabilities of {0} tokens, where {1} were asked for,',
          written(entries.length),
          written(asked),
        ),
      );
    }
    if (sum > 1 + ROUNDING) throw wrongSum(sum);
  };
  return {
    entries,
    check,
    onEntry(id, logProbability) {
      checkId(id, vocabularySize);
      if (seen.has(id)) throw new UnreadableAnswer(t('token {0} twice', written(id)));
      if (logProbability > (entries.at(-1)?.logProbability ?? 0)) {
        throw new UnreadableAnswer(t('tokens that are not in the order of their probabilities'));
      }
      seen.add(id);
      entries.push({ id, logProbability });
      sum += Math.exp(logProbability);
    },
    end(length) {
      check();
      return { ...listedLogits(entries, vocabularySize), cache: { length } };
    },
  };
}

function checkId(id: number, vocabularySize: number): void {
  if (id < vocabularySize) return;
  throw new UnreadableAnswer(
    t('token {0}, though its ids are 0 to {1},', written(id), written(vocabularySize - 1)),
  );
}

function wrongSum(sum: number): UnreadableAnswer {
  return new UnreadableAnswer(t('probabilities whose sum is {0}', written(sum.toPrecision(4))));
}
