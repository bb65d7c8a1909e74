import type { AlignedText } from './alignedText';
import { t } from '../../../l10n/language';

/** A `PlacedTokens` that grows. */
export interface GrowingTokens {
  readonly ids: number[];
  readonly starts: number[];
  readonly ends: number[];
}

/** A token of a piece, and the first and the last UTF-16 unit that it stands for. */
export interface PieceToken {
  readonly id: number;
  readonly first: number;
  readonly last: number;
}

/** What makes tokens of pieces. @throws RangeError for a character that has no token. */
export type PieceModel = (piece: string) => readonly PieceToken[];

/** Pieces longer than this, in units, are not remembered; words are shorter. */
const MEMORY_PIECE_LENGTH = 64;
/** Of how many pieces, or characters, the tokens are remembered. */
export const MEMORY_PIECES = 50_000;

/** What adds the tokens of a piece with their places in the original text; pieces that come again are not asked twice. */
export function rememberPieces(model: PieceModel): (piece: AlignedText, into: GrowingTokens) => void {
  const memory = new Map<string, readonly PieceToken[]>();
  return (piece, into) => {
    const tokens = memory.get(piece.text) ?? model(piece.text);
    if (piece.length <= MEMORY_PIECE_LENGTH) {
      if (memory.size >= MEMORY_PIECES) memory.clear();
      memory.set(piece.text, tokens);
    }
    for (const { id, first, last } of tokens) {
      into.ids.push(id);
      into.starts.push(piece.start(first));
      into.ends.push(piece.end(last));
    }
  };
}

/** The refusal of a text with a character that a vocabulary cannot express. */
export function noToken(character: string): RangeError {
  return new RangeError(
    t(
      "The text has {0}, for which this model's vocabulary has no token. Leave it out, or choose another model.",
      JSON.stringify(character),
    ),
  );
}
