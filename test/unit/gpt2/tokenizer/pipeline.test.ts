import fc from 'fast-check';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { placeTokens } from '../../../../src/experiments/kit/tokenSpans';
import { AlignedText } from '../../../../src/gpt2/tokenizer/pipeline/alignedText';
import { readNormalizer } from '../../../../src/gpt2/tokenizer/pipeline/normalizers';
import { compilePattern, PatternError } from '../../../../src/gpt2/tokenizer/pipeline/patterns';
import type { TextTokenizer } from '../../../../src/gpt2/tokenizer/textTokenizer';
import { loadTokenizer } from '../../../../src/gpt2/tokenizer/tokenizerFile';
import '../../fixedSeed';
import { temporaryFolder } from '../../library/temporaryFolder';

const at = temporaryFolder();

type Json = Readonly<Record<string, unknown>>;
/** A text with the ids and the offsets, in characters, that the Rust tokenizers 0.23.2 give it. */
type Case = readonly [text: string, ids: number[], offsets: [number, number][]];

const read = (name: string): unknown =>
  JSON.parse(readFileSync(`test/fixtures/oracles/tokenizers/${name}.json`, 'utf8'));

async function load(json: Json): Promise<TextTokenizer> {
  mkdirSync(at('model'), { recursive: true });
  writeFileSync(at('model', 'tokenizer.json'), JSON.stringify(json));
  return loadTokenizer(at('model'));
}

/** Offsets in characters as those in UTF-16 units. */
function units(text: string, offsets: readonly [number, number][]): [number, number][] {
  const places = [0];
  for (const character of text) places.push(places.at(-1)! + character.length);
  return offsets.map(([start, end]) => [places[start]!, places[end]!]);
}

function found(tokenizer: TextTokenizer, text: string): { ids: number[]; places: [number, number][] } {
  const { ids, starts, ends } = tokenizer.tokenize!(text);
  return { ids, places: ids.map((_, i) => [starts[i]!, ends[i]!]) };
}

describe.each(['bl-added', 'bl-lower', 'bl-prefix'])('the tokenizer %s', (name) => {
  it('gives the ids and places of the reference', async () => {
    const { tokenizer: json, cases } = read(name) as { tokenizer: Json; cases: Case[] };
    const tokenizer = await load(json);
    for (const [text, ids, offsets] of cases) {
      expect({ text, ...found(tokenizer, text) }).toEqual({ text, ids, places: units(text, offsets) });
      expect(tokenizer.encode(text)).toEqual(ids);
    }
  });
});

interface Steps {
  added_tokens: Json[];
  tokenizers: { name: string; normalizer: unknown; pre_tokenizer: unknown; cases: Case[] }[];
}
const steps = read('steps') as Steps;
const words = read('words') as Steps;
const base = (): Json => (read('bl-added') as { tokenizer: Json }).tokenizer;

describe.each([...steps.tokenizers, ...words.tokenizers])(
  'steps such as those of "$name"',
  ({ normalizer, pre_tokenizer, cases }) => {
    it('give the ids and places of the reference', async () => {
      const tokenizer = await load({
        ...base(),
        added_tokens: steps.added_tokens,
        normalizer,
        pre_tokenizer,
      });
      for (const [text, ids, offsets] of cases) {
        expect({ text, ...found(tokenizer, text) }).toEqual({ text, ids, places: units(text, offsets) });
      }
    });
  },
);

describe('tokens of a tokenizer that adds a space', () => {
  it('are placed on the words of the text', async () => {
    const { tokenizer: json } = read('bl-prefix') as { tokenizer: Json };
    const tokenizer = await load(json);
    const text = 'the king and the fox';
    const { starts, ends } = await placeTokens(tokenizer, text);
    const pieces = Array.from(starts, (start, i) => text.slice(start, ends[i]));
    // Every character once, and none of the space that was added.
    expect(pieces.join('')).toBe(text);
    expect(pieces[0]).toBe('the');
  });
});

describe('added tokens', () => {
  it('have names, and become no text unless they are special', async () => {
    const tokenizer = await load({
      ...base(),
      added_tokens: [
        { id: 365, content: '<EOL>', special: false, normalized: false },
        { id: 366, content: '<|user|>', special: true, normalized: false },
      ],
    });
    expect(tokenizer.encode('x<EOL>y')).toEqual([91, 365, 92]);
    expect(tokenizer.encode('<|user|>')).not.toContain(366);
    expect(tokenizer.decode([365, 366])).toBe('<EOL><|user|>');
  });
});

