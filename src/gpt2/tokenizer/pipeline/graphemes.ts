import type { CharsMap } from './charsMap';
import type { Normalizer } from './alignedText';
import { MEMORY_PIECES } from './pieceMemory';

/** From this many bytes of UTF-8 on a grapheme is looked up character by character. */
const LONG_GRAPHEME = 6;

/** How many UTF-16 units are cut at a time: what the segmenter needs for one step grows with its whole text. */
const WINDOW = 256;

/**
 * Replaces what a table has rules for, in Unicode's extended grapheme clusters (UAX #29) where they are short, else
 * in their characters, as Hugging Face's tokenizers apply SentencePiece's tables. A text whose first characters are
 * removed still begins where it did.
 */
export function replaceGraphemes(table: CharsMap): Normalizer {
  const memory = new Map<string, string | undefined>();
  const find = (part: string): string | undefined => {
    if (memory.has(part)) return memory.get(part);
    if (memory.size >= MEMORY_PIECES) memory.clear();
    const found = table(part);
    memory.set(part, found);
    return found;
  };
  return (text) => {
    const rewritten = text.rewrite((add) => {
      const put = (part: string, unit: number): boolean => {
        const found = find(part);
        if (found === undefined) return false;
        addInOrder(add, part, unit, found);
        return true;
      };
      for (const [from, to] of graphemes(text.text)) {
        const grapheme = text.text.slice(from, to);
        if (Buffer.byteLength(grapheme, 'utf8') < LONG_GRAPHEME && put(grapheme, from)) continue;
        let unit = from;
        for (const character of grapheme) {
          if (!put(character, unit)) add(character, unit);
          unit += character.length;
        }
      }
    }, true);
    return rewritten.text === text.text ? text : rewritten;
  };
}

/** Where the graphemes of a text begin and end. */
function* graphemes(text: string): Iterable<readonly [from: number, to: number]> {
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  let at = 0;
  for (let window = WINDOW; at + window < text.length;) {
    // The last one may go on behind the window. The others are whole, and what follows does not depend on them.
    let from = at;
    for (const { index } of segmenter.segment(text.slice(at, at + window))) {
      if (index > 0) yield [from, at + index];
      from = at + index;
    }
    window = from > at ? WINDOW : 2 * window;
    at = from;
  }
  for (const { index, segment } of segmenter.segment(text.slice(at))) {
    yield [at + index, at + index + segment.length];
  }
}

/**
 * Adds what a few characters become: its characters take, in order, the places of those that they were made of,
 * and the last one's if they are more.
 * @param was the characters, which stand at unit `unit` of the text that is rewritten.
 */
function addInOrder(
  add: (part: string, from: number) => void,
  was: string,
  unit: number,
  becomes: string,
): void {
  let at = 0;
  for (const character of becomes) {
    add(character, unit + at);
    const next = at + ((was.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
    if (next < was.length) at = next;
  }
}
