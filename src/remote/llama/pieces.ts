/** What a stream of llama-server says of the tokens that are drawn. */
import * as v from 'valibot';
import type { NextToken, Vocabulary } from '../../core/languageModel';
import { listedLogits, type TokenLogProbability } from '../../core/listed';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import { checkLogProbability, UnreadableAnswer } from './entries';

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const one = { id, logprob: v.number() };

const pieceSchema = v.object({
  content: v.string(),
  tokens: v.array(id),
  stop: v.boolean(),
  stop_type: v.optional(v.string()),
  tokens_predicted: id,
  model: v.optional(v.string()),
  completion_probabilities: v.optional(v.array(v.object({ ...one, top_logprobs: v.array(v.object(one)) }))),
});

/** One event: the tokens that have become text, or the end. */
export type Piece = v.InferOutput<typeof pieceSchema>;

/** @throws UnreadableAnswer */
export function readPiece(event: unknown, vocabularySize: number): Piece {
  const read = v.safeParse(pieceSchema, event);
  if (!read.success) throw new UnreadableAnswer(t('what cannot be read ({0})', read.issues[0].message));
  const outside = read.output.tokens.find((token) => token >= vocabularySize);
  if (outside === undefined) return read.output;
  throw new UnreadableAnswer(
    t('token {0}, though its ids are 0 to {1},', written(outside), written(vocabularySize - 1)),
  );
}

/**
 * What a piece says of its last token, the only one of which it says something.
 * @param length tokens before that one.
 * @throws UnreadableAnswer
 */
export function nextIn(
  { tokens, completion_probabilities }: Piece,
  vocabularySize: number,
  length: number,
): NextToken | undefined {
  const entry = completion_probabilities?.at(-1);
  if (!entry || entry.id !== tokens.at(-1)) return undefined;
  const listed = new Map<number, TokenLogProbability>();
  let sum = 0;
  for (const { id, logprob } of [...entry.top_logprobs, entry]) {
    if (listed.has(id)) continue;
    if (id >= vocabularySize) {
      throw new UnreadableAnswer(
        t('token {0}, though its ids are 0 to {1},', written(id), written(vocabularySize - 1)),
      );
    }
    const logProbability = checkLogProbability(id, logprob);
    listed.set(id, { id, logProbability });
    sum += Math.exp(logProbability);
  }
  if (sum > 1.01)
    throw new UnreadableAnswer(t('probabilities whose sum is {0}', written(sum.toPrecision(4))));
  return {
    ...listedLogits([...listed.values()], vocabularySize, entry.top_logprobs.length),
    cache: { length },
  };
}

/** Ways to cut bytes that are looked at. */
const MOST_WAYS = 10_000;

/**
 * The tokens that have some bytes together, where only one row of so many tokens has them: of those that begin a
 * character a stream names only the last, but tells the whole character.
 */
export function onlyTokensOf(
  wanted: Uint8Array,
  count: number,
  { bytes, offsets }: Vocabulary,
): number[] | undefined {
  const fits: { readonly id: number; readonly from: number; readonly to: number }[] = [];
  const all = Buffer.from(wanted);
  for (let id = 0; id + 1 < offsets.length; id++) {
    const token = bytes.subarray(offsets[id], offsets[id + 1]);
    if (token.length === 0 || token.length > wanted.length) continue;
    for (let at = all.indexOf(token); at !== -1; at = all.indexOf(token, at + 1)) {
      fits.push({ id, from: at, to: at + token.length });
    }
  }
  const found: number[][] = [];
  let ways = 0;
  const extend = (row: readonly number[], at: number): void => {
    if (found.length > 1 || ++ways > MOST_WAYS) return;
    if (row.length === count) {
      if (at === wanted.length) found.push([...row]);
      return;
    }
    for (const { id, from, to } of fits) if (from === at) extend([...row, id], to);
  };
  extend([], 0);
  return found.length === 1 && ways <= MOST_WAYS ? found[0] : undefined;
}
