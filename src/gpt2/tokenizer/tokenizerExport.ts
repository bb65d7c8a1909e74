import { byteLevelText } from './tokenBytes';
import { Gpt2Tokenizer } from './tokenizer';

const END = '<|endoftext|>';

/**
 * GPT-2's tokenizer as the files in which it was published, by name, for a model folder that other programs read.
 * @param contextLength tokens that the model reads at most.
 */
export function gpt2TokenizerFiles(contextLength: number): ReadonlyMap<string, string> {
  const tokenizer = new Gpt2Tokenizer();
  const { bytes, offsets } = tokenizer.vocabulary;
  const vocabulary: Record<string, number> = {};
  for (let id = 0; id < offsets.length - 1; id++) {
    vocabulary[byteLevelText(bytes.subarray(offsets[id], offsets[id + 1]))] = id;
  }
  const merges = tokenizer.merges().map((pair) => pair.map(byteLevelText).join(' '));
  const config = {
    tokenizer_class: 'GPT2Tokenizer',
    model_max_length: contextLength,
    ...{ bos_token: END, eos_token: END, unk_token: END },
  };
  return new Map([
    ['vocab.json', JSON.stringify(vocabulary)],
    ['merges.txt', `#version: 0.2\n${merges.join('\n')}\n`],
    ['tokenizer_config.json', JSON.stringify(config)],
  ]);
}
