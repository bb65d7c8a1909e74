import { html, type TemplateResult } from 'lit';
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
