/** Whether a text's parts are long enough for windows, and which windows fit where they are not. */
import { counted, t, whole } from '../../l10n/language';
import { written } from '../../l10n/numbers';
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
    t(
      'The context length is {0}, but {1} reads at most {2} tokens. Set the context length and the stride to {2} or less.',
      written(context),
      name,
      written(contextLength),
    ),
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
  const fitting = fittingWindows(parts, settings);
  throw new RefusedError(`${shortWords(short, settings)} ${fix(parts, settings, fitting)}`, [
    ...(fitting ? [offerOf(fitting, settings.batchSize, place)] : []),
    ...(isTheVerdict(parts.text) ? [] : [USE_THE_VERDICT]),
  ]);
}

/** A part that is too short for so many windows. */
interface ShortPart {
  readonly part: 'training' | 'validation';
  readonly tokens: number;
  readonly windows: number;
}

function shortWords({ part, tokens, windows }: ShortPart, settings: Windows): string {
  const context = written(settings.context);
  const needed = written(tokensFor(windows, settings));
  if (part === 'validation') {
    return counted(
      tokens,
      'The validation part of the text has {0} token, but a window of {1} tokens needs {2}.',
      'The validation part of the text has {0} tokens, but a window of {1} tokens needs {2}.',
      context,
      needed,
    );
  }
  return windows === 1
    ? counted(
        tokens,
        'The training part of the text has {0} token, but a window of {1} tokens needs {2}.',
        'The training part of the text has {0} tokens, but a window of {1} tokens needs {2}.',
        context,
        needed,
      )
    : counted(
        tokens,
        'The training part of the text has {0} token, but a batch of {3} windows of {1} tokens needs {2}.',
        'The training part of the text has {0} tokens, but a batch of {3} windows of {1} tokens needs {2}.',
        context,
        needed,
        whole(windows),
      );
}

function fix({ validation }: Parts, { trainRatio }: Windows, fitting: WindowSettings | null): string {
  if (fitting) {
    const context = written(fitting.context);
    return validation === null
      ? t('Windows of {0} tokens fit.', context)
      : t('Windows of {0} tokens fit both parts.', context);
  }
  const shortest = [written(SHORTEST_WINDOW), written(SHORTEST_WINDOW + 1)];
  return validation === null
    ? t(
        'Even windows of {0} tokens, the shortest whose mean says something, need {1} tokens in each part: use a longer text.',
        ...shortest,
      )
    : t(
        'Even windows of {0} tokens, the shortest whose mean says something, need {1} tokens in each part: use a longer text, or change the training ratio {2}.',
        ...shortest,
        written(trainRatio),
      );
}

function shortPart({ training, validation }: Parts, settings: Windows): ShortPart | null {
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
  const context = written(settings.context);
  const label =
    settings.batchSize === batchSize
      ? t('Use windows of {0}', context)
      : t('Use windows of {0}, batches of {1}', context, written(settings.batchSize));
  return { label, parameters: place(settings) };
}
