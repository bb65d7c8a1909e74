/**
 * Regular expressions that a user or a file gives, matched in time linear in the text: RE2's syntax and engine
 * (Cox, Regular Expression Matching Can Be Simple And Fast, 2007), in its JavaScript port.
 */
import { RE2JS } from 're2js';
import { remembered } from '../remembered';
import { t } from '../../l10n/language';
import { asGiven } from '../../l10n/numbers';

/** Most characters of a pattern, which bounds what compiling it takes. */
const LONGEST_PATTERN = 1000;

/**
 * Most steps of a compiled pattern; counted repetitions are written out. Matching a text takes time in proportion
 * to its length times this, at worst a few seconds for the 50,257 tokens of GPT-2.
 */
const MOST_STEPS = 500;

/** Compiled patterns that are kept. */
const KEPT = 16;

export interface Pattern {
  /** Whether it finds a match anywhere in a text. */
  test(text: string): boolean;
}

/**
 * Compiles a pattern.
 *
 * What JavaScript writes with its flag `u` means the same here, but for these: there is no lookaround and there
 * are no backreferences; `\s` is Unicode's White_Space; a dot stands for everything but a line feed; properties of
 * characters other than categories and scripts are few. Beyond JavaScript there are `(?i)`, `[[:alpha:]]`, `\Q..\E`.
 * @returns the pattern, or in words what a pattern must be that this one is not.
 */
export const compilePattern = remembered<Pattern | string>(KEPT, compile);

function compile(source: string): Pattern | string {
  if (source.length > LONGEST_PATTERN) {
    return t(
      'a regular expression of at most {0} characters; this one has {1}',
      asGiven(LONGEST_PATTERN),
      asGiven(source.length),
    );
  }
  let expression: RE2JS;
  try {
    expression = RE2JS.compile(inSyntaxOfRe2(source));
  } catch (error) {
    return reason(source, error);
  }
  const steps = expression.programSize();
  if (steps > MOST_STEPS) {
    return t(
      'a regular expression of at most {0} steps, repetitions written out; this one has {1}',
      asGiven(MOST_STEPS),
      asGiven(steps),
    );
  }
  // A search for the place of the match, unlike `test`, keeps to engines whose time a pattern cannot inflate: a
  // DFA made while it runs takes 20 s where a pattern has more states than its cache.
  return { test: (text) => expression.matcher(text).find() };
}

/** Escapes of JavaScript that RE2 writes otherwise. Every escape is read, so that `\\s` stays a backslash and an s. */
function inSyntaxOfRe2(source: string): string {
  return source.replace(
    /\\Q[\s\S]*?(?:\\E|$)|\\([pP])\{([^}]*)\}|\\u\{([0-9A-Fa-f]+)\}|\\u([0-9A-Fa-f]{4})|\\c([A-Za-z])|\\[\s\S]/gu,
    (escape, sign?: string, property?: string, braced?: string, four?: string, control?: string) => {
      if (sign !== undefined) return `\\${sign}{${propertyName(property!)}}`;
      const code = braced ?? four ?? (control && (control.charCodeAt(0) % 32).toString(16));
      if (code !== undefined) return `\\x{${code}}`;
      if (escape === '\\s') return '\\p{White_Space}';
      if (escape === '\\S') return '\\P{White_Space}';
      return escape;
    },
  );
}

/** Unicode's long names of the categories; RE2 takes the short ones. */
const CATEGORIES: Readonly<Record<string, string>> = {
  Letter: 'L',
  Cased_Letter: 'LC',
  Uppercase_Letter: 'Lu',
  Lowercase_Letter: 'Ll',
  Titlecase_Letter: 'Lt',
  Modifier_Letter: 'Lm',
  Other_Letter: 'Lo',
  Mark: 'M',
  Nonspacing_Mark: 'Mn',
  Spacing_Mark: 'Mc',
  Enclosing_Mark: 'Me',
  Number: 'N',
  Decimal_Number: 'Nd',
  Letter_Number: 'Nl',
  Other_Number: 'No',
  Punctuation: 'P',
  Connector_Punctuation: 'Pc',
  Dash_Punctuation: 'Pd',
  Open_Punctuation: 'Ps',
  Close_Punctuation: 'Pe',
  Initial_Punctuation: 'Pi',
  Final_Punctuation: 'Pf',
  Other_Punctuation: 'Po',
  Symbol: 'S',
  Math_Symbol: 'Sm',
  Currency_Symbol: 'Sc',
  Modifier_Symbol: 'Sk',
  Other_Symbol: 'So',
  Separator: 'Z',
  Space_Separator: 'Zs',
  Line_Separator: 'Zl',
  Paragraph_Separator: 'Zp',
  Other: 'C',
  Control: 'Cc',
  Format: 'Cf',
  Surrogate: 'Cs',
  Private_Use: 'Co',
  Unassigned: 'Cn',
};

function propertyName(property: string): string {
  const name = property.replace(/^(?:General_Category|gc|Script|sc)=/, '');
  return CATEGORIES[name] ?? name;
}

function reason(source: string, error: unknown): string {
  const said = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
  // The engine calls these unknown; who has used them elsewhere is told that they are missing here.
  if (/`\(\?<?[=!]/.test(said)) {
    return t(
      'a regular expression without lookaround such as (?= or (?<!, which cannot be matched in linear time',
    );
  }
  if (/`\\[1-9k]/.test(said)) {
    return t(
      'a regular expression without references back such as \\1, which cannot be matched in linear time',
    );
  }
  return t(
    'a regular expression in the syntax of RE2 ({0})',
    said.replaceAll('`', '"') || JSON.stringify(source),
  );
}
