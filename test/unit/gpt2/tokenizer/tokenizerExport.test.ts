import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { expect, it } from 'vitest';
import { Gpt2Tokenizer } from '../../../../src/gpt2/tokenizer/tokenizer';
import { gpt2TokenizerFiles } from '../../../../src/gpt2/tokenizer/tokenizerExport';
import { loadTokenizer } from '../../../../src/gpt2/tokenizer/tokenizerFile';

const files = gpt2TokenizerFiles(1024);
const vocabulary = JSON.parse(files.get('vocab.json')!) as Record<string, number>;
const merges = files.get('merges.txt')!.trim().split('\n').slice(1);

it('The files are those in which GPT-2 was published', () => {
  expect(merges).toHaveLength(50_000);
  expect(merges.slice(0, 12)).toEqual([
    ...['Ġ t', 'Ġ a', 'h e', 'i n', 'r e', 'o n', 'Ġt he', 'e r', 'Ġ s', 'a t', 'Ġ w', 'Ġ o'],
  ]);
  expect(Object.keys(vocabulary)).toHaveLength(50_257);
  expect(vocabulary).toMatchObject({ '!': 0, Ġthe: 262, Ġgazed: 50_255, '<|endoftext|>': 50_256 });
});

it('Another implementation encodes with them as GPT-2 does', () => {
  const other = new Tokenizer(
    {
      version: '1.0',
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      post_processor: null,
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: {
        ...{ type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: '' },
        ...{ end_of_word_suffix: '', fuse_unk: false, vocab: vocabulary, merges },
      },
    },
    {},
  );
  for (const text of ['Every effort moves you', "it's 1908, naïve café — 🙂\n\n  twice", 'aaaaaaaaaaaa']) {
    expect(other.encode(text).ids).toEqual(new Gpt2Tokenizer().encode(text));
  }
});

it('A folder with them is read back as having GPT-2’s tokenizer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenizer-'));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  expect(await loadTokenizer(folder)).toBeInstanceOf(Gpt2Tokenizer);
  rmSync(folder, { recursive: true });
});
