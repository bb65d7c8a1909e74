import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlignedText } from '../../../../src/gpt2/tokenizer/pipeline/alignedText';
import { readCharsMap } from '../../../../src/gpt2/tokenizer/pipeline/charsMap';
import { readNormalizer } from '../../../../src/gpt2/tokenizer/pipeline/normalizers';
import { StepError } from '../../../../src/gpt2/tokenizer/pipeline/step';
import '../../fixedSeed';
import { charsMap, offset, table } from './doubleArray';

const read = (bytes: Buffer): ((text: string) => string | undefined) =>
  readCharsMap(bytes.toString('base64'));

/** A text after a normalizer with some rules, and the place in the original of each of its units. */
function normalized(rules: Record<string, string>, text: string): [string, [number, number][]] {
  const precompiled_charsmap = charsMap(new Map(Object.entries(rules))).toString('base64');
  const result = readNormalizer({ type: 'Precompiled', precompiled_charsmap })(AlignedText.of(text));
  return [result.text, Array.from({ length: result.length }, (_, i) => [result.start(i), result.end(i)])];
}

describe('a table of replacements', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '漢', '😀'), minLength: 1, maxLength: 4 });

  it('gives what the shortest key becomes that a text begins with', () => {
    const rules = fc.dictionary(letters, fc.string({ unit: fc.constantFrom('x', 'ß', '字'), maxLength: 3 }), {
      maxKeys: 8,
    });
    fc.assert(
      fc.property(rules, fc.array(letters, { maxLength: 10 }), (some, texts) => {
        const map = new Map(Object.entries(some));
        const find = read(charsMap(map));
        for (const text of [...texts, ...map.keys(), '']) {
          const keys = [...map.keys()]
            .filter((key) => text.startsWith(key))
            .sort((a, b) => a.length - b.length);
          expect(find(text)).toBe(keys.length === 0 ? undefined : map.get(keys[0]!));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('may share what keys end with, as Darts writes it', () => {
    // "ax" and "bx": two units with the same children.
    const units = new Array<number>(1024).fill(0);
    units[0] = offset(256);
    units[256 + 97] = 97 | offset((256 + 97) ^ 512);
    units[256 + 98] = 98 | offset((256 + 98) ^ 512);
    units[512 + 120] = 120 | offset((512 + 120) ^ 768) | 0x100;
    units[768] = 0x80000000;
    const find = read(table(units, Buffer.from('same\0')));
    expect([find('ax'), find('bx'), find('cx'), find('a')]).toEqual(['same', 'same', undefined, undefined]);
  });
});

describe('a normalizer with a table', () => {
  it('replaces short graphemes whole and others by their characters', () => {
    // A mark goes with a letter whose rule applies, unless both are of six bytes.
    expect(normalized({ ﬁ: 'fi' }, 'ﬁ\u0301x')[0]).toBe('fix');
    expect(normalized({ ม: 'M' }, 'ม\u0e33')[0]).toBe('M\u0e33');
    expect(normalized({ e: 'X', 'e\u0301': 'Y' }, 'e\u0301')[0]).toBe('X');
    expect(normalized({ 'e\u0301': 'é' }, 'ae\u0301e')[0]).toBe('aée');
    expect(normalized({ '\r': ' ', '\n': ' ' }, 'a\r\nb\n')[0]).toBe('a b ');
  });

  it('keeps the places of what was there', () => {
    const place = (at: number): [number, number] => [at, at + 1];
    expect(normalized({ '½': '1⁄2' }, 'a½b')).toEqual(['a1⁄2b', [0, 1, 1, 1, 2].map(place)]);
    expect(normalized({ ﬁ: 'fi' }, 'ﬁ\u0301x')).toEqual(['fix', [0, 1, 2].map(place)]);
    // The reference is one off from here on, because nothing tells it of a character that is removed first.
    expect(normalized({ '\u00ad': '' }, '\u00ada\u00adb')).toEqual(['ab', [1, 3].map(place)]);
    expect(normalized({ '😀': ':)' }, 'x😀y')).toEqual([
      'x:)y',
      [
        [0, 1],
        [1, 3],
        [1, 3],
        [3, 4],
      ],
    ]);
  });

  it('cuts graphemes wherever they lie in a long text', () => {
    const one = 'abé漢e\u0301🇫🇷👨\u200d👩\u200d👧क्षि\r\n';
    const rules = { 'e\u0301': 'é', '\r': ' ' };
    const long = one.repeat(200);
    expect(normalized(rules, long)[0]).toBe('abé漢é🇫🇷👨\u200d👩\u200d👧क्षि '.repeat(200));
    const marks = `e${'\u0301'.repeat(5_000)}e\u0301`;
    expect(normalized(rules, marks)[0]).toBe(`e${'\u0301'.repeat(5_000)}é`);
  });
});

describe('a table that is none', () => {
  const block = (set: Record<number, number>): number[] => Array.from({ length: 512 }, (_, i) => set[i] ?? 0);
  const text = Buffer.from('x\0');
  const a = 256 + 97;
  /** A key "a" whose value is the given one. */
  const leaf = (value: number): number[] =>
    block({ 0: offset(256), [a]: 97 | offset(a ^ 256) | 0x100, 256: (value | 0x80000000) >>> 0 });

  it.each([
    ['no text', 5, /not written in base64/],
    ['other characters', 'a*b=', /not written in base64/],
    ['nothing', '', /has 0 bytes, expected at least 4/],
    [
      'a trie that is cut off',
      table([], Buffer.alloc(100), 1024),
      /its trie has 1024 bytes, but only 100 follow/,
    ],
    ['a size beyond all', table([], Buffer.alloc(8), -1), /has 4294967295 bytes, but only 8 follow/],
    ['no trie', table([], text), /a trie of 0 bytes, expected a multiple of 1024/],
    ['half a block', table([1, 2], text), /a trie of 8 bytes, expected a multiple of 1024/],
    [
      'too large a trie',
      table(new Array<number>(1_100_800).fill(0), text),
      /4403200 bytes, expected at most 4194304/,
    ],
    [
      'a root that points out',
      table(block({ 0: offset(512) }), text),
      /unit 0 points to 512, expected less than 512/,
    ],
    [
      'a far unit that points out',
      table(block({ 0: offset(256), [a]: 97 | 0x7ffffe00 }), text),
      /unit 353 points to \d+, expected less than 512/,
    ],
    [
      'a circle of one',
      table(block({ 0: offset(256), [a]: 97 | offset(a ^ 256) }), text),
      /unit 353 leads back/,
    ],
    [
      'a circle of two',
      table(block({ 0: offset(256), [a]: 97 | offset(a), 98: 98 | offset(98 ^ 256) }), text),
      /unit 353 leads back to itself/,
    ],
    ['a value past the texts', table(leaf(2), text), /points to byte 2 of its replacements, which have 2/],
    ['a value far past them', table(leaf(0x7fffffff), text), /points to byte 2147483647/],
    ['half a character', table(leaf(1), Buffer.from('é\0')), /at byte 1 that is not UTF-8/],
    [
      'a text without end',
      table(leaf(0), Buffer.alloc(129, 'x')),
      /replacement of more than 128 bytes at byte 0/,
    ],
  ])('is refused in words: %s', (_, bytes, message) => {
    const value = bytes instanceof Buffer ? bytes.toString('base64') : bytes;
    expect(() => readCharsMap(value)).toThrow(StepError);
    expect(() => readCharsMap(value)).toThrow(message);
    expect(() => readCharsMap(value)).toThrow(/"Precompiled".*; get the model's own tokenizer\.json again$/);
  });

  it('or is harmless, whatever its bytes are', () => {
    const whole = charsMap(new Map([['a', 'b'], ['é', 'e'], ['漢字', 'K']])); // prettier-ignore
    const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(changes, fc.nat(whole.length), (some, length) => {
        const bytes = Buffer.from(whole);
        // What is no zero is what the trie consists of.
        const used = [...whole.keys()].filter((i) => whole[i] !== 0);
        for (const [at, byte] of some) bytes[used[at % used.length]!] = byte;
        for (const part of [bytes, bytes.subarray(0, length)]) {
          try {
            const find = read(part);
            for (const t of ['a', 'é', '漢字', 'abc', '\0']) expect(find(t)?.length ?? 0).toBeLessThan(129);
          } catch (error) {
            expect(error).toBeInstanceOf(StepError);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
