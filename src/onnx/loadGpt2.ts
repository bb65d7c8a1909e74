import type { LanguageModel } from '../core/languageModel';
import { fingerprintWeights, openCheckpoint } from '../gpt2/checkpoint';
import { buildStepGraph } from '../gpt2/stepGraph';
import { Gpt2Tokenizer } from '../gpt2/tokenizer';
import { Gpt2Model } from './gpt2Model';
import { StepRunner } from './stepRunner';

/** A GPT-2 model on disk. */
export interface Gpt2Source {
  /** Stable identifier, for example `fireside`. */
  readonly id: string;
  /** Name for people. */
  readonly name: string;
  /** Folder with `config.json` and `model.safetensors`; nothing is written to it. */
  readonly directory: string;
}

export interface LoadOptions {
  /** Processors to use; half of them by default. */
  readonly threads?: number;
}

let tokenizer: Gpt2Tokenizer | undefined;

/**
 * Loads a GPT-2 model. The weights are used where they lie.
 * @throws ModelFileError when its files are missing, damaged or of another architecture.
 * @throws RuntimeError when onnxruntime-node cannot be loaded or memory does not suffice.
 */
export async function loadGpt2(source: Gpt2Source, options: LoadOptions = {}): Promise<LanguageModel> {
  const checkpoint = await openCheckpoint(source.directory);
  const { config } = checkpoint;
  const fingerprint = await fingerprintWeights(checkpoint);
  const runner = await StepRunner.create(config, buildStepGraph(checkpoint), {
    directory: checkpoint.directory,
    threads: options.threads,
  });
  tokenizer ??= new Gpt2Tokenizer();
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
