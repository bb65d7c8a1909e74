/** JSON from strangers: looked over before it is parsed, since a few megabytes of brackets become gigabytes of objects. */
import { t } from '../l10n/language';
import { asGiven } from '../l10n/numbers';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Brackets within brackets: the deepest in a published model's files are 12. */
const MOST_LEVELS = 64;

/** Objects and lists in all: each costs far more memory than its two characters. */
const MOST_CONTAINERS = 2_000_000;

/** Values and brackets in all: the tokenizer.json of 250,000 tokens has 1.3 million. */
const MOST_VALUES = 5_000_000;

export interface JsonRules {
  /** Whether an object that has a key twice is refused. */
  readonly uniqueKeys?: boolean;
  /** Objects and lists inside each other. */
  readonly depth?: number;
  readonly containers?: number;
  readonly values?: number;
}

/**
 * `JSON.parse` for text that nobody vouches for: what is nested too deeply or has too many values is refused
 * before anything is built of it, in time linear in its length and without recursion.
 * @param damaged makes the error from what is wrong, words that follow the file's name, and from what `JSON.parse`
 * said where it is no JSON at all.
 * @throws what `damaged` makes.
 */
export function parseBoundedJson(
  text: string,
  damaged: (what: string, cause?: Error) => Error,
  rules: JsonRules = {},
): unknown {
  const { problem, twice } = scan(text, rules);
  if (problem !== undefined) throw damaged(problem);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(
      t({ message: 'is not JSON ({0})', comment: 'after the name of a text' }, (error as Error).message),
      error as Error,
    );
  }
  if (twice !== undefined)
    throw damaged(
      t(
        { message: 'names {0} twice', comment: 'after the name of a text' },
        JSON.stringify(twice.slice(0, 200)),
      ),
    );
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

/** Stands for the keys of an object where nobody asks for them. */
const NO_KEYS = new Set<string>();

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Looks over a text that may not be JSON: what it says of such text does not matter. */
function scan(
  text: string,
  {
    uniqueKeys = false,
    depth = MOST_LEVELS,
    containers = MOST_CONTAINERS,
    values: mostValues = MOST_VALUES,
  }: JsonRules,
): Scan {
  /** Keys of the objects around the place; those of arrays stay empty. */
  const around: Set<string>[] = [];
  let twice: string | undefined;
  let values = 1;
  let opened = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x7b: // {
      case 0x5b: // [
        if (around.length === depth)
          return {
            problem: t(
              { message: 'is nested more than {0} levels deep', comment: 'after the name of a text' },
              asGiven(depth),
            ),
          };
        if (++opened > containers)
          return {
            problem: t(
              { message: 'has more than {0} objects and lists', comment: 'after the name of a text' },
              asGiven(containers),
            ),
          };
        around.push(uniqueKeys ? new Set() : NO_KEYS);
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
    if (values > mostValues)
      return {
        problem: t(
          { message: 'has more than {0} values', comment: 'after the name of a text' },
          asGiven(mostValues),
        ),
      };
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
