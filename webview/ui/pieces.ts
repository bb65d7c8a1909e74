import { html, nothing, type TemplateResult } from 'lit';
import type { Vocabulary } from '../../src/core/languageModel';
import { tokenBytes, tokenPieces, type Piece } from '../format/tokenText';

/** Parts of a token's text; what was made visible is set apart. */
export function piecesView(pieces: readonly Piece[]): (string | TemplateResult)[] {
  return pieces.map(({ text, mark }) => (mark ? html`<span class="mark">${text}</span>` : text));
}

/** A token on its own, as chips and bars show it. */
export function tokenView(vocabulary: Vocabulary, id: number): (string | TemplateResult)[] {
  return piecesView(tokenPieces(tokenBytes(vocabulary, id)));
}

/** A token within a text: its leading space stands outside of its tint, so that words stay apart and lines end cleanly. */
export function runningView([first, ...others]: readonly Piece[]): unknown {
  if (!first) return nothing;
  const gap = /^ */.exec(first.text)![0];
  if (gap === '') return piecesView([first, ...others]);
  const word = first.text.slice(gap.length);
  const rest = piecesView([{ text: word, mark: false }, ...others]);
  return html`<span class="gap">${gap}</span>${rest}`;
}
