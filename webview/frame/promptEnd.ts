/** White space at a prompt's end: what is said of it, before any run where that can be known, and the way out. */
import { BOUNDARY_NOTE } from '../../src/experiments/kit/boundary';
import type { Session } from './session';
import { t } from '../../src/l10n/language';

export interface EndNote {
  readonly sentence: string;
  /** What the button says that takes it off. */
  readonly remedy: string;
}

/**
 * What to say of the prompt's end; null where it is good. The engine's word counts once the prompt's tokens are
 * known; before, only a space is sure to belong to the next word's token.
 * @param editing the prompt is being typed, when a space is only on its way to the next word
 */
export function endNote(session: Session, editing: boolean): EndNote | null {
  const { source, tokens, isToy } = session;
  if (!source || source.text.trim() === '') return null;
  const told = tokens
    ? tokens.notes.includes(BOUNDARY_NOTE)
    : !editing && !isToy && source.text.endsWith(' ');
  if (!told) return null;
  const end = / +$/u.exec(source.text.slice(source.text.trimEnd().length));
  const white = source.text.slice(source.text.trimEnd().length);
  if (end === null || end[0] !== white) {
    return { sentence: BOUNDARY_NOTE, remedy: t('Remove the white space') };
  }
  return white.length === 1
    ? {
        sentence: t(
          'The prompt ends in a space. In ordinary text, a space is part of the token of the word after it, so what comes after this prompt is unusual.',
        ),
        remedy: t('Remove the space'),
      }
    : {
        sentence: t(
          'The prompt ends in spaces. In ordinary text, a space is part of the token of the word after it, so what comes after this prompt is unusual.',
        ),
        remedy: t('Remove the spaces'),
      };
}

/** Whether the prompt is the one that it was made from, but for white space at its end. */
export function onlySpaceRemoved({ before, source }: Session): boolean {
  return before !== null && source !== null && before.text.trimEnd() === source.text;
}
