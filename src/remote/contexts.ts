/** What can be asked of a served model, before it is. */
import type { ModelInfo } from '../core/languageModel';
import { t } from '../l10n/language';
import { written } from '../l10n/numbers';

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
    throw new RangeError(
      t('{0} is empty; {1} needs at least one token before the one it predicts.', what, name),
    );
  }
  const outside = tokens.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabularySize));
  if (outside === undefined) return;
  throw new RangeError(
    t(
      '{0} has token id {1}, but the ids of {2} are 0 to {3}.',
      what,
      String(outside),
      name,
      written(vocabularySize - 1),
    ),
  );
}

/** @throws RangeError when a context is empty, too long or has what is no token id. */
export function checkContext(info: ModelInfo, tokens: readonly number[], what: string): void {
  checkTokens(info, tokens, what);
  if (tokens.length <= info.contextLength) return;
  throw new RangeError(
    t(
      '{0} has {1} tokens, but {2} holds at most {3}; shorten the text.',
      what,
      written(tokens.length),
      info.name,
      written(info.contextLength),
    ),
  );
}
