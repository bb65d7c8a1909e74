import { FunctionModel, hashLogits, LETTERS } from '../core/search/models';

/** A function model that reads its prompt as letters. */
export class LetterModel extends FunctionModel {
  override encode(text = ''): number[] {
    return Array.from(text, (letter) => this.tokens.indexOf(letter));
  }
}

/** Logits that look random, over the first `size` letters. */
export function letters(seed: number, size: number, endOfText: number | null = null): LetterModel {
  return new LetterModel(LETTERS.slice(0, size), hashLogits(seed, size), { endOfText });
}
