/** Surprisal: how well the model predicted every token of a text, and what it would have preferred. */
import type { LanguageModel, TextScores, Vocabulary } from '../../core/languageModel';
import type { Experiment, RunContext } from '../kit/experiment';
import { parameterObject, show, textValue, wholeNumber } from '../kit/checks';
import { scoringWindows, windowKey } from './windows';
import { startNotes, startText } from '../kit/textStart';

export interface SurprisalParameters {
  /** The text, from the beginning: what is before the part of interest is read, what is behind decides its windows. */
  readonly text: string;
  /** UTF-16 offsets between which tokens are reported. */
  readonly from: number;
  readonly to: number;
  /** Best tokens to report at every place, 0 to 100. */
  readonly alternatives: number;
  /** Windows whose scores the asker has from an earlier run: they are named, not scored again. */
  readonly known: readonly string[];
}

/** A run of scored tokens, each array one entry per token. */
export interface SurprisalTokens {
  readonly ids: Int32Array;
  /** UTF-16 offset at which each token's first character begins. */
  readonly starts: Int32Array;
  /** UTF-16 offset behind each token's last character; tokens that share a character overlap there. */
  readonly ends: Int32Array;
  /** Natural log of the probability. */
  readonly logProbabilities: Float64Array;
  /** 0 = most probable. */
  readonly ranks: Int32Array;
  /** Nats. */
  readonly entropies: Float64Array;
  /** `alternatives` ids per token, most probable first, and the natural logs of their probabilities. */
  readonly alternativeIds: Int32Array;
  readonly alternativeLogProbabilities: Float64Array;
}

/** Tokens in the order of the text. A window's scores depend on nothing but what its name stands for. */
export type SurprisalEvent = {
  readonly window: string;
  /** Tokens reported so far, these among them, and all that will be. */
  readonly done: number;
  readonly total: number;
} & (
  | {
      readonly type: 'tokens';
      readonly tokens: SurprisalTokens;
      /** Whether the window ends with these. */
      readonly last: boolean;
    }
  /** A window that the asker knows: where its tokens stand now. */
  | { readonly type: 'known'; readonly starts: Int32Array; readonly ends: Int32Array }
);

/** Of the tokens that were scored, without those of known windows. */
export interface SurprisalResult {
  readonly tokens: number;
  /** Mean of the negative log-probabilities, nats per token; NaN without a token. */
  readonly meanSurprisal: number;
  /** exp(meanSurprisal). */
  readonly perplexity: number;
  /** Total surprisal in bits over the number of characters (code points) of the reported text. */
  readonly bitsPerCharacter: number;
  /** Tokens among the 10, 100, 1000 best, and beyond. */
  readonly rankHistogram: readonly [number, number, number, number];
  /** Sentences a person should read about what could not be scored. */
  readonly notes: readonly string[];
  readonly model: string;
  readonly fingerprint: string;
  readonly precision: string;
}

/** The ranks at which the colour classes of the heat map end. */
export const RANK_LIMITS = [10, 100, 1000] as const;

/** The class of a rank: 0 for the top 10, 1 for the top 100, 2 for the top 1000, 3 beyond. */
export function rankClass(rank: number): 0 | 1 | 2 | 3 {
  return rank < RANK_LIMITS[0] ? 0 : rank < RANK_LIMITS[1] ? 1 : rank < RANK_LIMITS[2] ? 2 : 3;
}

/**
 * Where each token of a text stands in it. A byte-level token may begin or end inside a character: it then
 * covers that whole character.
 * @returns UTF-16 offsets, one pair per token
 */
export function tokenSpans(
  text: string,
  ids: readonly number[],
  { offsets }: Vocabulary,
): { starts: Int32Array; ends: Int32Array } {
  const starts = new Int32Array(ids.length);
  const ends = new Int32Array(ids.length);
  // The character that holds byte `byte` begins at UTF-16 offset `unit`, and at byte `first` of the text.
  let unit = 0;
  let first = 0;
  let byte = 0;
  const sizeAt = (at: number): { units: number; bytes: number } => {
    const point = text.codePointAt(at) ?? 0;
    const bytes = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    return { units: bytes === 4 ? 2 : 1, bytes };
  };
  ids.forEach((id, i) => {
    starts[i] = unit;
    byte += offsets[id + 1]! - offsets[id]!;
    let end = unit;
    while (unit < text.length) {
      const size = sizeAt(unit);
      if (first + size.bytes > byte) {
        if (first < byte) end = unit + size.units;
        break;
      }
      first += size.bytes;
      unit += size.units;
      end = unit;
    }
    ends[i] = end;
  });
  return { starts, ends };
}

/** Longest text that is read for a part of it. */
const MOST_CHARACTERS = 20_000_000;

/** The tokens of a text and where they stand in it: by the model's own word where its tokens' bytes do not say it. */
export function placeTokens(
  model: Pick<LanguageModel, 'encode' | 'tokenize' | 'vocabulary'>,
  text: string,
): { ids: readonly number[]; starts: Int32Array; ends: Int32Array } {
  const placed = model.tokenize?.(text);
  if (placed) {
    return { ids: placed.ids, starts: Int32Array.from(placed.starts), ends: Int32Array.from(placed.ends) };
  }
  const ids = model.encode(text);
  return { ids, ...tokenSpans(text, ids, model.vocabulary) };
}

