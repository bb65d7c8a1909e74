import { RE2JS } from 're2js';
import { messageOf } from '../../../core/messageOf';
import { t } from '../../../l10n/language';
import { written } from '../../../l10n/numbers';

/** Finds the parts of a text that a pattern matches, in order, without overlap and without empty ones. */
export type Finder = (text: string) => Iterable<readonly [from: number, to: number]>;

/** A pattern that cannot be run; the message says why and is no whole sentence. */
export class PatternError extends Error {}

/** Alternatives that byte-level tokenizers share; white space is Unicode's property, and not JavaScript's `\s`. */
const SUFFIX = "'(?:[sSſdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])";
const MARKS = String.raw` ?[^\p{White_Space}\p{L}\p{N}]+`;
const SPACES = String.raw`\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+`;
const LATER = (digits: string): string =>
  String.raw`${SUFFIX}|[^\r\n\p{L}\p{N}]?\p{L}+|${digits}|${MARKS}[\r\n]*|\p{White_Space}*[\r\n]+|${SPACES}`;

const tail = String.raw`| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const words = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+`;

/**
 * Patterns of well-known tokenizers, as their files write them, and the same for this machine's own engine, which
 * is faster. None of them can be slow: no two parts in a row of any alternative match the same character, but for
 * white space before line ends, where one way back is all there is.
 */
const KNOWN: ReadonlyMap<string, string> = new Map([
  [
    String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
    String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+|${MARKS}|${SPACES}`,
  ],
  [String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|${words}|\p{N}{1,3}${tail}`, LATER(String.raw`\p{N}{1,3}`)],
  [String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|${words}|\p{N}${tail}`, LATER(String.raw`\p{N}`)],
]);

/** Far above any published pattern. */
const MOST_CHARACTERS = 10_000;

/**
 * A pattern as a `tokenizer.json` writes it, in the language of Oniguruma. It comes from a stranger, so it runs on
 * an engine whose time grows with the text's length alone (RE2; Cox, "Regular Expression Matching in the Wild",
 * 2010). That engine has no lookahead; `\s+(?!\S)`, by which byte-level tokenizers leave the last space before a
 * word to the word, is done by hand.
 * @throws PatternError when it cannot be run so.
 */
export function compilePattern(source: string): Finder {
  const known = KNOWN.get(source);
  if (known !== undefined) return nativeFinder(new RegExp(known, 'gu'));
  if (source.length > MOST_CHARACTERS) {
    throw new PatternError(
      t('it has {0} characters, expected at most {1}', written(source.length), written(MOST_CHARACTERS)),
    );
  }
  const alternatives = splitAlternatives(source);
  const at = alternatives.findIndex((one) => one.includes('(?!'));
  if (at < 0) return linearFinder(compile(translate(source)), false, false);
  const after = alternatives.slice(at + 1);
  if (
    alternatives[at] !== String.raw`\s+(?!\S)` ||
    (after.length > 0 && after.join('|') !== String.raw`\s+`)
  ) {
    throw new PatternError(
      t('of lookaheads only "\\s+(?!\\S)" at its end, or before "\\s+", can be run in linear time'),
    );
  }
  const before = alternatives.slice(0, at).map(translate);
  return linearFinder(
    compile([...before, String.raw`(?<spaces>\p{White_Space}+)`].join('|')),
    true,
    after.length > 0,
  );
}

/** The places of a text that is meant literally. */
export function literalFinder(literal: string): Finder {
  return function* (text) {
    if (literal === '') return;
    for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + literal.length)) {
      yield [at, at + literal.length];
    }
  };
}

/** The matches of a pattern of this program's own, with the flags g and u. */
export function nativeFinder(pattern: RegExp): Finder {
  return function* (text) {
    for (const { index, 0: match } of text.matchAll(pattern)) {
      if (match !== '') yield [index, index + match.length];
    }
  };
}

/**
 * @param spaces whether a run of white space in the group `spaces` gives its last character back to what follows.
 * @param alone whether that character alone matches too, where it is all there is.
 */
function linearFinder(pattern: RE2JS, spaces: boolean, alone: boolean): Finder {
  return function* (text) {
    const matcher = pattern.matcher(text);
    let from = 0;
    while (from <= text.length && matcher.find(from)) {
      const start = matcher.start();
      let end = matcher.end();
      if (spaces && end < text.length && matcher.group('spaces') !== null) {
        // All white space is of one unit.
        if (end - start > 1) end -= 1;
        else if (!alone) {
          from = end;
          continue;
        }
      }
      if (end > start) yield [start, end];
      from = end > start ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
    }
  };
}

function compile(source: string): RE2JS {
  try {
    // In Oniguruma's language ^ and $ are those of a line.
    return RE2JS.compile(source, RE2JS.MULTILINE);
  } catch (error) {
    const why = messageOf(error);
    throw new PatternError(t('it cannot be run in linear time ({0})', why));
  }
}

/** The alternatives of a pattern that are in no brackets. */
function splitAlternatives(source: string): string[] {
  const alternatives = [''];
  let depth = 0;
  let inClass = false;
  for (let i = 0; i < source.length; i++) {
    const character = source[i]!;
    if (character === '|' && depth === 0 && !inClass) {
      alternatives.push('');
      continue;
    }
    let part = character;
    if (character === '\\') part += source[++i] ?? '';
    else if (inClass) inClass = character !== ']';
    else if (character === '[') inClass = true;
    else if (character === '(') depth++;
    else if (character === ')') depth--;
    alternatives.push(`${alternatives.pop() ?? ''}${part}`);
  }
  return alternatives;
}

/** What Oniguruma means by its classes of characters in Unicode, as the inside of a class. */
const CLASSES: Readonly<Record<string, string>> = {
  s: String.raw`\p{White_Space}`,
  S: String.raw`\P{White_Space}`,
  d: String.raw`\p{Nd}`,
  D: String.raw`\P{Nd}`,
  w: String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}`,
};

/** Oniguruma's pattern in RE2's language. @throws PatternError where one means what the other cannot say. */
function translate(source: string): string {
  let out = '';
  let inClass = false;
  for (let i = 0; i < source.length; i++) {
    const character = source[i]!;
    if (character === '\\') {
      const next = source[++i] ?? '';
      const meant = CLASSES[next];
      const hex = /^u([0-9A-Fa-f]{4})/.exec(source.slice(i, i + 5))?.[1];
      if (meant !== undefined) out += inClass ? meant : `[${meant}]`;
      else if (next === 'W' && !inClass) out += `[^${CLASSES['w']}]`;
      else if (hex !== undefined) {
        out += String.raw`\x{${hex}}`;
        i += 4;
      } else if (/^[pPnrtfvxzA]$/.test(next) || /^[^\w\s]$/u.test(next)) out += `\\${next}`;
      else throw new PatternError(t('"{0}" in it is not known', `\\${next}`));
      continue;
    }
    if (inClass) {
      if (character === '[' || source.startsWith('&&', i)) {
        throw new PatternError(t('a class within a class cannot be run in linear time'));
      }
      inClass = character !== ']';
    } else if (character === '[') {
      inClass = true;
      // A bracket that comes first is one of the characters.
      const first = /^\[\^?\]/.exec(source.slice(i, i + 3))?.[0];
      if (first !== undefined) {
        out += `${first.slice(0, -1)}\\]`;
        i += first.length - 1;
        continue;
      }
    } else if (/^[*+?]\+/.test(source.slice(i, i + 2))) {
      throw new PatternError(t('possessive repetition cannot be run in linear time'));
    }
    out += character;
  }
  return out;
}
