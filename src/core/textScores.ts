/** How a text of any length is read in windows, and where what is found is written. */
import type { ScoreOptions, TextScores } from './languageModel';
import { t } from '../l10n/language';
import { asGiven } from '../l10n/numbers';

const MOST_ALTERNATIVES = 100;

/** Tokens `start` up to `end` are read; they predict those from `from` up to and with `end`, which are scored. */
export interface ReadingWindow {
  readonly start: number;
  readonly end: number;
  readonly from: number;
}

export interface ScoringPlan {
  /** In the order of the text. */
  readonly windows: readonly ReadingWindow[];
  /** Without any value yet. */
  readonly scores: TextScores;
}

/**
 * Overlapping windows over a text: each is a text of its own to the model, and only tokens that no earlier window
 * scored are taken from it. One that fits is read in one window.
 * @param contextLength most tokens that a window may read.
 * @throws RangeError when an option is out of range.
 */
export function planScoring(
  length: number,
  contextLength: number,
  { alternatives = 0, overlap = contextLength >> 1, from = 1 }: ScoreOptions,
): ScoringPlan {
  checkRange('alternatives', alternatives, MOST_ALTERNATIVES);
  checkRange('overlap', overlap, contextLength - 1);
  checkRange('from', from, Math.max(1, length));
  const windows: ReadingWindow[] = [];
  let scored = Math.max(1, from);
  for (let start = 0; scored < length; start += contextLength - overlap) {
    // The last token of the text predicts nothing, and a window that ends before the first one scored predicts none.
    const end = Math.min(start + contextLength, length - 1);
    if (end < scored) continue;
    windows.push({ start, end, from: scored });
    scored = end + 1;
  }
  return { windows, scores: emptyScores(length, alternatives) };
}

function emptyScores(length: number, count: number): TextScores {
  return {
    logProbabilities: new Float64Array(length).fill(NaN),
    ranks: new Int32Array(length).fill(-1),
    entropies: new Float64Array(length).fill(NaN),
    alternatives: {
      count,
      ids: new Int32Array(length * count).fill(-1),
      logProbabilities: new Float64Array(length * count).fill(NaN),
    },
  };
}

function checkRange(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= most) return;
  throw new RangeError(
    t('{0} is {1}; it must be a whole number from 0 to {2}.', name, asGiven(value), asGiven(most)),
  );
}
