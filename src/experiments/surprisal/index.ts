/** Surprisal: how well the model predicted every token of a text, and what it would have preferred. */
import { t } from '../../l10n/language';
import type { LanguageModel, TextScores } from '../../core/languageModel';
import { onModel, type RunContext } from '../kit/experiment';
import { scoringWindows, windowKey } from './windows';
import { startNotes, startText } from '../kit/textStart';
import { placeTokens } from '../kit/tokenSpans';
import {
  rankClass,
  surprisalEventSchema,
  surprisalResultSchema,
  type SurprisalEvent,
  type SurprisalResult,
} from './result';

import { surprisalParameters, type SurprisalParameters } from './parameters';

/**
 * Surprisal as an experiment. The text is read after the token that stands before a text, as at the start of a
 * document, so that its first token has a probability too; where the model has none, that token has no value. Long
 * texts are read in overlapping windows that are a function of the whole text, so that a token's scores do not depend
 * on the part that is asked for.
 */
export const surprisal = onModel<SurprisalParameters, SurprisalEvent, SurprisalResult>({
  parse: surprisalParameters.parse,
  events: surprisalEventSchema,
  result: surprisalResultSchema,
  run,
});

async function run(
  model: LanguageModel,
  parameters: SurprisalParameters,
  context: RunContext<SurprisalEvent>,
): Promise<SurprisalResult> {
  const { id, name, contextLength, fingerprint, precision } = model.info;
  if (model.score === undefined) {
    throw new RangeError(
      t('{0} cannot score a text: its logits do not depend on it. Choose a GPT-2 model.', name),
    );
  }
  const { text, from, to, alternatives } = parameters;
  const { ids, starts, ends } = await placeTokens(model, text);
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
        const rank = scores.ranks[i]!;
        if (rank >= 0) sum.histogram[rankClass(rank)] += 1;
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
