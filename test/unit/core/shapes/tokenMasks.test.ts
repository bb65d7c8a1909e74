/** Masks against brute force: a token stays exactly where some text that begins so matches by another engine. */
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import type { Vocabulary } from '../../../../src/core/languageModel';
import { DEAD } from '../../../../src/core/shapes/byteAutomaton';
import { compileExpression } from '../../../../src/core/shapes/regularExpression';
import { TokenMasks } from '../../../../src/core/shapes/tokenMasks';
import { depth } from '../../depth';
import { PROPERTY } from '../generators';

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];

function vocabularyOf(tokens: readonly (readonly number[])[]): Vocabulary {
  const offsets = Uint32Array.from([0, ...tokens.map((_, i) => tokens.slice(0, i + 1).flat().length)]);
  return { bytes: Uint8Array.from(tokens.flat()), offsets };
}

/**
 * Letters of one byte, of two (é), three (€) and four (𝄞), whole, in parts, together and twice; some share more bytes
 * than are compared at once.
 */
const TOKENS: readonly (readonly number[])[] = [
  ...['a', 'b', 'ab', 'ba', 'aab', 'é', 'bé', '€', '€a', '𝄞', '\n', 'ab', '€a€b', '€a€', '€a€é', '中'].map(
    utf8,
  ),
  [0xc3],
  [0xa9],
  [0xe2],
  [0xe2, 0x82],
  [0x82, 0xac],
  [0xac, 0x61],
  [0xf0, 0x9d],
  [0x84, 0x9e],
  [0xe0],
  [0xc0],
  [0xed],
  [0xff],
  [0xc3],
  [0xe2, 0x84],
  [],
];

/** All of which the expressions below are made. */
const ATOMS = ['a', 'b', 'é', '[ab]', '[^a]', '.', '[€-𝄞]', '\\p{L}'] as const;

const EXPRESSIONS = ATOMS.map((atom) => new RegExp(`^${atom}$`, 'u'));
const kindOf = (character: string): string => EXPRESSIONS.map((one) => Number(one.test(character))).join('');

/** The first character of each kind: those that the same atoms match cannot be told apart. */
const letters = new Map<string, string>();
const letterOf = (character: string): string => letters.get(kindOf(character))!;

/** By the first bytes of characters, the letters that stand for them. */
const lettersAfter = new Map<string, Set<string>>();

// Characters of which all bytes but the last are the same come together.
for (let first = 0; first <= 0x10ffff; first += 64) {
  if (first >= 0xd800 && first <= 0xdfff) continue;
  const found = new Set<string>();
  for (let point = first; point < first + 64; point++) {
    const character = String.fromCodePoint(point);
    const kind = kindOf(character);
    if (!letters.has(kind)) letters.set(kind, character);
    found.add(letters.get(kind)!);
  }
  const bytes = utf8(String.fromCodePoint(first));
  for (let length = 1; length < bytes.length; length++) {
    const begin = String(bytes.slice(0, length));
    lettersAfter.set(begin, new Set([...(lettersAfter.get(begin) ?? []), ...found]));
  }
}

/** All texts of up to so many of the letters. */
function textsUpTo(most: number): string[] {
  const all = [''];
  for (let from = 0, length = 0; length < most; length++) {
    const to = all.length;
    for (; from < to; from++) for (const letter of letters.values()) all.push(all[from]! + letter);
  }
  return all;
}

/** Bytes as letters, with the letters that those at the end can become; null where they are no UTF-8. */
function readBytes(bytes: readonly number[]): { whole: string; begun: ReadonlySet<string> | null } | null {
  for (let left = 0; left < 4 && left <= bytes.length; left++) {
    const end = bytes.length - left;
    const begun = left === 0 ? null : lettersAfter.get(String(bytes.slice(end)));
    if (begun === undefined) continue;
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes.slice(0, end)));
      return { whole: Array.from(text, letterOf).join(''), begun };
    } catch {
      // Too many bytes, or too few, for whole characters.
    }
  }
  return null;
}

/** Expressions of which no match is longer than four letters. */
const expressions = fc
  .letrec<{ whole: [string, number] }>((tie) => ({
    whole: fc
      .oneof(
        { maxDepth: 3 },
        fc.constantFrom('', ...ATOMS).map<[string, number]>((atom) => [atom, atom === '' ? 0 : 1]),
        fc.tuple(tie('whole'), tie('whole')).map<[string, number]>(([a, b]) => [a[0] + b[0], a[1] + b[1]]),
        fc
          .tuple(tie('whole'), tie('whole'))
          .map<[string, number]>(([a, b]) => [`(?:${a[0]}|${b[0]})`, Math.max(a[1], b[1])]),
        fc
          .tuple(tie('whole'), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 1 }))
          .map<[string, number]>(([a, least, more]) => [
            `(?:${a[0]}){${least},${least + more}}`,
            a[1] * (least + more),
          ]),
        tie('whole').map<[string, number]>(([a, longest]) => [`(?:${a})?`, longest]),
      )
      .filter(([, longest]) => longest <= 4),
  }))
  .whole.filter(([, longest]) => longest > 0);

const TEXTS = textsUpTo(4);

