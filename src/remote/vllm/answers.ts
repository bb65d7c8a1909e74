/** Answers of `/v1/completions`, which nobody vouches for. */
import * as v from 'valibot';
import { parseBoundedJson } from '../../core/boundedJson';
import { shownJson } from '../../core/shownJson';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import type { Wrong } from './problems';
import { MAP, readTokenMap, splitAnswer, type TokenMap } from './tokenMaps';

const placeSchema = v.nullable(v.record(v.string(), v.unknown()));

const choiceSchema = v.object({
  index: v.number(),
  finish_reason: v.nullish(v.string()),
  logprobs: v.nullish(v.object({ tokens: v.array(v.string()), top_logprobs: v.array(placeSchema) })),
  token_ids: v.nullish(v.array(v.number())),
  prompt_logprobs: v.nullish(v.array(v.unknown())),
});
/** One text. */
export type Choice = v.InferOutput<typeof choiceSchema>;

const answerSchema = v.object({ model: v.string(), choices: v.array(choiceSchema) });

/** One place of a text: the token that was taken, and what was said of it and others. */
export interface Place {
  readonly id: number;
  readonly listed: TokenMap;
}

/**
 * Reads an answer, or an event of a stream.
 * @param model whose answer it has to be.
 * @returns its texts, in any order.
 */
export function readChoices(json: unknown, model: string, wrong: Wrong): readonly Choice[] {
  const read = v.safeParse(answerSchema, json);
  if (!read.success) {
    const [issue] = read.issues;
    const where = v.getDotPath(issue) ?? '';
    throw wrong(
      where === '' ? t('no completion') : t('a completion whose {0} is {1}', where, shownJson(issue.input)),
    );
  }
  const { model: answered, choices } = read.output;
  if (answered !== model)
    throw wrong(t('the model {0}, but {1} was asked', shownJson(answered), shownJson(model)));
  return choices;
}

/** Texts by their numbers: each once, none missing. */
export function inOrder(choices: readonly Choice[], count: number, wrong: Wrong): readonly Choice[] {
  const ordered = Array.from({ length: count }, (_, i) => choices.find(({ index }) => index === i));
  const missing = ordered.indexOf(undefined);
  if (missing >= 0) throw wrong(t('nothing for text {0} of {1}', written(missing + 1), written(count)));
  if (choices.length > count)
    throw wrong(t('{0} texts where {1} were asked for', written(choices.length), written(count)));
  return ordered.map((choice) => choice!);
}

/** A large answer: its texts, and the log-probabilities at each one's first place, which are read when they are asked for. */
export function readLargeAnswer(
  bytes: Uint8Array,
  model: string,
  count: number,
  wrong: Wrong,
): readonly (() => TokenMap)[] {
  const { outline, maps } = splitAnswer(bytes);
  const json = parseBoundedJson(outline, (what) => wrong(t('text that {0}', what)));
  return inOrder(readChoices(json, model, wrong), count, wrong).map(({ logprobs }) => () => {
    const first = logprobs?.top_logprobs[0];
    const map = first && maps[Number(first[MAP])];
    if (first && !map) throw wrong(t('tokens by their texts ({0}), not by their ids', shownJson(first)));
    if (!map) throw wrong(t('no log-probabilities'));
    const read = readTokenMap(map);
    if (typeof read === 'string')
      throw wrong(t('{0} in place of a token’s log-probability', shownJson(read)));
    return read;
  });
}

/** The places of a text that an answer, or an event of a stream, brings; none where it has no log-probabilities. */
export function placesOf({ logprobs, token_ids: ids }: Choice, wrong: Wrong): readonly Place[] {
  const { tokens = [], top_logprobs: listed = [] } = logprobs ?? {};
  if (tokens.length !== listed.length || (ids && ids.length !== tokens.length)) {
    throw wrong(
      t(
        '{0} tokens, {1} of them named, and log-probabilities of {2}',
        written(ids?.length ?? tokens.length),
        written(tokens.length),
        written(listed.length),
      ),
    );
  }
  return tokens.map((token, i) => {
    const id = idOf(token, wrong);
    if (ids && ids[i] !== id) throw wrong(t('token {0} under the name {1}', written(ids[i]!), token));
    const entries = Object.entries(listed[i] ?? {});
    return {
      id,
      listed: {
        ids: Int32Array.from(entries, ([name]) => idOf(name, wrong)),
        logProbabilities: Float64Array.from(entries, ([name, value]) => numberOf(value, name, wrong)),
      },
    };
  });
}

/** A log-probability, which is a number. */
export function numberOf(value: unknown, name: string, wrong: Wrong): number {
  if (typeof value === 'number') return value;
  throw wrong(t('{0} as the log-probability of {1}', shownJson(value), name));
}

/** The id in `token_id:N`. */
function idOf(name: string, wrong: Wrong): number {
  const id = /^token_id:(0|[1-9]\d{0,8})$/.exec(name)?.[1];
  if (id === undefined) throw wrong(t('tokens by their texts ({0}), not by their ids', shownJson(name)));
  return Number(id);
}
