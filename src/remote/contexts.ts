/** What can be asked of a served model, before it is. */
import type { ModelInfo } from '../core/languageModel';

/**
 * @param what the tokens, for sentences.
 * @throws RangeError when there are none, or one is no token id.
 */
export function checkTokens(
  { vocabularySize, name }: ModelInfo,
  tokens: readonly number[],
  what: string,
): void {
  if (tokens.length === 0) {
    throw new RangeError(`${what} is empty; ${name} needs at least one token before the one it predicts.`);
  }
  const outside = tokens.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabularySize));
  if (outside === undefined) return;
  throw new RangeError(
    `${what} has token id ${outside}, but the ids of ${name} are 0 to ${vocabularySize - 1}.`,
  );
}

/** @throws RangeError when a context is empty, too long or has what is no token id. */
export function checkContext(info: ModelInfo, tokens: readonly number[], what: string): void {
  checkTokens(info, tokens, what);
  if (tokens.length <= info.contextLength) return;
  throw new RangeError(
    `${what} has ${tokens.length} tokens, but ${info.name} holds at most ${info.contextLength}; shorten the text.`,
  );
}
