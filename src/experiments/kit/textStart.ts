/** How a whole text is given to a model that scores it. */
import type { LanguageModel } from '../../core/languageModel';
import { t } from '../../l10n/language';

/**
 * A text's tokens behind the one that stands before a text, so that the first of them is predicted too; as they are
 * where the model has no such token.
 */
export function startText({ info }: LanguageModel, ids: readonly number[]): number[] {
  return info.startOfText === null ? [...ids] : [info.startOfText, ...ids];
}

/** What a user should know where a text's first token could not be predicted; empty where it was. */
export function startNotes({ info }: LanguageModel): string[] {
  return info.startOfText === null
    ? [
        t(
          '{0} has no token that stands before a text (bos_token_id or eos_token_id in its config.json), so the first token of the text is predicted by nothing and has no value.',
          info.name,
        ),
      ]
    : [];
}
