/** Whether a text's parts are long enough for windows, and which windows fit where they are not. */
import { RefusedError, USE_THE_VERDICT, type Offer } from './offers';
import { tokensFor, type WindowSettings } from './textBatches';
import { isTheVerdict } from './theVerdict';

/** The shortest windows that are offered, in tokens: a mean over less says little. */
export const SHORTEST_WINDOW = 8;

/** A text in parts, by their tokens. */
export interface Parts {
  readonly text: string;
  readonly training: number;
  /** null where there is no validation part. */
  readonly validation: number | null;
}

export type Windows = WindowSettings & { readonly trainRatio: number };

/** Puts settings where an experiment's parameters have them. */
type Place = (settings: WindowSettings) => Offer['parameters'];

/** @throws RefusedError when windows are longer than what the model can read; it offers the longest that are not. */
export function checkContext(
  { context, batchSize }: WindowSettings,
  name: string,
  contextLength: number,
  place: Place,
): void {
  if (context <= contextLength) return;
  throw new RefusedError(
    `The context length is ${context}, but ${name} reads at most ${contextLength} tokens. ` +
      `Set the context length and the stride to ${contextLength} or less.`,
    [offerOf({ context: contextLength, stride: contextLength, batchSize }, batchSize, place)],
  );
}

/**
 * Checks that the training part fills a batch and the validation part, where there is one, a window.
 * @throws RefusedError with the number of tokens that are needed; it offers the longest windows that fit.
 */
export function checkParts(parts: Parts, settings: Windows, place: Place): void {
  const short = shortPart(parts, settings);
  if (!short) return;
  const { part, tokens, windows } = short;
  const what =
    windows === 1
      ? `a window of ${settings.context} tokens`
      : `a batch of ${windows} windows of ${settings.context} tokens`;
  const fitting = fittingWindows(parts, settings);
  const fix = fitting
    ? `Windows of ${fitting.context} tokens fit${parts.validation === null ? '' : ' both parts'}.`
    : `Even a window of ${SHORTEST_WINDOW}, the shortest worth a mean, needs ${SHORTEST_WINDOW + 1} in each part: use a longer text` +
      (parts.validation === null ? '.' : `, or change the training ratio ${settings.trainRatio}.`);
  throw new RefusedError(
    `The ${part} part of the text has ${tokens} tokens, but ${what} needs ${tokensFor(windows, settings)}. ${fix}`,
    [
      ...(fitting ? [offerOf(fitting, settings.batchSize, place)] : []),
      ...(isTheVerdict(parts.text) ? [] : [USE_THE_VERDICT]),
    ],
  );
}

function shortPart(
  { training, validation }: Parts,
  settings: Windows,
): { readonly part: string; readonly tokens: number; readonly windows: number } | null {
  const { batchSize } = settings;
  if (training < tokensFor(batchSize, settings)) {
    return { part: 'training', tokens: training, windows: batchSize };
  }
  if (validation === null || validation >= tokensFor(1, settings)) return null;
  return { part: 'validation', tokens: validation, windows: 1 };
}

/**
 * The largest power of two, no longer than the windows asked for, of which each part has a window; side by side, in
 * batches as large as they were or as the training part fills.
 */
function fittingWindows({ training, validation }: Parts, settings: Windows): WindowSettings | null {
  const longest = Math.min(settings.context, training - 1, (validation ?? Infinity) - 1);
  if (longest < SHORTEST_WINDOW) return null;
  const context = 2 ** Math.floor(Math.log2(longest));
  const batchSize = Math.min(settings.batchSize, Math.floor((training - 1) / context));
  return { context, stride: context, batchSize };
}

function offerOf(settings: WindowSettings, batchSize: number, place: Place): Offer {
  const batches = settings.batchSize === batchSize ? '' : `, batches of ${settings.batchSize}`;
  return { label: `Use windows of ${settings.context}${batches}`, parameters: place(settings) };
}
