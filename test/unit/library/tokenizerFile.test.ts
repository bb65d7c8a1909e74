import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ModelFileError } from '../../../src/gpt2/checkpoint/modelFileError';
import { fitTokenizer, type TextTokenizer } from '../../../src/gpt2/tokenizer/textTokenizer';
import { Gpt2Tokenizer } from '../../../src/gpt2/tokenizer/tokenizer';
import { loadTokenizer } from '../../../src/gpt2/tokenizer/tokenizerFile';
import { temporaryFolder } from './temporaryFolder';

const at = temporaryFolder();
beforeEach(() => mkdir(at('model')));

const cases = (
  JSON.parse(readFileSync('test/fixtures/oracles/tokenizer/gpt2.json', 'utf8')) as {
    cases: { text: string; ids: number[] }[];
  }
).cases;

/** Radford et al.'s `bytes_to_unicode`, by their description. */
const CHARACTERS: string[] = (() => {
  const bytes = [
    [33, 126],
    [161, 172],
    [174, 255],
  ].flatMap(([from, to]) => Array.from({ length: to! - from! + 1 }, (_, i) => from! + i));
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(bytes.includes(byte) ? byte : next++));
})();
const written = (bytes: Uint8Array): string => Array.from(bytes, (byte) => CHARACTERS[byte]).join('');

/** GPT-2's own files, rebuilt: a token's merge is the pair of tokens left when only lower ids have been merged. */
const { vocab, merges } = (() => {
  const { bytes, offsets } = new Gpt2Tokenizer().vocabulary;
  const tokens = Array.from({ length: offsets.length - 1 }, (_, id) =>
    id === 50256 ? '<|endoftext|>' : written(bytes.subarray(offsets[id], offsets[id + 1])),
  );
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const pairs = tokens.slice(256, 50256).map((token, i) => {
    let parts = Array.from(token);
    while (parts.length > 2) {
      const ranks = parts.slice(1).map((part, at) => idOf.get(parts[at]! + part) ?? Infinity);
      const best = Math.min(...ranks);
      if (best >= 256 + i) throw new Error(`token ${256 + i} cannot be merged`);
      const place = ranks.indexOf(best);
      parts = [...parts.slice(0, place), parts[place]! + parts[place + 1]!, ...parts.slice(place + 2)];
    }
    return parts.join(' ');
  });
  return { vocab: Object.fromEntries(idOf), merges: pairs };
})();

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
const gpt2Json = {
  version: '1.0',
  added_tokens: [{ id: 50256, content: '<|endoftext|>', special: true, normalized: true }],
  normalizer: null as unknown,
  pre_tokenizer: byteLevel as unknown,
  post_processor: null,
  decoder: byteLevel as unknown,
  model: { type: 'BPE', vocab, merges } as Record<string, unknown>,
};

/** The same with two tokens of text. */
const small = {
  ...gpt2Json,
  added_tokens: [],
  model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'] },
};

const write = (name: string, content: unknown): Promise<void> =>
  writeFile(at('model', name), typeof content === 'string' ? content : JSON.stringify(content));

