/** The target on a server that lists only some tokens: exact at temperature 1, between limits at all others. */
import type { LanguageModel, NextToken } from '../../core/languageModel';
import { listedLogits } from '../../core/listed';
import { ListedState } from '../../core/samplers/listedState';
import { binomialInterval } from '../../core/statistics/binomial';
import { wilsonInterval } from '../../core/statistics/interval';
import { CooperativeYield } from '../kit/cooperativeYield';
import type { Drawing } from '../kit/drawing';
import { t } from '../../l10n/language';
import { breakOff, type RunContext } from '../kit/experiment';
import { listAll, listsOnly } from '../kit/listing';
import { logitsOf } from '../kit/readPrompt';
import { resultToken } from '../kit/results';
import { drawTargets, type TargetDraws } from './draws';
import { grid } from './exact';
import type { TemperatureParameters } from './parameters';
import type { ListedRow, ListedTemperature, TemperatureEvent, TemperatureResult } from './result';
import { drawTargetsThere, whoDraws } from './serverDraws';
import { spell, Tokenizations } from './tokenizations';

/** Tokens that have rows of their own beside the target's first. */
const TOP = 10;

interface Limits {
  readonly least: number;
  readonly most: number;
}

const NOTHING: Limits = { least: 0, most: 0 };

/** The target in tokens, and what is said at the place of each: listed are the server's tokens and the target's own. */
export interface ListedTarget {
  readonly tokens: readonly number[];
  readonly places: readonly NextToken[];
  /** How many of its tokens the server does not list, so that the text had to be scored. */
  readonly scored: number;
}

interface Measured {
  readonly listed: ListedTemperature;
  readonly drawing: Drawing;
}

/** A text in the tokenizer's own tokens. @returns undefined where none spell it */
export async function ownTokens(model: LanguageModel, text: string): Promise<number[] | undefined> {
  const { bytes, offsets } = model.vocabulary;
  const wanted = new TextEncoder().encode(text);
  const ids = await model.encode(text);
  const written = ids.flatMap((id) => Array.from(bytes.subarray(offsets[id], offsets[id + 1])));
  const same = written.length === wanted.length && written.every((byte, i) => byte === wanted[i]);
  // Some tokenizers put a space before every text.
  return same ? ids : spell(model.vocabulary, wanted);
}

/**
 * @param first the model's answer to the prompt
 * @param tokens the target's
 * @returns undefined when a user stopped it
 * @throws RangeError where a token is not listed and the backend scores no texts
 */
export async function readListed(
  model: LanguageModel,
  prompt: readonly number[],
  first: NextToken,
  tokens: readonly number[],
  { signal }: Pick<RunContext<never>, 'signal'>,
): Promise<ListedTarget | undefined> {
  try {
    const contexts = tokens
      .slice(1)
      .map((_, i) => ({ tokens: [...prompt, ...tokens.slice(0, i + 1)], cache: first.cache }));
    const after = contexts.length > 0 ? await model.next(contexts, signal) : [];
    const places = [first, ...after];
    const isListed = (id: number, at: number): boolean => places[at]!.listed!.ids.includes(id);
    const scored = tokens.filter((id, at) => !isListed(id, at)).length;
    if (scored === 0) return { tokens, places, scored };
    if (!model.score) {
      throw new RangeError(
        t(
          'The target has a token that is not listed at its place: {0}. Choose a more probable word, or {1}.',
          listsOnly(model.info),
          listAll(model.info),
        ),
      );
    }
    const from = prompt.length;
    const { logProbabilities } = await model.score([...prompt, ...tokens], { from, signal });
    const known = tokens.map((id, at) =>
      isListed(id, at) ? places[at]! : alsoListing(places[at]!, id, logProbabilities[from + at]!),
    );
    return { tokens, places: known, scored };
  } catch (error) {
    // Where nothing has come yet, a failure has nothing to leave.
    breakOff({ signal }, error);
    return undefined;
  }
}

/** An answer with one more token listed, which is not among its best. */
function alsoListing(next: NextToken, id: number, logProbability: number): NextToken {
  const { ids, bound } = next.listed!;
  const logits = logitsOf(next);
  const known = Array.from(ids, (one) => ({ id: one, logProbability: logits[one]! }));
  const more = listedLogits([...known, { id, logProbability }], logits.length);
  return { ...next, ...more, listed: { ...more.listed, bound } };
}

/** Between which limits a temperature puts the probability of every listed token; exact at temperature 1. */
function limitsAt(next: NextToken, temperature: number): (id: number) => Limits {
  const { ids, mass, bound } = next.listed!;
  const logits = logitsOf(next);
  if (temperature === 1) {
    return (id) => {
      const p = Math.exp(logits[id]!);
      return { least: p, most: p };
    };
  }
  const possible = Array.from(ids, (id) => ({ id, logit: logits[id]! })).filter(
    ({ logit }) => logit > -Infinity,
  );
  const state = new ListedState(possible, { rest: 1 - mass, bound, others: logits.length - ids.length });
  state.divide(temperature);
  const limits = state.probabilities();
  return (id) => {
    const found = limits.get(id);
    return found ? { least: found.low, most: Math.min(1, found.high) } : NOTHING;
  };
}

