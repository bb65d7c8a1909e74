import { setImmediate } from 'node:timers/promises';
import type { RowsView, StepRunner } from './stepRunner';

/**
 * Tokens of a text that are read in one run, after which other work of the process gets its turn. More would be
 * little faster (the weights are then no longer the limit) and would keep a cancel waiting.
 */
export const PIECE = 64;

export interface ReadOptions {
  /** Called, and awaited, after each piece with the number of tokens read so far. */
  readonly onPiece?: (read: number) => void | Promise<void>;
  /** Called with the hidden states of the tokens of each piece, one after the other; they cost nothing without it. */
  readonly onStates?: ((states: Float32Array) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the tokens that `view` does not cover, piece by piece.
 * @param wanted index of the first token after which logits are wanted; those after all later ones follow.
 * @param onLogits called with the index of a token and the logits after it, a part of a larger array.
 * @returns the rows of all tokens.
 */
export async function readTokens(
  runner: StepRunner,
  view: RowsView,
  tokens: readonly number[],
  wanted: number,
  onLogits: (index: number, logits: Float32Array) => void,
  { onPiece, onStates, signal }: ReadOptions = {},
): Promise<RowsView> {
  while (view.length < tokens.length) {
    signal?.throwIfAborted();
    const start = view.length;
    const ids = tokens.slice(start, start + PIECE);
    const first = Math.max(0, wanted - start);
    const logitsFor = ids.map((_, i) => i).slice(first);
    const rows = view.rows.claim(start, ids.length);
    const { logits, states } = await runner.run({
      ids,
      groups: 1,
      prefix: start > 0 ? { rows, length: start } : null,
      own: { rows, start, length: 0 },
      logitsFor,
      states: onStates !== undefined,
    });
    onStates?.(states);
    view = { rows, length: start + ids.length };
    const size = logits.length / logitsFor.length;
    logitsFor.forEach((row, i) => {
      onLogits(start + row, logits.subarray(i * size, (i + 1) * size));
    });
    await onPiece?.(view.length);
    await setImmediate();
  }
  return view;
}