describe('normal forms', () => {
  it.each(['NFC', 'NFD', 'NFKC', 'NFKD'] as const)('%s places every character', (type) => {
    const normalize = readNormalizer({ type });
    // Kana of half width, letters of Hangul and ligatures, which marks may follow or which follow as marks do.
    const text = fc.string({
      unit: fc.oneof(
        fc.integer({ min: 0, max: 0xd7ff }).map((code) => String.fromCharCode(code)),
        fc.constantFrom(
          'a',
          '\u0301',
          '\u0323',
          'ｶ',
          'ﾞ',
          'ㄱ',
          'ㅏ',
          'ﾡ',
          '\u1161',
          '가',
          '\u11a8',
          '½',
          '™',
          'ẛ',
        ),
      ),
      maxLength: 30,
    });
    fc.assert(
      fc.property(text, (t) => {
        const normal = normalize(AlignedText.of(t));
        expect(normal.text).toBe(t.normalize(type));
        const starts = Array.from({ length: normal.length }, (_, i) => normal.start(i));
        expect(starts).toEqual([...starts].sort((one, other) => one - other));
        expect(starts.every((start) => start < t.length)).toBe(true);
        expect(starts[0] ?? 0).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});

describe('patterns', () => {
  it.each([
    String.raw`\p{L}+|\p{N}{1,3}|\s+`,
    String.raw`[a-c]+(?:x|yz)?|[^\sa-c]`,
    String.raw`(?:a|ab)(?:c|bcd)?|\d\D`,
    String.raw`^a+|b$|\.`,
    String.raw` ?\w+|\W`,
    String.raw`\s+(?!\S)|\s+`,
    String.raw`a|\s+(?!\S)`,
    String.raw`\p{Lu}?\p{Ll}+|\[|[\]x]`,
  ])('%s match what JavaScript matches', (pattern) => {
    const find = compilePattern(pattern);
    // What Oniguruma means by the same.
    const own = pattern
      .replaceAll(String.raw`\s`, String.raw`\p{White_Space}`)
      .replaceAll(String.raw`\S`, String.raw`\P{White_Space}`)
      .replaceAll(String.raw`\w`, String.raw`[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]`)
      .replaceAll(String.raw`\W`, String.raw`[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]`)
      .replaceAll(String.raw`\d`, String.raw`\p{Nd}`)
      .replaceAll(String.raw`\D`, String.raw`\P{Nd}`);
    const text = fc
      .array(
        fc.constantFrom(
          'a',
          'b',
          'c',
          'x',
          'y',
          'z',
          'd',
          'A',
          ' ',
          '\n',
          '.',
          '1',
          '٣',
          '[',
          ']',
          '\ufeff',
          '\u0085',
          '😀',
          'é',
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (t) => {
        const expected = [...t.matchAll(new RegExp(own, 'gum'))]
          .filter(({ 0: match }) => match !== '')
          .map(({ index, 0: match }) => [index, index + match.length]);
        expect([...find(t)]).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    '(a)\\1',
    'a(?=b)',
    'a(?!b)',
    '(?<=a)b',
    '\\s+(?!\\S)|a',
    'a++',
    '[a[b]]',
    '[a&&b]',
    '\\R',
    '(',
    'a{2000}',
    'x'.repeat(20_000),
  ])('that cannot be run in linear time are refused: %#', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(PatternError);
  });

  it('that would take forever elsewhere are run', async () => {
    const tokenizer = await load({
      ...base(),
      normalizer: { type: 'Replace', pattern: { Regex: '(a*)*b' }, content: 'x' },
    });
    expect(tokenizer.decode(tokenizer.encode('a'.repeat(20_000)))).toBe('a'.repeat(20_000));
    expect(tokenizer.decode(tokenizer.encode(`${'a'.repeat(50)}bc`))).toBe('xc');
  });

  it('are named in the sentence that refuses a tokenizer', async () => {
    const pre = { type: 'Split', pattern: { Regex: 'a(?=b)' }, behavior: 'Isolated' };
    const split = { type: 'Sequence', pretokenizers: [pre, { type: 'ByteLevel', use_regex: false }] };
    await expect(load({ ...base(), pre_tokenizer: split })).rejects.toThrow(
      /a pattern in it is not used: .*linear time.* Choose a model/,
    );
  });
});

describe('a text of one letter', () => {
  it('is read in time, however long', async () => {
    const { tokenizer: json } = read('bl-prefix') as { tokenizer: Json };
    const tokenizer = await load(json);
    const text = 'a'.repeat(300_000);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(` ${text}`);
  });
});