function targetAt({ tokens, places }: Pick<ListedTarget, 'tokens' | 'places'>, temperature: number): Limits {
  return tokens.reduce(
    ({ least, most }, id, at) => {
      const here = limitsAt(places[at]!, temperature)(id);
      return { least: least * here.least, most: most * here.most };
    },
    { least: 1, most: 1 },
  );
}

/**
 * What is known of the target at each temperature, and what draws give: the server's wherever it draws, or those of
 * this machine at temperature 1, which alone needs no token that is not listed.
 * @param temperatures in ascending order
 * @returns undefined when a user stopped it before there were figures
 */
export async function measureListed(
  model: LanguageModel,
  prompt: readonly number[],
  target: ListedTarget,
  temperatures: readonly number[],
  parameters: TemperatureParameters,
  context: RunContext<TemperatureEvent>,
): Promise<Measured | undefined> {
  const turns = new CooperativeYield(context);
  const curve: ListedTemperature['curve'] = { temperatures: grid(temperatures), least: [], most: [] };
  for (const temperature of curve.temperatures) {
    if (!(await turns.giveWay())) return undefined;
    const { least, most } = targetAt(target, temperature);
    curve.least.push(least);
    curve.most.push(most);
  }
  const tree = Tokenizations.along(target.places.map(logitsOf), target.tokens);
  const whoAt = (of: readonly number[]): Drawing => whoDraws(model, parameters, of, target.tokens.length);
  // A server need not take every temperature.
  const apart = temperatures.map((temperature) => whoAt([temperature]));
  const takenThere = temperatures.filter((_, i) => apart[i]!.drawnBy === 'server');
  const there = takenThere.length > 0;
  const drawing = there ? ({ drawnBy: 'server' } as const) : whoAt(temperatures);
  const reason = there
    ? apart.find(({ notDrawnThere }) => notDrawnThere !== undefined)?.notDrawnThere
    : undefined;
  const drawable = there ? takenThere : temperatures.filter((temperature) => temperature === 1);
  const order = { draws: parameters.draws, seed: parameters.seed, common: false };
  const onDone = (done: number): void => {
    context.emit({
      type: 'progress',
      done,
      total: drawable.length * order.draws,
      what: t({ message: 'draws', comment: 'how many' }),
    });
  };
  const drawn = there
    ? await drawTargetsThere(model, prompt, tree, drawable, order, context, onDone)
    : await drawTargets(tree, drawable, order, turns, onDone);
  const rows = temperatures.map((temperature) =>
    rowOf(model, target, temperature, drawn[drawable.indexOf(temperature)]),
  );
  return {
    listed: {
      rows,
      scored: target.scored,
      curve,
      ...(reason !== undefined && {
        refused: {
          temperatures: temperatures.filter((temperature) => !takenThere.includes(temperature)),
          reason,
        },
      }),
    },
    drawing,
  };
}

/** The target's own tokens as the only way to write it, and what becomes of it as T → 0 and as T → ∞. */
export function onlyWay(
  model: LanguageModel,
  { tokens, places }: Pick<ListedTarget, 'tokens' | 'places'>,
): Pick<TemperatureResult, 'ways' | 'wayCount' | 'limits'> {
  const size = model.info.vocabularySize;
  const best = places.map((next) => {
    const logits = logitsOf(next);
    const [first = 0] = next.listed!.ids;
    return next.listed!.ids.filter((id) => logits[id] === logits[first]);
  });
  const ways = [
    {
      tokens: tokens.map((id) => resultToken(model, id)),
      probability: targetAt({ tokens, places }, 1).least,
    },
  ];
  return {
    ways,
    wayCount: 1,
    limits: {
      zero: {
        probability: tokens.reduce((p, id, at) => p * (best[at]!.includes(id) ? 1 / best[at]!.length : 0), 1),
        entropy: Math.log(best[0]!.length),
        best: Array.from(best[0]!.subarray(0, TOP), (id) => resultToken(model, id)),
      },
      infinity: { probability: size ** -tokens.length, entropy: Math.log(size) },
    },
  };
}

function rowOf(
  model: LanguageModel,
  target: ListedTarget,
  temperature: number,
  drawn: TargetDraws | undefined,
): ListedRow {
  const { draws = 0, count = 0 } = drawn ?? {};
  const [next, first] = [target.places[0]!, target.tokens[0]!];
  const limits = limitsAt(next, temperature);
  const best = Array.from(next.listed!.ids.subarray(0, TOP));
  const shown = best.includes(first) ? best : [...best, first];
  const tokens = shown.map((id) => {
    const times = drawn?.tokens[id] ?? 0;
    return { token: resultToken(model, id), ...limits(id), count: times, ...wilsonInterval(times, draws) };
  });
  const sumOf = (of: (row: (typeof tokens)[number]) => number): number =>
    tokens.reduce((sum, row) => sum + of(row), 0);
  const others = draws - sumOf((row) => row.count);
  const { least, most } = targetAt(target, temperature);
  return {
    temperature,
    least,
    most,
    draws,
    count,
    ...wilsonInterval(count, draws),
    expectedLow: binomialInterval(Math.min(1, least), draws).low,
    expectedHigh: binomialInterval(Math.min(1, most), draws).high,
    tokens: [
      ...tokens,
      {
        token: null,
        least: Math.max(0, 1 - sumOf((row) => row.most)),
        most: Math.max(0, 1 - sumOf((row) => row.least)),
        count: others,
        ...wilsonInterval(others, draws),
      },
    ],
  };
}
