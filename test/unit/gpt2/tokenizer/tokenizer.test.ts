import fc from 'fast-check';
import { encode as libraryEncode } from 'gpt-tokenizer/encoding/r50k_base';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { THE_VERDICT_PATH } from '../../../../src/experiments/kit/theVerdict';
import { END_OF_TEXT, Gpt2Tokenizer, GPT2_VOCABULARY_SIZE } from '../../../../src/gpt2/tokenizer/tokenizer';
import '../../fixedSeed';
import { depth } from '../../depth';

/** Of a long text, in characters. */
const LONG = depth(150_000, 1_050_000);

const tokenizer = new Gpt2Tokenizer();

interface Reference {
  readonly the_verdict_token_count: number;
  readonly cases: readonly { readonly text: string; readonly ids: readonly number[] }[];
}
const reference = JSON.parse(readFileSync('test/fixtures/oracles/tokenizer/gpt2.json', 'utf8')) as Reference;

/** Strings of any code units, lone surrogates, rare scripts and long runs included. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((c) => String.fromCharCode(c)), maxLength: 300 }),
  fc
    .array(
      fc.tuple(
        fc.constantFrom(' ', '\n', "'ll", 'a', 'the', '0', '\u00a0', '\ufeff', '\u0085', '漢', '😀'),
        fc.nat(40),
      ),
    )
    .map((runs) => runs.map(([piece, times]) => piece.repeat(times)).join('')),
);

describe('Gpt2Tokenizer', () => {
  it("gives the ids of Hugging Face's tokenizer", () => {
    expect(reference.cases.length).toBeGreaterThan(100);
    for (const { text, ids } of reference.cases)
      expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(ids);
  });

  it('gives back any text, with lone surrogates as U+FFFD', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const wellFormed = Buffer.from(text, 'utf8').toString('utf8');
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(wellFormed);
      }),
      { numRuns: depth(200, 500) },
    );
  });

  it('merges as the library of the ranks does', () => {
    // The library reads white space as JavaScript does, and is quadratic: short texts without the two characters.
    const text = fc.string({ unit: 'grapheme', maxLength: 200 }).filter((t) => !/[\ufeff\u0085]/.test(t));
    fc.assert(
      fc.property(text, (t) => {
        expect(tokenizer.encode(t)).toEqual(libraryEncode(t, { disallowedSpecial: new Set() }));
      }),
      { numRuns: depth(200, 500) },
    );
  });

  it('never makes a special token from text', () => {
    const ids = tokenizer.encode('<|endoftext|>');
    expect(ids).toHaveLength(7);
    expect(ids).not.toContain(END_OF_TEXT);
    expect(tokenizer.decode([END_OF_TEXT])).toBe('<|endoftext|>');
  });

  it('knows the exact bytes of every token', () => {
    const { bytes, offsets } = tokenizer.vocabulary;
    expect(offsets).toHaveLength(GPT2_VOCABULARY_SIZE + 1);
    expect(offsets.at(-1)).toBe(bytes.length);
    const piece = (id: number): number[] => [...bytes.subarray(offsets[id], offsets[id + 1])];
    // Ids of GPT-2's published vocab.json: "!" is 0, "Ġthe" 262, and bytes that are no characters stand alone.
    expect(piece(0)).toEqual([0x21]);
    expect(piece(262)).toEqual([...Buffer.from(' the')]);
    const text = '\u{1F600}';
    expect(tokenizer.encode(text).flatMap(piece)).toEqual([...Buffer.from(text)]);
  });

  it('refuses an id that is no token', () => {
    expect(() => tokenizer.decode([50257])).toThrow(/50257.*0 to 50256/);
    expect(() => tokenizer.decode([-1])).toThrow(RangeError);
  });

  it.each([
    ['one letter', 'a'.repeat(LONG)],
    ['spaces', ' '.repeat(LONG)],
    ['no white space', Array.from({ length: LONG }, (_, i) => 'etaoinshrdlu'[(i * i + 7 * i) % 12]).join('')],
    ['a long run of characters of several bytes', '漢'.repeat(LONG / 3)],
  ])('reads a long text of %s', (_, text) => {
    expect(tokenizer.decode(tokenizer.encode(text)) === text).toBe(true);
  });

  it('counts the tokens of The Verdict', () => {
    const text = readFileSync(THE_VERDICT_PATH, 'utf8');
    expect(tokenizer.encode(text)).toHaveLength(reference.the_verdict_token_count);
  });
});
