import fc from 'fast-check';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UnigramModel } from '../../../../src/gpt2/tokenizer/pipeline/unigramModel';
import type { TextTokenizer } from '../../../../src/gpt2/tokenizer/textTokenizer';
import { loadTokenizer } from '../../../../src/gpt2/tokenizer/tokenizerFile';
import { depth } from '../../depth';
import '../../fixedSeed';
import { temporaryFolder } from '../../library/temporaryFolder';

const at = temporaryFolder();

type Json = Readonly<Record<string, unknown>>;
type Place = readonly [start: number, end: number];
interface Steps {
  readonly name: string;
  readonly normalizer: unknown;
  readonly pre_tokenizer: unknown;
  readonly byte_fallback: boolean;
  /** Ids and offsets in characters, by the Rust tokenizers 0.23.2. */
  readonly cases: readonly (readonly [text: string, ids: number[], offsets: Place[]])[];
}
const reference = JSON.parse(readFileSync('test/fixtures/oracles/tokenizers/unigram.json', 'utf8')) as {
  readonly table: string;
  readonly vocab: readonly [string, number][];
  readonly added_tokens: readonly Json[];
  readonly tokenizers: readonly Steps[];
  /** Ids by SentencePiece itself, with bytes for unknown characters. */
  readonly typed: readonly (readonly [text: string, ids: number[]])[];
};

async function load(json: Json): Promise<TextTokenizer> {
  mkdirSync(at('model'), { recursive: true });
  writeFileSync(at('model', 'tokenizer.json'), JSON.stringify(json));
  return loadTokenizer(at('model'));
}

function withSteps({ normalizer, pre_tokenizer, byte_fallback }: Omit<Steps, 'name' | 'cases'>): Json {
  const { table, vocab, added_tokens } = reference;
  return {
    added_tokens,
    normalizer: JSON.parse(JSON.stringify(normalizer).replace('TABLE', table)) as unknown,
    pre_tokenizer,
    model: { type: 'Unigram', unk_id: 0, vocab, byte_fallback },
  };
}

describe.each(reference.tokenizers)('the unigram tokenizer "$name"', (steps) => {
  it('gives the ids and places of the reference', async () => {
    const tokenizer = await load(withSteps(steps));
    for (const [text, ids, offsets] of steps.cases) {
      const units = [0];
      for (const character of text) units.push(units.at(-1)! + character.length);
      const found = tokenizer.tokenize!(text);
      expect({ text, ids: found.ids }).toEqual({ text, ids });
      expect(tokenizer.encode(text)).toEqual(ids);
      const places = ids.map((_, i): Place => [found.starts[i]!, found.ends[i]!]);
      const expected = offsets.map(([start, end]): Place => [units[start]!, units[end]!]);
      expect({ text, places }).toEqual({
        text,
        places: steps.byte_fallback ? ofBytes(expected, text) : expected,
      });
    }
  });
});

/**
 * The reference gives every byte of unknown characters in a row the place of them all; here each has that of its
 * own character. The tokens that share a place of several characters are as many as those have bytes.
 */
function ofBytes(places: readonly Place[], text: string): Place[] {
  const exact: Place[] = [];
  for (let i = 0; i < places.length;) {
    const [start, end] = places[i]!;
    const count = places.filter((place) => place[0] === start && place[1] === end).length;
    const characters = Array.from(text.slice(start, end));
    if (count !== Buffer.byteLength(text.slice(start, end)) || count === 1) {
      exact.push(places[i++]!);
      continue;
    }
    let unit = start;
    for (const character of characters) {
      for (let n = Buffer.byteLength(character); n > 0; n--) exact.push([unit, unit + character.length]);
      unit += character.length;
    }
    i += count;
  }
  return exact;
}

describe('what a user types', () => {
  it('is no special token, unknown token or byte, as for SentencePiece', async () => {
    const tokenizer = await load({
      ...withSteps({
        normalizer: { type: 'Precompiled', precompiled_charsmap: 'TABLE' },
        pre_tokenizer: { type: 'Metaspace', prepend_scheme: 'always', split: false },
        byte_fallback: true,
      }),
      added_tokens: [
        { id: 1, content: '<s>', special: true },
        { id: 2, content: '</s>', special: true },
      ],
    });
    expect(reference.typed.map(([text]) => [text, tokenizer.encode(text)])).toEqual(reference.typed);
  });
});

/** The greatest sum of scores over every way to cut a text, an unknown character counting as the penalty says. */
function bestSum(text: string, scores: ReadonlyMap<string, number>): { sum: number; cuts: string[][] } {
  const unknown = Math.min(...scores.values()) - 10;
  let sum = -Infinity;
  let cuts: string[][] = [];
  const go = (at: number, so: number, cut: string[]): void => {
    if (at === text.length) {
      if (so > sum) [sum, cuts] = [so, []];
      if (so === sum) cuts.push(cut);
      return;
    }
    for (let end = at + 1; end <= text.length; end++) {
      const piece = text.slice(at, end);
      const score = scores.get(piece) ?? (piece.length === 1 ? unknown : undefined);
      if (score !== undefined) go(end, so + score, [...cut, piece]);
    }
  };
  go(0, 0, []);
  return { sum, cuts };
}

