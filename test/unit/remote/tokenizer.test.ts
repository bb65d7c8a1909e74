import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode as encodeCl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import cl100k from 'gpt-tokenizer/bpeRanks/cl100k_base';
import { encode as encodeR50k } from 'gpt-tokenizer/encoding/r50k_base';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mergeBytePairs } from '../../../src/gpt2/tokenizer/bytePairs';
import { byteLevelText } from '../../../src/gpt2/tokenizer/tokenBytes';
import { Gpt2Tokenizer } from '../../../src/gpt2/tokenizer/tokenizer';
import { openConnection } from '../../../src/remote/http';
import type { RemoteSource, ServerDescription, TokenizerSource } from '../../../src/remote/source';
import { loadRemoteTokenizer, type RemoteTokenizer } from '../../../src/remote/tokenizer';
import { startFake, type Answers, type FakeServer } from './fakeServer';
import { hasReference, startReference, type ReferenceServer } from './referenceServer';
import { hasRecordings, startReplay } from './llama/recordings';

const HARD = [
  'Once upon a time',
  'naïve café — “quotes” … 東京都 🙂👩‍👩‍👧 e\u0301',
  '  two  spaces\t\ttabs\r\n\r\nand lines\n',
  "don't DON'T we'll 1234567 3.14 $5.00 <|endoftext|>",
  '\u0000\u0007 zero\u200bwidth',
  '🙂',
];

