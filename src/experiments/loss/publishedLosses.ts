/** Losses printed in Raschka, Build a Large Language Model (From Scratch), chapter 5 and its exercises. */
import { fnv1a64 } from '../../core/random';
import { BOOK_TRAIN_RATIO, BOOK_WINDOWS } from '../kit/textBatches';
import type { LossParameters } from './parameters';
import type { PublishedLoss } from './result';

/** "The Verdict" (Edith Wharton, 1908) as the book uses it: its length in UTF-8 bytes and its FNV-1a hash. */
const THE_VERDICT = { bytes: 20_479, hash: 0xffada39b701b2123n };

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

/** Whether a text is The Verdict, with LF as the book reads it: with other line ends it is other tokens. */
export function isTheVerdict(text: string): boolean {
  if (text.length > THE_VERDICT.bytes) return false;
  const bytes = new TextEncoder().encode(text);
  return bytes.length === THE_VERDICT.bytes && fnv1a64(bytes) === THE_VERDICT.hash;
}
