/** Texts that are given: vLLM says how probable each token of a prompt was, in one request for many tokens. */
import { setImmediate as turn } from 'node:timers/promises';
import type { ScoreOptions, TextScores } from '../../core/languageModel';
import { shownJson } from '../../core/shownJson';
import { planScoring, type ReadingWindow } from '../../core/textScores';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import { started } from '../startOfTexts';
import { inOrder, numberOf, placesOf, readChoices, type Choice } from './answers';
import { checkLogProbability } from './distributions';
import type { Wrong } from './problems';
import { NEUTRAL } from './request';
import type { VllmParts } from './vllmModel';

/** Bytes of what is said of one token, as a rule and at most: its text is among it. */
const ENTRY_BYTES = 80;
const MOST_ENTRY_BYTES = 1000;
/** Bytes that an answer is to have: a longer text is read in shorter windows. */
const ANSWER_BYTES = 16e6;

/** A token and its log-probability, with its rank from 1 where it is said. */
interface Said {
  readonly id: number;
  readonly logProbability: number;
  readonly rank: number | undefined;
}

/**
 * Scores a text of any length. Ranks are the server's.
 * @throws RangeError where logits are asked for.
 * @throws RemoteError
 */
export async function scoreText(
  parts: VllmParts,
  tokens: readonly number[],
  options: ScoreOptions,
  wrong: Wrong,
): Promise<TextScores> {
  const { name, contextLength, server } = parts.info;
  if (options.onLogits) {
    throw new RangeError(
      t(
        'The logits of a whole text cannot be had from {0}: a server says only how probable its tokens were. Choose a model of this machine.',
        name,
      ),
    );
  }
  const listed = Math.min(options.alternatives ?? 0, server!.listed);
  const most = Math.min(contextLength, Math.floor(ANSWER_BYTES / ((listed + 1) * ENTRY_BYTES)));
  const { windows, scores } = planScoring(tokens.length, most, {
    ...options,
    ...(options.overlap !== undefined && { overlap: Math.min(options.overlap, most - 1) }),
  });
  for (const window of windows) {
    const places = await readWindow(parts, tokens, window, listed, options.signal, wrong);
    places.forEach((said, i) => {
      write(scores, window.from + i, tokens[window.from + i]!, said, listed, wrong);
    });
    await turn();
    await options.onScored?.(scores, window.from, window.end + 1);
  }
  return scores;
}

/** What is said of the tokens that a window scores, in order. */
async function readWindow(
  { connection, model, info, tokenizer }: VllmParts,
  tokens: readonly number[],
  { start, end, from }: ReadingWindow,
  listed: number,
  signal: AbortSignal | undefined,
  wrong: Wrong,
): Promise<Said[][]> {
  // A prompt leaves room for one token. Where it takes all other room, the last token is the one that is made: the only
  // one allowed, with what the model says of it before that.
  const isMade = end - start + 1 > info.contextLength;
  const read = tokens.slice(start, isMade ? end : end + 1);
  const prompt = started(tokenizer.before, read);
  const json = await connection.json({
    path: '/v1/completions',
    body: {
      model,
      prompt,
      ...NEUTRAL,
      max_tokens: 1,
      prompt_logprobs: listed,
      logprobs: isMade ? listed : null,
      allowed_token_ids: isMade ? [tokens[end]!] : null,
    },
    what: t('the probabilities of a text'),
    mostBytes: 65_536 + prompt.length * (listed + 1) * MOST_ENTRY_BYTES,
    signal,
  });
  const [choice] = inOrder(readChoices(json, model, wrong), 1, wrong);
  const { prompt_logprobs: given } = choice!;
  if (given?.length !== prompt.length) {
    throw wrong(
      t(
        'log-probabilities of {0} tokens of a text that has {1}',
        written(given?.length ?? 0),
        written(prompt.length),
      ),
    );
  }
  const { vocabularySize } = info;
  const said = given
    .slice(prompt.length - read.length + from - start)
    .map((place) => saidOf(place, vocabularySize, wrong));
  return isMade ? [...said, saidOfMade(choice!, tokens[end]!, wrong)] : said;
}

function saidOf(place: unknown, vocabularySize: number, wrong: Wrong): Said[] {
  if (typeof place !== 'object' || place === null)
    throw wrong(t('{0} for a token of a text', shownJson(place)));
  return Object.entries(place).map(([name, entry]) => {
    const id = Number(name);
    if (!/^(0|[1-9]\d{0,8})$/.test(name) || id >= vocabularySize) {
      throw wrong(
        t(
          'token {0}, but the ids of its tokenizer are 0 to {1}',
          shownJson(name),
          written(vocabularySize - 1),
        ),
      );
    }
    const { logprob, rank } = (entry ?? {}) as { logprob?: unknown; rank?: unknown };
    const isRank = Number.isInteger(rank) && Number(rank) >= 1 && Number(rank) <= vocabularySize;
    return {
      id,
      logProbability: checkLogProbability(numberOf(logprob, t('token {0}', written(id)), wrong), id, wrong),
      rank: isRank ? Number(rank) : undefined,
    };
  });
}

function saidOfMade(choice: Choice, id: number, wrong: Wrong): Said[] {
  const [place] = placesOf(choice, wrong);
  if (place?.id !== id)
    throw wrong(
      place
        ? t('token {0} where only {1} was allowed', written(place.id), written(id))
        : t('no token where only {0} was allowed', written(id)),
    );
  const { ids, logProbabilities } = place.listed;
  return Array.from(ids, (listed, i) => ({
    id: listed,
    logProbability: checkLogProbability(logProbabilities[i]!, listed, wrong),
    rank: undefined,
  }));
}

/** @param listed how many of the best are known; the token itself is beyond them where there are more. */
function write(
  scores: TextScores,
  at: number,
  id: number,
  said: readonly Said[],
  listed: number,
  wrong: Wrong,
): void {
  const own = said.find((token) => token.id === id);
  if (!own) throw wrong(t('no log-probability of token {0} in a text that has it', written(id)));
  const { count, ids, logProbabilities } = scores.alternatives;
  const best = [...said].sort((a, b) => b.logProbability - a.logProbability || a.id - b.id);
  const known = said.length <= listed ? best.indexOf(own) : -1;
  scores.logProbabilities[at] = own.logProbability;
  scores.ranks[at] = own.rank === undefined ? known : own.rank - 1;
  best.slice(0, listed).forEach((token, i) => {
    ids[at * count + i] = token.id;
    logProbabilities[at * count + i] = token.logProbability;
  });
}