const fakes: { stop(): Promise<void> }[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(fakes.splice(0).map((fake) => fake.stop()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function fake(answers: Answers): Promise<FakeServer> {
  const started = await startFake(answers);
  fakes.push(started);
  return started;
}

async function folderWith(files: Record<string, unknown>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'served-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), JSON.stringify(content));
  }
  return folder;
}

function described(
  kind: ServerDescription['kind'],
  vocabularySize?: number,
  contextLength = 256,
): ServerDescription {
  const model = { id: 'served', contextLength, ...(vocabularySize !== undefined && { vocabularySize }) };
  return { kind, version: '', models: [model], mostListed: Infinity, needsKey: false };
}

function load(
  address: string,
  tokenizer: TokenizerSource,
  description: ServerDescription,
): Promise<RemoteTokenizer> {
  const server = { name: 'Fake', address };
  const source: RemoteSource = { kind: 'remote', id: 'x', name: 'X', server, model: 'served', tokenizer };
  return loadRemoteTokenizer(source, description, openConnection(server));
}

/** A tokenizer.json of byte-level byte pairs, as published, from ranks. */
function bytePairFile(
  ranks: readonly (string | readonly number[])[],
  pattern: string,
  size: number,
): unknown {
  const tokens = ranks
    .slice(0, size)
    .map((token) => (typeof token === 'string' ? Buffer.from(token, 'utf8') : Buffer.from(token)));
  const byBytes = new Map(tokens.map((bytes, id) => [bytes.toString('latin1'), id]));
  const merges = tokens.flatMap((bytes, id) => {
    if (bytes.length < 2) return [];
    const earlier = (piece: string): number | undefined => {
      const rank = byBytes.get(piece);
      return rank !== undefined && rank < id ? rank : undefined;
    };
    const parts = mergeBytePairs(bytes.toString('latin1'), { get: earlier }, 1000);
    return parts.length === 2 ? [parts.map((part) => byteLevelText(tokens[part]!)).join(' ')] : [];
  });
  return {
    version: '1.0',
    added_tokens: [{ id: tokens.length, content: '<|end|>', special: true }],
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(tokens.map((bytes, id) => [byteLevelText(bytes), id])),
      merges,
      ignore_merges: false,
    },
  };
}

const RANKS = cl100k as readonly (string | readonly number[])[];

/** As in cl100k_base's tokenizer.json. */
const CL100K =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

describe("GPT-2's tokenizer for a served model", () => {
  it('is taken where the server makes the same tokens, with its end of text', async () => {
    const { address } = await fake({ '/tokenize': ({ prompt }) => ({ tokens: encodeR50k(String(prompt)) }) });
    const tokenizer = await load(address, { kind: 'gpt2' }, described('vllm'));
    expect(tokenizer.vocabulary.offsets).toHaveLength(50258);
    expect(tokenizer.endOfText).toEqual([50256]);
    expect(tokenizer.startOfText).toBe(50256);
    expect(tokenizer.before).toEqual([]);
    expect(tokenizer.remarks).toEqual([]);
    for (const text of HARD) {
      expect(await tokenizer.encode(text)).toEqual(encodeR50k(text, { disallowedSpecial: new Set() }));
    }
  });

  it('is refused where the server makes others, with the text and the first difference', async () => {
    const { address } = await fake({
      '/tokenize': ({ prompt }) => ({
        tokens: encodeR50k(String(prompt)).map((id, i) => (i === 3 ? 7 : id)),
      }),
    });
    const tokens = encodeR50k('In 1999, naïve café-goers didn’t pay $3.50!\n\n\tx == y;  // 東京 🙂');
    await expect(load(address, { kind: 'gpt2' }, described('vllm'))).rejects.toThrow(
      `it makes ${tokens.length} tokens, the server ${tokens.length}, and token 4 is ${tokens[3]} instead of 7.`,
    );
  });

  it('is refused for a smaller vocabulary, and padded for a larger one', async () => {
    const { address } = await fake({
      '/tokenize': ({ content }) => ({ tokens: encodeR50k(String(content)) }),
    });
    await expect(load(address, { kind: 'gpt2' }, described('llama-server', 32_000))).rejects.toThrow(
      /has 50,257 tokens, but served on Fake \(127\.0\.0\.1:\d+\) has 32,000: it is another model's\./,
    );
    const padded = await load(address, { kind: 'gpt2' }, described('llama-server', 50_304));
    expect(padded.vocabulary.offsets).toHaveLength(50_305);
  });

  it('learns which token stands before every text', async () => {
    const { address } = await fake({
      '/tokenize': ({ prompt, add_special_tokens }) => ({
        tokens: [...(add_special_tokens === true ? [42] : []), ...encodeR50k(String(prompt))],
      }),
    });
    const tokenizer = await load(address, { kind: 'gpt2' }, described('vllm'));
    expect(tokenizer.before).toEqual([42]);
    expect(tokenizer.startOfText).toBe(42);
    expect(tokenizer.remarks).toEqual([
      expect.stringMatching(
        /^Before every text stands K, as Fake .* has it for this model; it is sent, but not shown\.$/,
      ),
    ]);
  });

  it('is taken with a remark where the server does not say what it makes', async () => {
    const { address } = await fake({});
    const tokenizer = await load(address, { kind: 'gpt2' }, described('vllm'));
    expect(tokenizer.remarks).toEqual([
      expect.stringMatching(
        /does not say which tokens a text has, so nobody has checked that GPT-2's tokenizer/,
      ),
    ]);
  });
});

describe('a folder with the tokenizer of a served model', () => {
  it('makes the tokens of another implementation with 100,000 tokens, ends texts by its files, and is padded', async () => {
    const folder = await folderWith({
      'tokenizer.json': bytePairFile(RANKS, CL100K, RANKS.length),
      'config.json': { vocab_size: 100_352, eos_token_id: 5, bos_token_id: null },
      'generation_config.json': { eos_token_id: [99998, 7] },
    });
    const { address } = await fake({
      '/tokenize': ({ prompt }) => ({ tokens: encodeCl100k(String(prompt)) }),
    });
    const tokenizer = await load(address, { kind: 'folder', directory: folder }, described('vllm'));
    expect(tokenizer.vocabulary.offsets.length - 1).toBe(100_352);
    expect(tokenizer.endOfText).toEqual([99998, 7]);
    expect(tokenizer.startOfText).toBeNull();
    for (const text of HARD) {
      const ids = await tokenizer.encode(text);
      expect(ids).toEqual(encodeCl100k(text, { disallowedSpecial: new Set() }));
      expect(tokenizer.decode(ids)).toBe(text);
    }
  });

  it('takes ends by name where only tokenizer_config.json says them', async () => {
    const folder = await folderWith({
      'tokenizer.json': bytePairFile(RANKS, CL100K, 2000),
      'tokenizer_config.json': { eos_token: { content: '<|end|>' }, bos_token: null },
    });
    const { address } = await fake({});
    const tokenizer = await load(address, { kind: 'folder', directory: folder }, described('vllm', 2048));
    expect(tokenizer.endOfText).toEqual([2000]);
    expect(tokenizer.startOfText).toBeNull();
    expect(tokenizer.vocabulary.offsets).toHaveLength(2049);
  });

  it('says where nothing ends a text', async () => {
    const folder = await folderWith({ 'tokenizer.json': bytePairFile(RANKS, CL100K, 2000) });
    const { address } = await fake({});
    const tokenizer = await load(address, { kind: 'folder', directory: folder }, described('vllm'));
    expect(tokenizer.endOfText).toEqual([]);
    expect(tokenizer.remarks?.[0]).toMatch(/says which token ends a text/);
  });

  it('is refused without a tokenizer, and with one that is larger than the vocabulary', async () => {
    const { address } = await fake({});
    const empty = await folderWith({ 'config.json': {} });
    await expect(
      load(address, { kind: 'folder', directory: empty }, described('vllm', 150_000)),
    ).rejects.toThrow(/has no tokenizer: neither tokenizer\.json nor vocab\.json and merges\.txt\./);
    const folder = await folderWith({ 'tokenizer.json': bytePairFile(RANKS, CL100K, 2000) });
    await expect(
      load(address, { kind: 'folder', directory: folder }, described('llama-server', 1999)),
    ).rejects.toThrow(/has 2,001 tokens, but served on .* has 1,999: it is another model's/);
  });
});

describe.skipIf(!hasReference)('the reference llama-server as tokenizer', () => {
  let server: ReferenceServer;
  let tokenizer: RemoteTokenizer;
  beforeAll(async () => {
    server = await startReference('llama', 'models/kindling');
    tokenizer = await load(server.address, { kind: 'server' }, described('llama-server', 50257));
  });
  afterAll(() => server.stop());

  it("has the bytes of GPT-2's vocabulary", () => {
    const { vocabulary } = new Gpt2Tokenizer();
    expect(tokenizer.vocabulary.offsets).toEqual(vocabulary.offsets);
    expect(Buffer.compare(tokenizer.vocabulary.bytes, vocabulary.bytes)).toBe(0);
    expect(tokenizer.endOfText).toEqual([50256]);
    expect(tokenizer.startOfText).toBe(50256);
    expect(tokenizer.tokenize).toBeUndefined();
  });

  it('makes the tokens of another implementation, and asks once for a text', async () => {
    for (const text of HARD) {
      const ids = await tokenizer.encode(text);
      expect(ids).toEqual(encodeR50k(text, { disallowedSpecial: new Set() }));
      expect(tokenizer.decode(ids)).toBe(text);
    }
    const requests = server.log.length;
    await tokenizer.encode(HARD[1]!);
    expect(server.log).toHaveLength(requests);
    expect(await tokenizer.encode('a\ud800')).toEqual(encodeR50k('a\ufffd'));
    expect(await tokenizer.encode('')).toEqual([]);
  });
});

describe.skipIf(!hasRecordings)('a real llama-server, recorded, as tokenizer', () => {
  it("has the bytes of GPT-2's vocabulary, the name of its special token among them", async () => {
    const server = await startReplay();
    fakes.push(server);
    const tokenizer = await load(server.address, { kind: 'server' }, described('llama-server', 50257));
    const { vocabulary } = new Gpt2Tokenizer();
    expect(tokenizer.vocabulary.offsets).toEqual(vocabulary.offsets);
    expect(Buffer.compare(tokenizer.vocabulary.bytes, vocabulary.bytes)).toBe(0);
    expect(tokenizer.endOfText).toEqual([50256]);
    expect(server.asked.filter(({ path }) => path === '/completion')).toHaveLength(1);
  });
});

/** A vocabulary like SentencePiece's: pieces with a space before them, single bytes, and names without bytes. */
const PIECES: readonly (readonly number[])[] = [
  [],
  [],
  [],
  ...Array.from({ length: 256 }, (_, byte) => [byte]),
  ...[' On', 'ce', ' a', ' ', 'a', ' é'].map((text) => [...Buffer.from(text)]),
];
const NAMES = ['<unk>', '<s>', '</s>'];

describe('a llama-server with a vocabulary like that of SentencePiece', () => {
  const size = PIECES.length;
  const tokensOf = (text: string): number[] => {
    const bytes = Buffer.from(` ${text}`);
    const ids: number[] = [];
    for (let at = 0; at < bytes.length;) {
      const fits = PIECES.flatMap((piece, id) =>
        piece.length > 0 && bytes.subarray(at, at + piece.length).equals(Buffer.from(piece)) ? [id] : [],
      );
      const longest = fits.reduce((a, b) => (PIECES[b]!.length > PIECES[a]!.length ? b : a));
      ids.push(longest);
      at += PIECES[longest]!.length;
    }
    return ids;
  };
  const answers: Answers = {
    '/props': () => ({
      default_generation_settings: { n_ctx: 512 },
      ...{ total_slots: 1, bos_token: '<s>', eos_token: '</s>' },
    }),
    '/tokenize': ({ content, parse_special, add_special }) => {
      const name = parse_special === true ? NAMES.indexOf(String(content)) : -1;
      const ids = name === -1 ? tokensOf(String(content)) : [name];
      return { tokens: add_special === true ? [1, ...ids] : ids };
    },
    '/detokenize': ({ tokens }) => ({
      content: (tokens as number[])
        .map((id) => NAMES[id] ?? Buffer.from(PIECES[id]!).toString('utf8'))
        .join(''),
    }),
    '/completion': ({ n_probs, logit_bias }) => {
      const [[id]] = logit_bias as [[number, number]];
      const one = (token: number): unknown => ({
        id: token,
        token: Buffer.from(PIECES[token]!).toString('utf8'),
        bytes: PIECES[token],
        logprob: -Math.log(size),
      });
      const list = PIECES.slice(0, n_probs as number).map((_, token) => one(token));
      return { completion_probabilities: [{ ...(one(id) as object), top_logprobs: list }] };
    },
  };

  it('gives every byte, the names of special tokens, and the places of its tokens in the text', async () => {
    const { address } = await fake(answers);
    const tokenizer = await load(address, { kind: 'server' }, described('llama-server', size));
    const { bytes, offsets } = tokenizer.vocabulary;
    const own = Array.from({ length: size }, (_, id) => [...bytes.subarray(offsets[id], offsets[id + 1])]);
    expect(own.slice(3)).toEqual(PIECES.slice(3));
    expect(own.slice(0, 3).map((one) => Buffer.from(one).toString())).toEqual(NAMES);
    expect(tokenizer.endOfText).toEqual([2]);
    expect(tokenizer.startOfText).toBe(1);
    expect(tokenizer.before).toEqual([1]);
    const placed = await tokenizer.tokenize!('Once 🙂');
    const emoji = [...Buffer.from('🙂')].map((byte) => byte + 3);
    expect(placed.ids).toEqual([259, 260, 35, ...emoji]);
    expect(placed.starts).toEqual([0, 2, 4, 5, 5, 5, 5]);
    expect(placed.ends).toEqual([2, 4, 5, 7, 7, 7, 7]);
    expect(tokenizer.decode(placed.ids)).toBe(' Once 🙂');
  });

  it.each<[string, (body: unknown) => unknown, RegExp]>([
    ['lists a token twice', (one) => [one, one], /token \d+ twice/],
    ['lists no bytes', () => [{ id: 3, token: 'x', logprob: -1 }], /token 3 without its bytes/],
    ['lists fewer', () => [], /answers with 0 of 265 tokens in place of the bytes of its tokens/],
    [
      'lists no bytes as bytes',
      () => [{ id: 3, bytes: [256], logprob: -1 }],
      /a list of bytes that are none/,
    ],
  ])('is refused where it %s', async (_, change, message) => {
    const { address } = await fake({
      ...answers,
      '/completion': (body, response, request) => {
        const answer = answers['/completion']!(body, response, request) as {
          completion_probabilities: { top_logprobs: unknown[] }[];
        };
        const [entry] = answer.completion_probabilities;
        return { completion_probabilities: [{ ...entry, top_logprobs: change(entry!.top_logprobs[5]) }] };
      },
    });
    await expect(load(address, { kind: 'server' }, described('llama-server', size))).rejects.toThrow(message);
  });

  it('is refused for what is no llama-server', async () => {
    const { address } = await fake({});
    await expect(load(address, { kind: 'server' }, described('vllm', size))).rejects.toThrow(
      /does not list the bytes of its tokens/,
    );
  });
});