describe('the best way to write a text', () => {
  const letters = fc.constantFrom('a', 'b', 'c', 'é', '\u2581');
  // Eighths have exact sums, so that equal ones are equal.
  const vocabulary = fc.uniqueArray(
    fc.tuple(fc.string({ unit: letters, minLength: 1, maxLength: 4 }), fc.integer({ min: -80, max: 8 })),
    { minLength: 1, maxLength: 12, selector: ([piece]) => piece },
  );

  it('is that of all ways', () => {
    fc.assert(
      fc.property(vocabulary, fc.string({ unit: letters, maxLength: 9 }), (some, text) => {
        const vocab = [['<unk>', 0] as const, ...some.map(([piece, score]) => [piece, score / 8] as const)];
        const model = new UnigramModel({ vocab, unk_id: 0 }, false, new Set());
        const tokens = model.encode(text);
        // Unknown characters in a row are one token; the ways of all are compared as if they were.
        const found = tokens.flatMap(({ id, first, last }) =>
          id === 0 ? Array.from(text.slice(first, last + 1)) : [vocab[id]![0]],
        );
        expect(found.join('')).toBe(text);
        const { cuts } = bestSum(text, new Map(vocab));
        expect(cuts).toContainEqual(found);
        for (const [i, { first, last }] of tokens.entries()) {
          expect(first).toBe(i === 0 ? 0 : tokens[i - 1]!.last + 1);
          expect(last).toBeLessThan(text.length);
        }
      }),
      { numRuns: depth(100, 1_000) },
    );
  });

  it('is the published example', () => {
    // The documentation of the Rust library's model.
    const vocab = Object.entries({ '<unk>': 0, a: 0, b: 0, c: 0, d: 0, cd: 1, ab: 2, abc: 5, abcd: 10 });
    const model = new UnigramModel({ vocab, unk_id: 0 }, false, new Set());
    expect(model.encode('abcdacdxx')).toEqual([
      { id: 8, first: 0, last: 3 },
      { id: 1, first: 4, last: 4 },
      { id: 5, first: 5, last: 6 },
      { id: 0, first: 7, last: 8 },
    ]);
  });
});

describe('unknown characters', () => {
  const byte = (value: number): [string, number] => [`<0x${value.toString(16).toUpperCase()}>`, 0];
  const vocab: [string, number][] = [['<unk>', 0], ['a', -1], byte(0xc3), byte(0xa9)]; // prettier-ignore
  const ids = (model: Json, text: string): number[] =>
    new UnigramModel(model, false, new Set()).encode(text).map(({ id }) => id);

  it('become bytes where every byte of a run has a token, else the unknown token', () => {
    const model = { vocab, unk_id: 0, byte_fallback: true };
    expect(ids(model, 'aéa')).toEqual([1, 2, 3, 1]);
    expect(ids(model, 'aéüa')).toEqual([1, 0, 1]);
    expect(ids({ ...model, byte_fallback: false }, 'aéüaé')).toEqual([1, 0, 1, 0]);
  });

  it('may be as many as a text has', () => {
    const model = { vocab, unk_id: 0, byte_fallback: true };
    expect(ids(model, 'é'.repeat(100_000))).toHaveLength(200_000);
    expect(ids({ ...model, byte_fallback: false }, 'é'.repeat(100_000))).toEqual([0]);
  });

  it('are named where a model has no unknown token', async () => {
    const tokenizer = await load({
      pre_tokenizer: { type: 'Metaspace' },
      model: { type: 'Unigram', vocab: [['a', -1], ['\u2581', -1]] }, // prettier-ignore
    });
    expect(tokenizer.encode('a a')).toEqual([1, 0, 1, 0]);
    expect(() => tokenizer.encode('a😀')).toThrow(/The text has "😀", for which .* no token\. Leave it out/);
  });
});

describe('a model that is none', () => {
  it.each([
    [{ vocab: {} }, /its vocabulary is not a list of pieces/],
    [{ vocab: [] }, /its vocabulary is not a list of pieces/],
    [{ vocab: [['a']] }, /its piece 0 is \["a"\], expected a text and its score/],
    [{ vocab: [['a', 0], ['b', null]] }, /its piece 1 is \["b",null\]/], // prettier-ignore
    [{ vocab: [['a', 0]], unk_id: 1 }, /its unk_id 1 is none of the ids 0 to 0/],
    [{ vocab: [['a', 0]], unk_id: 'a' }, /its unk_id "a" is none/],
    [{ vocab: [['a'.repeat(257), 0]] }, /its piece 0 has 257 characters, expected at most 256/],
  ])('is refused in words: %#', async (model, message) => {
    const json = { pre_tokenizer: { type: 'Metaspace' }, model: { type: 'Unigram', ...model } };
    await expect(load(json)).rejects.toThrow(message);
    await expect(load(json)).rejects.toThrow(/cannot be used: .*\. Choose a model/);
  });
});

it('a long text of one letter is read in time, whatever the pieces are', () => {
  const vocab = Array.from({ length: 256 }, (_, i) => ['a'.repeat(i + 1), -1 - i / 300]);
  const model = new UnigramModel({ vocab }, false, new Set());
  // The longest piece is the best, and what is left of the text stands where it costs least.
  expect(model.encode('a'.repeat(20_000))).toHaveLength(Math.ceil(20_000 / 256));
});
