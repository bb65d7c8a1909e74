/** Losses printed in Raschka, Build a Large Language Model (From Scratch), chapter 5 and its exercises. */
import { BOOK_TRAIN_RATIO, BOOK_WINDOWS } from '../kit/textBatches';
import { isTheVerdict } from '../kit/theVerdict';
import type { LossParameters } from './parameters';
import type { PublishedLoss } from './result';

const ON_THE_VERDICT = [
  { model: 'GPT-2 124M', parameters: 124_439_808, training: 3.75475, validation: 3.55962 },
  { model: 'GPT-2 1558M', parameters: 1_557_611_200, training: 3.30463, validation: 3.11951 },
] as const;

/** The losses published for this text and these settings, if they are The Verdict and the book's. */
export function publishedLosses(
  { text, trainRatio, context, stride, batchSize }: LossParameters,
  parameters: number,
): PublishedLoss[] {
  const asInBook =
    trainRatio === BOOK_TRAIN_RATIO &&
    context === BOOK_WINDOWS.context &&
    stride === BOOK_WINDOWS.stride &&
    batchSize === BOOK_WINDOWS.batchSize;
  if (!asInBook || !isTheVerdict(text)) return [];
  return ON_THE_VERDICT.map((loss) => ({ ...loss, sameSize: loss.parameters === parameters }));
}
