/** Surprisal: how well the model predicted every token of a text, and what it would have preferred. */
import type { LanguageModel, TextScores, Vocabulary } from '../core/languageModel';
import type { Experiment, RunContext } from './experiment';
import { parameterObject, textValue, wholeNumber } from './parameters';

export interface SurprisalParameters {
  /** The text to read, together with what stands before the part of interest. */
  readonly text: string;
  /** UTF-16 offset from which tokens are reported; what is before is only read. */
  readonly from: number;
  /** Best tokens to report at every place, 0 to 100. */
  readonly alternatives: number;
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

export interface SurprisalEvent {
  readonly type: 'tokens';
  readonly tokens: SurprisalTokens;
  readonly done: number;
  readonly total: number;
}

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

/** @throws RangeError naming the parameter, its value and the allowed range */
export function parseSurprisal(value: unknown): SurprisalParameters {
  const given = parameterObject('Surprisal', value);
  const text = textValue('The text', given['text']);
  return {
    text,
    from: wholeNumber('The start of the reported part', given['from'], 0, text.length),
    alternatives: wholeNumber('The number of alternatives', given['alternatives'], 0, 100),
  };
}

/**
 * Surprisal as an experiment. The text is read after an end-of-text token, as at the start of a document, so
 * that its first token has a probability too. Long texts are read in overlapping windows.
 */
export const surprisal: Experiment<SurprisalParameters, SurprisalEvent, SurprisalResult> = {
  name: 'surprisal',
  parse: parseSurprisal,
  run,
};

async function run(
  model: LanguageModel,
  { text, from, alternatives }: SurprisalParameters,
  context: RunContext<SurprisalEvent>,
): Promise<SurprisalResult> {
  const { endOfText, id, fingerprint, precision } = model.info;
  if (model.score === undefined || endOfText === null) {
    throw new RangeError(
      `${model.info.name} cannot score a text: its logits do not depend on it. Choose a GPT-2 model.`,
    );
  }
  const ids = model.encode(text);
  const { starts, ends } = tokenSpans(text, ids, model.vocabulary);
  const first = starts.findIndex((_, i) => ends[i]! > from);
  const begin = first < 0 ? ids.length : first;
  const sum = { tokens: 0, nats: 0, histogram: [0, 0, 0, 0] as [number, number, number, number] };

  const report = (scores: TextScores, low: number, high: number): void => {
    // Scores are of the end-of-text token and then the text: token i of the text is i + 1 there.
    const a = Math.max(begin, low - 1);
    const b = high - 1;
    if (a >= b) return;
    for (let i = a; i < b; i++) {
      sum.tokens += 1;
      sum.nats -= scores.logProbabilities[i + 1]!;
      sum.histogram[rankClass(scores.ranks[i + 1]!)] += 1;
    }
    const { count } = scores.alternatives;
    context.emit({
      type: 'tokens',
      done: b - begin,
      total: ids.length - begin,
      tokens: {
        ids: Int32Array.from(ids.slice(a, b)),
        starts: starts.slice(a, b),
        ends: ends.slice(a, b),
        logProbabilities: scores.logProbabilities.slice(a + 1, b + 1),
        ranks: scores.ranks.slice(a + 1, b + 1),
        entropies: scores.entropies.slice(a + 1, b + 1),
        alternativeIds: scores.alternatives.ids.slice((a + 1) * count, (b + 1) * count),
        alternativeLogProbabilities: scores.alternatives.logProbabilities.slice(
          (a + 1) * count,
          (b + 1) * count,
        ),
      },
    });
  };

  if (begin < ids.length) {
    await context.pause();
    try {
      await model.score([endOfText, ...ids], {
        alternatives,
        onScored: report,
        signal: context.signal,
      });
    } catch (error) {
      // A stop is no error: what was scored so far has been sent, and is summed up below.
      if (!context.signal.aborted) throw error;
    }
  }
  const mean = sum.nats / sum.tokens;
  const characters = Array.from(text.slice(from)).length;
  return {
    tokens: sum.tokens,
    meanSurprisal: mean,
    perplexity: Math.exp(mean),
    bitsPerCharacter: sum.nats / Math.LN2 / characters,
    rankHistogram: sum.histogram,
    model: id,
    fingerprint,
    precision,
  };
}
