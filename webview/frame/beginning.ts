import { completionText } from '../format/tokenText';
import type { Session } from './session';
import { t } from '../../src/l10n/language';
import { thousands } from '../format/numbers';

/** The prompt up to and including one of its tokens, and what that is; null where nothing is behind it. */
export function beginningUpTo(
  session: Session,
  index: number,
): { readonly text: string; readonly place: string } | null {
  const { tokens } = session;
  const model = tokens && session.loadedOf(tokens.model, tokens.toy);
  if (!tokens || !model) return null;
  const ids = Array.from(tokens.ids);
  const textTo = (end: number): string => completionText(model.vocabulary, ids.slice(0, end));
  let end = index + 1;
  // A prompt is text, so it does not end within a character.
  while (end < ids.length && textTo(end).endsWith('\uFFFD')) end += 1;
  return end >= ids.length
    ? null
    : { text: textTo(end), place: t('up to token {0} of {1}', thousands(end), thousands(ids.length)) };
}
