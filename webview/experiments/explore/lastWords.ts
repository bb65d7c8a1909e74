import { t } from '../../../src/l10n/language';
import { visibleText, visibleToken } from '../../../src/core/visibleText';

/** Characters of a text that fit a heading beside its keys. */
const MOST = 24;

/** The end of a text in quotation marks: what counts is its last character, so white space at its end is visible. */
export function lastWords(text: string, cut: boolean): string {
  const characters = Array.from(text.replace(/^\uFFFD+/u, ''));
  const last = characters.slice(-MOST).join('');
  // Half a word at its beginning says nothing, unless there is no other.
  const shown = characters.length > MOST ? last.replace(/^\S*\s+(?=\S)/u, '') : last;
  const end = /\s*$/u.exec(shown)![0];
  const words = visibleText(shown.slice(0, shown.length - end.length).replace(/\s+/gu, ' '));
  return t('“{0}”', `${cut || characters.length > MOST ? '…' : ''}${words}${visibleToken(end)}`);
}
