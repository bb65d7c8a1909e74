import { reason, type ModelFileError } from './modelFileError';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Brackets within brackets: the deepest in a published model's files are 12. */
const MOST_LEVELS = 64;

/** Values and brackets in all: the tokenizer.json of 250,000 tokens has 1.3 million. */
const MOST_VALUES = 5_000_000;

export interface JsonRules {
  /** Whether an object that has a key twice is refused. */
  readonly uniqueKeys?: boolean;
  readonly values?: number;
}

/**
 * `JSON.parse` for text that nobody vouches for: what is nested too deeply or has too many values is refused
 * before anything is built of it, in time linear in its length and without recursion.
 * @param damaged makes the error from what is wrong, words that follow the file's name.
 * @throws what `damaged` makes.
 */
export function parseBoundedJson(
  text: string,
  damaged: (what: string) => ModelFileError,
  { uniqueKeys = false, values = MOST_VALUES }: JsonRules = {},
): unknown {
  const { problem, twice } = scan(text, uniqueKeys, values);
  if (problem !== undefined) throw damaged(problem);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(`is not JSON (${reason(error)})`);
  }
  if (twice !== undefined) throw damaged(`names ${JSON.stringify(twice.slice(0, 200))} twice`);
  return json;
}

interface Scan {
  readonly problem?: string;
  /**
   * The first key that an object has twice. `JSON.parse` keeps the last of equal keys and says nothing, so that two
   * readers of one file can see two different things.
   */
  readonly twice?: string | undefined;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Looks over a text that may not be JSON: what it says of such text does not matter. */
function scan(text: string, uniqueKeys: boolean, mostValues: number): Scan {
  /** Keys of the objects around the place; those of arrays stay empty. */
  const around: Set<string>[] = [];
  let twice: string | undefined;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x7b: // {
      case 0x5b: // [
        if (around.length === MOST_LEVELS)
          return { problem: `is nested more than ${MOST_LEVELS} levels deep` };
        around.push(new Set());
        values += 1;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        around.pop();
        break;
      case 0x2c: // ,
        values += 1;
        break;
      case QUOTE: {
        const end = endOfString(text, at);
        if (uniqueKeys && twice === undefined && isKey(text, end)) {
          const keys = around.at(-1);
          const key = unescape(text.slice(at, end + 1));
          if (keys?.has(key) === true) twice = key;
          keys?.add(key);
        }
        at = end;
      }
    }
    if (values > mostValues) return { problem: `has more than ${mostValues} values` };
  }
  return { twice };
}

/** The place of the quotation mark that ends the string that begins at `start`; the text's end where none does. */
function endOfString(text: string, start: number): number {
  for (let end = start; ;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    let before = end - 1;
    while (before > start && text.charCodeAt(before) === BACKSLASH) before--;
    if ((end - before) % 2 === 1) return end;
  }
}

/** Whether a colon follows the string that ends at `end`. */
function isKey(text: string, end: number): boolean {
  let at = end + 1;
  while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at++;
  return text.charCodeAt(at) === COLON;
}

/** The string that a literal stands for. */
function unescape(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    return literal;
  }
}
