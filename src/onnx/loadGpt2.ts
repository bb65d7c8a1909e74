import type { LanguageModel } from '../core/languageModel';
import { fingerprintWeights, openCheckpoint } from '../gpt2/checkpoint';
import { buildStepGraph } from '../gpt2/stepGraph';
import { fitTokenizer } from '../gpt2/textTokenizer';
import { loadTokenizer } from '../gpt2/tokenizerFile';
import { Gpt2Model } from './gpt2Model';
import { StepRunner } from './stepRunner';

/** A GPT-2 model on disk. */
export interface Gpt2Source {
  /** Stable identifier, for example `fireside`. */
  readonly id: string;
  /** Name for people. */
  readonly name: string;
  /** Folder with `config.json`, `model.safetensors` and perhaps a tokenizer; nothing is written to it. */
  readonly directory: string;
}

export interface LoadOptions {
  /** Processors to use; half of them by default. */
  readonly threads?: number;
}

/**
 * Loads a GPT-2 model. The weights are used where they lie.
 * @throws ModelFileError when its files are missing, damaged or of another architecture.
 * @throws RuntimeError when onnxruntime-node cannot be loaded or memory does not suffice.
 */
export async function loadGpt2(source: Gpt2Source, options: LoadOptions = {}): Promise<LanguageModel> {
  const checkpoint = await openCheckpoint(source.directory);
  const { config } = checkpoint;
  const tokenizer = fitTokenizer(await loadTokenizer(source.directory), config.vocabularySize, source.name);
  const fingerprint = await fingerprintWeights(checkpoint);
  const runner = await StepRunner.create(config, buildStepGraph(checkpoint), {
    directory: checkpoint.directory,
    threads: options.threads,
  });
  return new Gpt2Model(
    {
      id: source.id,
      name: source.name,
      kind: 'gpt2',
      vocabularySize: config.vocabularySize,
      contextLength: config.contextLength,
      endOfText: config.endOfText,
      fingerprint,
      precision: 'fp32',
      parameters: checkpoint.parameters,
    },
    config,
    tokenizer,
    runner,
  );
}