/** @throws RangeError naming the parameter, its value and the allowed range */
export function parseSurprisal(value: unknown): SurprisalParameters {
  const given = parameterObject('Surprisal', value);
  const text = textValue('The text', given['text']);
  if (text.length > MOST_CHARACTERS) {
    throw new RangeError(
      `The text has ${text.length.toLocaleString('en-US')} characters; at most ${MOST_CHARACTERS.toLocaleString('en-US')} can be read. Use a part of it.`,
    );
  }
  const known: unknown = given['known'] ?? [];
  if (!Array.isArray(known) || !known.every((name) => typeof name === 'string')) {
    throw new RangeError(`The known windows are ${show(known)}; they must be a list of names.`);
  }
  const from = wholeNumber('The start of the reported part', given['from'], 0, text.length);
  return {
    text,
    from,
    to: wholeNumber('The end of the reported part', given['to'] ?? text.length, from, text.length),
    alternatives: wholeNumber('The number of alternatives', given['alternatives'], 0, 100),
    known,
  };
}

/**
 * Surprisal as an experiment. The text is read after the token that stands before a text, as at the start of a
 * document, so that its first token has a probability too; where the model has none, that token has no value. Long
 * texts are read in overlapping windows that are a function of the whole text, so that a token's scores do not depend
 * on the part that is asked for.
 */
export const surprisal: Experiment<SurprisalParameters, SurprisalEvent, SurprisalResult> = {
  name: 'surprisal',
  parse: parseSurprisal,
  run,
};

async function run(
  model: LanguageModel,
  parameters: SurprisalParameters,
  context: RunContext<SurprisalEvent>,
): Promise<SurprisalResult> {
  const { id, name, contextLength, fingerprint, precision } = model.info;
  if (model.score === undefined) {
    throw new RangeError(
      `${name} cannot score a text: its logits do not depend on it. Choose a GPT-2 model.`,
    );
  }
  const { text, from, to, alternatives } = parameters;
  const { ids, starts, ends } = placeTokens(model, text);
  // Windows are of what is read: token i of the text is i + lead there.
  const read = startText(model, ids);
  const lead = read.length - ids.length;
  const begin = firstWhere(ids.length, (i) => ends[i]! > from);
  const end = firstWhere(ids.length, (i) => starts[i]! >= to);
  const windows = scoringWindows(read, contextLength).flatMap((window) => {
    const part = {
      ...window,
      from: Math.max(window.from, begin + lead),
      end: Math.min(window.end, end + lead),
    };
    return part.from < part.end ? [part] : [];
  });
  // What nothing stands before is predicted by nothing.
  const unscored = lead === 0 && begin === 0 && end > 0;
  const total = windows.reduce((sum, window) => sum + window.end - window.from, 0);
  const known = new Set(parameters.known);
  const sum = { tokens: 0, nats: 0, histogram: [0, 0, 0, 0] as [number, number, number, number] };
  let done = 0;

  for (const { start, ...window } of windows) {
    await context.pause();
    if (context.signal.aborted) break;
    const key = windowKey(read, { start, ...window });
    if (known.has(key)) {
      const [a, b] = [window.from - lead, window.end - lead];
      done += b - a;
      context.emit({
        type: 'known',
        window: key,
        starts: starts.slice(a, b),
        ends: ends.slice(a, b),
        done,
        total,
      });
      continue;
    }
    const report = async (scores: TextScores, low: number, high: number): Promise<void> => {
      const { count } = scores.alternatives;
      // Index of a token in the text, of one in the window.
      const [a, b] = [start + low - lead, start + high - lead];
      for (let i = low; i < high; i++) {
        sum.tokens += 1;
        sum.nats -= scores.logProbabilities[i]!;
        sum.histogram[rankClass(scores.ranks[i]!)] += 1;
      }
      done += b - a;
      context.emit({
        type: 'tokens',
        window: key,
        last: start + high === window.end,
        done,
        total,
        tokens: {
          ids: Int32Array.from(ids.slice(a, b)),
          starts: starts.slice(a, b),
          ends: ends.slice(a, b),
          logProbabilities: scores.logProbabilities.slice(low, high),
          ranks: scores.ranks.slice(low, high),
          entropies: scores.entropies.slice(low, high),
          alternativeIds: scores.alternatives.ids.slice(low * count, high * count),
          alternativeLogProbabilities: scores.alternatives.logProbabilities.slice(low * count, high * count),
        },
      });
      await context.pause();
    };
    const { signal } = context;
    const options = { from: window.from - start, alternatives, onScored: report, signal };
    await untilStopped(signal, model.score(read.slice(start, window.end), options));
  }
  const mean = sum.nats / sum.tokens;
  const characters = Array.from(text.slice(unscored ? (starts[1] ?? to) : from, to)).length;
  return {
    tokens: sum.tokens,
    meanSurprisal: mean,
    perplexity: Math.exp(mean),
    bitsPerCharacter: sum.nats / Math.LN2 / characters,
    rankHistogram: sum.histogram,
    notes: unscored ? startNotes(model) : [],
    model: id,
    fingerprint,
    precision,
  };
}

/** A stop is no error: what was scored so far has been sent, and is summed up. */
async function untilStopped(signal: AbortSignal, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** The first index for which something holds that then holds for all; `length` where there is none. */
function firstWhere(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