describe('the mask of a state', () => {
  it('keeps a token exactly where some text that begins so matches', () => {
    fc.assert(
      fc.property(expressions, fc.array(fc.nat(), { maxLength: 4 }), ([source], choices) => {
        const automaton = compileExpression(source);
        if (typeof automaton === 'string') throw new Error(automaton);
        const expression = new RegExp(`^(?:${source})$`, 'u');
        const matches = TEXTS.filter((text) => expression.test(text));
        const leadsOn = (bytes: readonly number[]): boolean => {
          const read = readBytes(bytes);
          if (!read) return false;
          const { whole, begun } = read;
          return matches.some((match) => {
            if (!match.startsWith(whole)) return false;
            const [next] = match.slice(whole.length);
            return begun === null || (next !== undefined && begun.has(next));
          });
        };
        const masks = new TokenMasks(automaton, vocabularyOf(TOKENS));
        let state = automaton.start;
        let text: number[] = [];
        for (const choice of [...choices, 0]) {
          const read = readBytes(text)!;
          expect(automaton.accepts(state)).toBe(read.begun === null && matches.includes(read.whole));
          const mask = masks.of(state);
          const allowed: number[] = [];
          TOKENS.forEach((token, id) => {
            const wanted = token.length > 0 && leadsOn([...text, ...token]);
            if (wanted) allowed.push(id);
            expect(mask[id], `${source} after ${String(text)}: ${String(token)}`).toBe(wanted ? 1 : 0);
            expect(masks.after(state, id) !== DEAD || token.length === 0).toBe(wanted || token.length === 0);
          });
          if (allowed.length === 0) return;
          const id = allowed[choice % allowed.length]!;
          state = masks.after(state, id);
          text = [...text, ...TOKENS[id]!];
        }
      }),
      { ...PROPERTY, numRuns: depth(150, 3000) },
    );
  });

  it('never begins a character that is none: overlong, a surrogate, above U+10FFFF', () => {
    const automaton = compileExpression('[^]*');
    if (typeof automaton === 'string') throw new Error(automaton);
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const isText = (bytes: number[]): boolean => {
      try {
        decoder.decode(Uint8Array.from(bytes));
        return true;
      } catch {
        return false;
      }
    };
    const reach = (bytes: readonly number[]): number =>
      bytes.reduce((state, byte) => automaton.next(state, byte), automaton.start);
    // Every pair of a leading byte and the next; what follows is one of those that complete any.
    for (let lead = 0; lead < 256; lead++) {
      for (let second = 0; second < 256; second++) {
        const rests = [
          [],
          [0x80],
          [0xa0],
          [0x80, 0x80],
          [0xa0, 0x80],
          [0x80, 0x80, 0x80],
          [0x90, 0x80, 0x80],
        ];
        const completes = rests.some((rest) => isText([lead, second, ...rest]));
        expect(reach([lead, second]) !== DEAD, `${lead} ${second}`).toBe(completes);
      }
    }
  });
});

describe('an expression', () => {
  it('says the same of every text as two other engines', () => {
    fc.assert(
      fc.property(expressions, fc.constantFrom(...TEXTS), ([source], text) => {
        const automaton = compileExpression(source);
        if (typeof automaton === 'string') throw new Error(automaton);
        const end = utf8(text).reduce((state, byte) => automaton.next(state, byte), automaton.start);
        const wanted = new RegExp(`^(?:${source})$`, 'u').test(text);
        expect(automaton.accepts(end)).toBe(wanted);
        expect(RE2JS.matches(source, text)).toBe(wanted);
      }),
      { ...PROPERTY, numRuns: depth(300, 5000) },
    );
  });

  it.each<[string, RegExp, string?]>([
    ['(', /JavaScript’s syntax; .*Unterminated group/],
    ['(.)\\1', /without backreferences/],
    ['a(?=b)', /without lookahead/],
    ['\\bword', /without lookahead, lookbehind, \\b/],
    ['(?:a{1,1000}){1,1000}', /simpler regular expression: this one takes more than 20,000 states/],
    ['[ab]*a[ab]{14}', /simpler/],
    ['(?:a{1,130}){1,130}', /simpler regular expression: this one takes too long to prepare/],
    ['(?:a?){3000}a{3000}', /simpler/],
    ['[]', /that some text matches/],
    ['', /not only the empty one/],
    ['a too long one', /at most 20,000 characters; this one has 20,001/, 'a'.repeat(20_001)],
  ])('%s is refused with the reason', (name, reason, source = name) => {
    expect(compileExpression(source)).toMatch(reason);
  });

  it.each(['\\p{L}{1,9000}', '\\p{L}*a\\p{L}{12}', '[^]{1,9000}'])(
    '%s has no more transitions than kinds of characters',
    (source) => {
      const automaton = compileExpression(source);
      if (typeof automaton === 'string') throw new Error(automaton);
      expect(automaton.alphabet.size).toBeLessThanOrEqual(3);
      expect(automaton.next(automaton.start, 0x61)).not.toBe(DEAD);
    },
  );

  it.each(['^ab$', 'ab', '^ab'])('%s is anchored at both ends anyway', (source) => {
    const automaton = compileExpression(source);
    if (typeof automaton === 'string') throw new Error(automaton);
    const after = (text: string): number =>
      utf8(text).reduce((state, byte) => automaton.next(state, byte), automaton.start);
    expect(automaton.accepts(after('ab'))).toBe(true);
    expect(after('xab')).toBe(DEAD);
    expect(after('abx')).toBe(DEAD);
  });

  it('keeps a dollar sign that is escaped', () => {
    const automaton = compileExpression('a\\$');
    if (typeof automaton === 'string') throw new Error(automaton);
    expect(
      automaton.accepts(utf8('a$').reduce((state, byte) => automaton.next(state, byte), automaton.start)),
    ).toBe(true);
  });
});
