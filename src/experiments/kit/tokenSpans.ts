/** Where the tokens of a text stand in it. */
import type { LanguageModel, Vocabulary } from '../../core/languageModel';

/**
 * Where each token of a text stands in it. A byte-level token may begin or end inside a character: it then
 * covers that whole character.
 * @returns UTF-16 offsets, one pair per token
 */
export function tokenSpans(
  text: string,
  ids: readonly number[],
  { offsets }: Vocabulary,
): { starts: Int32Array; ends: Int32Array } {
  const starts = new Int32Array(ids.length);
  const ends = new Int32Array(ids.length);
  // The character that holds byte `byte` begins at UTF-16 offset `unit`, and at byte `first` of the text.
  let unit = 0;
  let first = 0;
  let byte = 0;
  const sizeAt = (at: number): { units: number; bytes: number } => {
    const point = text.codePointAt(at) ?? 0;
    const bytes = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    return { units: bytes === 4 ? 2 : 1, bytes };
  };
  ids.forEach((id, i) => {
    starts[i] = unit;
    byte += offsets[id + 1]! - offsets[id]!;
    let end = unit;
    while (unit < text.length) {
      const size = sizeAt(unit);
      if (first + size.bytes > byte) {
        if (first < byte) end = unit + size.units;
        break;
      }
      first += size.bytes;
      unit += size.units;
      end = unit;
    }
    ends[i] = end;
  });
  return { starts, ends };
}

/** The tokens of a text and where they stand in it: by the model's own word where its tokens' bytes do not say it. */
export async function placeTokens(
  model: Pick<LanguageModel, 'encode' | 'tokenize' | 'vocabulary'>,
  text: string,
): Promise<{ ids: readonly number[]; starts: Int32Array; ends: Int32Array }> {
  const placed = await model.tokenize?.(text);
  if (placed) {
    return { ids: placed.ids, starts: Int32Array.from(placed.starts), ends: Int32Array.from(placed.ends) };
  }
  const ids = await model.encode(text);
  return { ids, ...tokenSpans(text, ids, model.vocabulary) };
}
