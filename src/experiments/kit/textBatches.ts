/**
 * How a text becomes training and validation batches, as in Raschka, Build a Large Language Model (From Scratch),
 * chapters 2 and 5: split by characters, tokenize each part, cut windows with a stride, put windows into batches.
 */
import type { RandomStream } from '../../core/random';

export interface WindowSettings {
  /** Tokens of a window. */
  readonly context: number;
  /** Tokens from the start of a window to the start of the next. */
  readonly stride: number;
  /** Windows of a batch. */
  readonly batchSize: number;
}

/** The book's own settings. */
export const BOOK_WINDOWS: WindowSettings = { context: 256, stride: 256, batchSize: 2 };
export const BOOK_TRAIN_RATIO = 0.9;
export const BOOK_SEED = 123;

/**
 * Where the training part of a text ends and its validation part begins: after `trainRatio` of the characters
 * (code points, as Python counts them), rounded down.
 * @returns a UTF-16 offset
 */
export function splitOffset(text: string, trainRatio: number): number {
  const characters = countCharacters(text);
  let left = Math.floor(characters * trainRatio);
  let offset = 0;
  for (; left > 0; left--) offset += isPair(text, offset) ? 2 : 1;
  return offset;
}

/** Code points of a text; half a surrogate pair counts as one. */
export function countCharacters(text: string): number {
  let pairs = 0;
  for (let i = 0; i < text.length; i++) {
    if (isPair(text, i)) {
      pairs++;
      i++;
    }
  }
  return text.length - pairs;
}

function isPair(text: string, offset: number): boolean {
  return (text.codePointAt(offset) ?? 0) > 0xffff;
}

/**
 * First tokens of the windows of a stream of `tokens` tokens. A window has `context` tokens, and one more must
 * follow it: the target of its last token.
 */
export function windowStarts(
  tokens: number,
  { context, stride }: Omit<WindowSettings, 'batchSize'>,
): number[] {
  const count = Math.max(0, Math.ceil((tokens - context) / stride));
  return Array.from({ length: count }, (_, i) => i * stride);
}

/** Tokens that a stream must have for `windows` windows. */
export function tokensFor(windows: number, { context, stride }: WindowSettings): number {
  return (windows - 1) * stride + context + 1;
}

/**
 * Puts windows 0 to `count` - 1 into batches.
 * @param shuffle where it is given, the windows come in random order (Fisher and Yates; Durstenfeld, 1964).
 * @param dropLast leaves out the last batch when it is not full.
 */
export function arrangeBatches(
  count: number,
  batchSize: number,
  { shuffle, dropLast }: { readonly shuffle?: RandomStream | undefined; readonly dropLast: boolean },
): number[][] {
  const order = Array.from({ length: count }, (_, i) => i);
  if (shuffle) {
    for (let i = count - 1; i > 0; i--) {
      const j = Math.floor(shuffle.next() * (i + 1));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
  }
  const batches: number[][] = [];
  for (let i = 0; i < count; i += batchSize) batches.push(order.slice(i, i + batchSize));
  if (dropLast && count % batchSize !== 0) batches.pop();
  return batches;
}
