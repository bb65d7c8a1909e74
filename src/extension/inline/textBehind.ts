/** Suggestions and the text behind the cursor: nothing is offered that stands there already. */

/** A suggestion as it fits between two texts. */
export interface Fitted {
  readonly text: string;
  /** Characters behind the cursor that `text` begins with, up to the end of their line: they are replaced by it. */
  readonly replaces: number;
}

const WORD = String.raw`[\p{L}\p{N}\p{M}_]`;
const IN_WORD = new RegExp(String.raw`${WORD}['’]?$`, 'u');
const REST_OF_WORD = new RegExp(String.raw`^(?:['’]?${WORD}+)+`, 'u');
const ENDS_IN_WORD = new RegExp(`${WORD}$`, 'u');
const BEGINS_WITH_WORD = new RegExp(`^${WORD}`, 'u');

/** A character of two units; without the `u` flag its halves are characters. */
const HALVES = /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/;

/** A suggestion of which this share stands behind the cursor repeats it, whatever comes then. */
const REPEATED = 0.5;

/**
 * What of a suggestion can be put at the cursor.
 *
 * - Inside a word, only what completes it: the suggestion's word has to end in the rest of the word, which stays.
 * - A suggestion that the text behind the cursor begins with, or at least half of it, is there already.
 * - One that begins with the whole rest of the line goes on behind that.
 * - The longest end of the suggestion that the text behind the cursor begins with is cut off, where it is whole words
 *   or signs: an equal letter inside a word is a coincidence.
 * @param before the text before the cursor, or its end; `after` the text behind it, or its beginning. Both with LF.
 * @returns undefined where there is nothing to offer.
 */
export function fitSuggestion(suggestion: string, before: string, after: string): Fitted | undefined {
  const rest = IN_WORD.test(before) ? REST_OF_WORD.exec(after)?.[0] : undefined;
  if (rest !== undefined) return fitted(completed(suggestion, rest));

  if (suggestion === '' || after.startsWith(suggestion)) return undefined;
  const line = /^[^\n]*/.exec(after)![0];
  if (line.trim() !== '' && suggestion.startsWith(line) && !cutsWord(suggestion, line.length)) {
    const further = fitSuggestion(suggestion.slice(line.length), before + line, after.slice(line.length));
    return further && { text: line + further.text, replaces: line.length };
  }
  if (commonStart(suggestion, after) >= REPEATED * suggestion.length) return undefined;
  const text = suggestion.slice(0, suggestion.length - overlap(suggestion, after));
  // Two words that met would become another one.
  return fitted(ENDS_IN_WORD.test(text) && BEGINS_WITH_WORD.test(after) ? `${text} ` : text);
}

function fitted(text: string): Fitted | undefined {
  return text.trim() === '' ? undefined : { text, replaces: 0 };
}

/** What is missing between the beginning of a word and its rest; empty where the suggestion is another word. */
function completed(suggestion: string, rest: string): string {
  const word = REST_OF_WORD.exec(suggestion)?.[0] ?? '';
  return word.endsWith(rest) ? word.slice(0, -rest.length) : '';
}

/** The length of the longest end of `text` that `after` begins with and that holds no part of a word. */
function overlap(text: string, after: string): number {
  for (let length = Math.min(text.length, after.length); length > 0; length--) {
    const end = text.slice(-length);
    if (end.trim() === '' || !after.startsWith(end)) continue;
    if (!cutsWord(text, text.length - length) && !cutsWord(after, length)) return length;
  }
  return 0;
}

/** How much both begin with, in whole words and signs. */
function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a[length] === b[length]) length++;
  while (length > 0 && (cutsWord(a, length) || cutsWord(b, length))) length--;
  return a.slice(0, length).trim() === '' ? 0 : length;
}

/** Whether a place in a text is inside a word, or inside a character of two units. */
function cutsWord(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 2), at);
  const after = text.slice(at, at + 2);
  return (
    (ENDS_IN_WORD.test(before) && BEGINS_WITH_WORD.test(after)) || HALVES.test(text.slice(at - 1, at + 1))
  );
}
