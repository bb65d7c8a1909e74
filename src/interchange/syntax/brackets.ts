/** Where brackets and strings of Python, JavaScript and JSON end. */

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * The place of the bracket, or of the quotation mark, that closes the one at `start`; the text's end where none does.
 * Brackets within strings do not count.
 */
export function closingOf(text: string, start: number): number {
  const opening = text[start]!;
  if (!Object.hasOwn(CLOSING, opening)) return endOfString(text, start);
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"' || character === "'") at = endOfString(text, at);
    else if (Object.hasOwn(CLOSING, character)) depth += 1;
    else if (character === ')' || character === ']' || character === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === text[start]) return at;
  }
  return text.length;
}