describe('loadTokenizer', () => {
  it("takes GPT-2's where the folder says nothing, or the same", async () => {
    expect(await loadTokenizer(at('model'))).toBeInstanceOf(Gpt2Tokenizer);
    await write('vocab.json', vocab);
    await write('merges.txt', ['#version: 0.2', ...merges, ''].join('\n'));
    expect(await loadTokenizer(at('model'))).toBeInstanceOf(Gpt2Tokenizer);
    await write('tokenizer.json', gpt2Json);
    expect(await loadTokenizer(at('model'))).toBeInstanceOf(Gpt2Tokenizer);
  });

  it.each([
    ['another pre-tokenizer', { pre_tokenizer: { ...byteLevel, add_prefix_space: true } }],
    ['a normalizer', { normalizer: { type: 'NFC' } }],
    ['a smaller vocabulary', { model: { type: 'BPE', vocab: { a: 0 }, merges: [] } }],
  ])('takes the own one with %s', async (_, change) => {
    await write('tokenizer.json', { ...gpt2Json, ...change });
    expect(await loadTokenizer(at('model'))).not.toBeInstanceOf(Gpt2Tokenizer);
  });

  describe("with GPT-2's own file, read as any other model's", () => {
    let tokenizer: TextTokenizer;
    beforeAll(async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tokenizer-'));
      const pre = { type: 'Sequence', pretokenizers: [byteLevel] };
      writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify({ ...gpt2Json, pre_tokenizer: pre }));
      tokenizer = await loadTokenizer(folder);
      rmSync(folder, { recursive: true });
    });

    it("gives Hugging Face's ids, and the texts back", () => {
      expect(tokenizer).not.toBeInstanceOf(Gpt2Tokenizer);
      for (const { text, ids } of cases) {
        expect(tokenizer.encode(text)).toEqual(ids);
        expect(tokenizer.decode(ids)).toBe(text);
      }
    });

    it("has the bytes of GPT-2's tokens", () => {
      const { vocabulary } = new Gpt2Tokenizer();
      expect(Buffer.compare(tokenizer.vocabulary.bytes, vocabulary.bytes)).toBe(0);
      expect(tokenizer.vocabulary.offsets).toEqual(vocabulary.offsets);
    });

    it('takes special tokens for ordinary text and lone surrogates for U+FFFD', () => {
      expect(tokenizer.encode('<|endoftext|>')).toHaveLength(7);
      expect(tokenizer.encode('a\uD800b')).toEqual(tokenizer.encode('a\uFFFDb'));
      expect(() => tokenizer.decode([50257])).toThrow(/Token id 50257 .* 0 to 50256/);
    });

    it('cuts white space by its Unicode property', () => {
      expect(tokenizer.encode(' \ufeffa')).toEqual([27332, 119, 123, 64]);
      expect(tokenizer.encode(' \u0085a')).toEqual([220, 126, 227, 64]);
    });
  });

  it.each([
    ['vocab.txt', '[PAD]', /has vocab\.txt\./],
    ['spiece.model', 'x', /spiece\.model/],
    [
      'tokenizer_config.json',
      '{"tokenizer_class":"BertTokenizer"}',
      /"BertTokenizer" in tokenizer_config\.json/,
    ],
    ['config.json', '{"tokenizer_class":"T5Tokenizer"}', /"T5Tokenizer" in config\.json/],
  ])("does not take GPT-2's where %s says otherwise", async (name, content, sentence) => {
    await write(name, content);
    const refusal = loadTokenizer(at('model'), 50257);
    await expect(refusal).rejects.toBeInstanceOf(ModelFileError);
    await expect(refusal).rejects.toThrow(sentence);
    await expect(refusal).rejects.toThrow(
      /no tokenizer that can be read.*Put the model's tokenizer.json there/,
    );
  });

  it("takes GPT-2's for its own size and padded ones, and reads no text for another", async () => {
    await write('tokenizer_config.json', { tokenizer_class: 'GPT2Tokenizer' });
    for (const size of [50257, 50304]) {
      expect(await loadTokenizer(at('model'), size)).toBeInstanceOf(Gpt2Tokenizer);
    }
    for (const size of [101, 1000, 21128, 50256, 64000]) {
      const unknown = await loadTokenizer(at('model'), size);
      expect(() => unknown.encode('the king')).toThrow(/has no tokenizer.* is not GPT-2's of 50257/);
      expect(unknown.decode([5, 17])).toBe('<5><17>');
    }
  });

  it('names the tokens that a model adds to GPT-2, and reads them only if they are not special', async () => {
    const added = [
      ...gpt2Json.added_tokens,
      { id: 50257, content: '<|pad|>', special: true },
      { id: 50258, content: '<EOL>', special: false },
    ];
    await write('tokenizer.json', { ...gpt2Json, added_tokens: added });
    const tokenizer = await loadTokenizer(at('model'), 50259);
    expect(tokenizer.decode([50257, 50258])).toBe('<|pad|><EOL>');
    expect(tokenizer.encode('<|pad|>')).toEqual(new Gpt2Tokenizer().encode('<|pad|>'));
    expect(tokenizer.encode('x<EOL>y')).toEqual([87, 50258, 88]);
  });

  it('knows added tokens beside vocab.json, and a space before the text', async () => {
    await write('vocab.json', { a: 0, b: 1, ab: 2, Ġ: 3, Ġab: 4 });
    await write('merges.txt', '#version: 0.2\na b\nĠ ab\n');
    await write('added_tokens.json', { '<x>': 5, '<y>': 6 });
    await write('special_tokens_map.json', { pad_token: '<y>' });
    await write('tokenizer_config.json', { add_prefix_space: true });
    const tokenizer = await loadTokenizer(at('model'));
    expect(tokenizer.encode('ab<x>b')).toEqual([4, 5, 3, 1]);
    expect(tokenizer.decode([5, 6])).toBe('<x><y>');
    expect(() => tokenizer.encode('<y>')).toThrow(/has no token|for which/);
  });

  it('reads vocab.json and merges.txt of another vocabulary', async () => {
    await write('vocab.json', { a: 0, b: 1, ab: 2, Ġ: 3, Ġab: 4 });
    await write('merges.txt', '#version: 0.2\na b\nĠ ab\n');
    const tokenizer = await loadTokenizer(at('model'));
    expect(tokenizer.encode('ab ab b')).toEqual([2, 4, 3, 1]);
    expect(tokenizer.decode([2, 4, 3, 1])).toBe('ab ab b');
    expect(() => tokenizer.encode('abc')).toThrow(/"c", for which this model's vocabulary has no token/);
  });

  it("reads SentencePiece's kind, with bytes for what has no token", async () => {
    const bytes = Object.fromEntries(
      Array.from({ length: 256 }, (_, b) => [`<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`, b]),
    );
    await write('tokenizer.json', {
      added_tokens: [{ id: 260, content: '<s>', special: true }],
      normalizer: null,
      pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'never', split: false },
      post_processor: null,
      decoder: {
        type: 'Sequence',
        decoders: [
          { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
          { type: 'ByteFallback' },
          { type: 'Fuse' },
        ],
      },
      model: {
        type: 'BPE',
        byte_fallback: true,
        vocab: { ...bytes, '▁': 256, h: 257, i: 258, '▁hi': 259 },
        merges: [],
      },
    });
    const tokenizer = await loadTokenizer(at('model'));
    expect(tokenizer.encode('hi é')).toEqual([257, 258, 256, 0xc3, 0xa9]);
    expect(tokenizer.decode([257, 258, 256, 0xc3, 0xa9])).toBe('hi é');
    expect(tokenizer.decode([259, 260])).toBe(' hi<s>');
  });

  it.each<[unknown, RegExp]>([
    ['{', /not JSON/],
    ['[]', /not a JSON object/],
    [{ ...small, pre_tokenizer: null, decoder: null }, /do not stand for fixed bytes/],
    [
      { ...small, pre_tokenizer: { type: 'BertPreTokenizer' }, decoder: { type: 'WordPiece' } },
      /do not stand for fixed bytes/,
    ],
    [{ ...small, pre_tokenizer: { type: 'Strange' } }, /cannot be used/],
  ])('refuses a file that cannot be used: %#', async (content, sentence) => {
    await write('tokenizer.json', content);
    const error: unknown = await loadTokenizer(at('model')).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ModelFileError);
    expect((error as Error).message).toMatch(sentence);
  });
});

describe('fitTokenizer', () => {
  const gpt2 = new Gpt2Tokenizer();

  it('gives tokens without text to ids beyond the vocabulary', () => {
    const padded = fitTokenizer(gpt2, 50304, 'padded');
    const { vocabulary } = padded;
    expect(vocabulary.offsets).toHaveLength(50305);
    expect(vocabulary.offsets[50304]).toBe(vocabulary.offsets[50257]);
    expect(padded.decode([...gpt2.encode('a b'), 50300])).toBe('a b');
  });

  it('says which token a model with a smaller vocabulary lacks', () => {
    const small = fitTokenizer(gpt2, 101, 'tiny');
    expect(small.vocabulary.offsets).toHaveLength(102);
    expect(() => small.encode('hello')).toThrow(
      /The text needs token 31373, but tiny knows only the ids 0 to 100/,
    );
  });
});
