/**
 * Texts that are given. llama-server does not say how probable the tokens of a prompt were: each is asked for by a
 * request of its own, in which it is the one that is taken. The server keeps what it has read, so each costs it a
 * step, not the whole text.
 */
import { isUtf8 } from 'node:buffer';
import type { ScoreOptions, TextScores } from '../../core/languageModel';
import type { TokenLogProbability } from '../../core/listed';
import { planScoring } from '../../core/textScores';
import { t } from '../../l10n/language';
import { started } from '../startOfTexts';
import { partListing } from './distributions';
import { UnreadableAnswer } from './entries';
import type { LlamaParts } from './llamaModel';

/** Tokens that are listed beside the given one: within them its rank is known. */
const RANKED = 100;

/** Requests after which what is known is told, for each slot of the server. */
const ROUND = 4;

/**
 * Scores a text of any length.
 * @throws RangeError where logits are asked for.
 * @throws RemoteError
 */
export async function scoreText(
  parts: LlamaParts,
  tokens: readonly number[],
  options: ScoreOptions,
): Promise<TextScores> {
  const { info, slots } = parts;
  if (options.onLogits) {
    throw new RangeError(
      t(
        'The logits of a whole text cannot be had from {0}: a server says only how probable its tokens were. Choose a model of this machine.',
        info.name,
      ),
    );
  }
  const { windows, scores } = planScoring(tokens.length, info.contextLength, options);
  for (const { start, end, from } of windows) {
    const together = ROUND * slots.count;
    for (let first = from; first <= end; first += together) {
      const places = Array.from({ length: Math.min(together, end + 1 - first) }, (_, i) => first + i);
      const found = await slots.each(
        places,
        (at, signal) => placeOf(parts, tokens.slice(start, at), tokens[at]!, signal),
        options.signal,
      );
      places.forEach((at, i) => {
        write(scores, at, tokens[at]!, found[i]!);
      });
      await options.onScored?.(scores, first, first + places.length);
    }
  }
  return scores;
}

interface Place {
  readonly logProbability: number;
  /** The most probable tokens there, in order. */
  readonly best: readonly TokenLogProbability[];
}

async function placeOf(
  { server, info, tokenizer, letter }: LlamaParts,
  context: readonly number[],
  id: number,
  signal: AbortSignal,
): Promise<Place> {
  const { vocabularySize } = info;
  const { bytes, offsets } = tokenizer.vocabulary;
  // No entry is made for a part of a character: another token is taken then, and this one is looked for in the list.
  const isWhole = isUtf8(bytes.subarray(offsets[id], offsets[id + 1]));
  const listed = isWhole ? Math.min(RANKED, vocabularySize) : vocabularySize;
  const listing = partListing(vocabularySize, listed);
  const what = t('the probability of a token');
  const taken = isWhole ? id : letter;
  const prompt = started(tokenizer.before, context);
  const entry = await server.ask({ prompt, taken, listed, what, signal }, listing.onEntry);
  return server.readable(what, () => {
    listing.check();
    const best = listing.entries;
    const own = isWhole ? entry : best.find((token) => token.id === id);
    if (!own) throw new UnreadableAnswer(t('no log-probability'));
    return { logProbability: own.logProbability, best };
  });
}

function write(scores: TextScores, at: number, id: number, { logProbability, best }: Place): void {
  const { count, ids, logProbabilities } = scores.alternatives;
  scores.logProbabilities[at] = logProbability;
  scores.ranks[at] = best.findIndex((token) => token.id === id);
  best.slice(0, count).forEach((token, i) => {
    ids[at * count + i] = token.id;
    logProbabilities[at * count + i] = token.logProbability;
  });
}
