import type { LanguageModel } from '../core/languageModel';
import { dirname } from 'node:path';
import { fingerprintWeights, openCheckpoint, type Checkpoint } from '../gpt2/checkpoint/checkpoint';
import { bytesInFiles } from '../gpt2/graph/graph';
import { findImportedGraph } from '../gpt2/checkpoint/modelFolder';
import { openQuantized } from '../gpt2/quantized/quantizedFile';
import { QUANTIZED_VARIANTS, type QuantizedVariant } from '../gpt2/quantized/quantizedLayout';
import { quantizedWeights } from '../gpt2/quantized/quantizedWeights';
import { buildStepGraph } from '../gpt2/graph/stepGraph';
import { checkpointWeights, type StepWeights } from '../gpt2/graph/stepWeights';
import { fitTokenizer } from '../gpt2/tokenizer/textTokenizer';
import { loadTokenizer } from '../gpt2/tokenizer/tokenizerFile';
import { Gpt2Model } from './gpt2Model';
import { loadImported } from './imported';
import { StepRunner } from './stepRunner';

/** A GPT-2 model on disk. */
export interface Gpt2Source {
  /** Stable identifier, for example `fireside`. */
  readonly id: string;
  /** Name for people. */
  readonly name: string;
  /** Folder with `config.json`, `model.safetensors` and perhaps a tokenizer. */
  readonly directory: string;
}

/** How a model's weights are held: as they are, or quantized (see `QUANTIZED_VARIANTS`). */
export type Precision = 'fp32' | QuantizedVariant['name'];

export interface LoadOptions {
  /** Processors to use; half of them by default. */
  readonly threads?: number;
  /** `fp32` by default. Others are written once to a file, which is used from then on. */
  readonly precision?: Precision;
  /** Folder for that file; the model's own by default. Nothing else is ever written. */
  readonly cacheDirectory?: string;
  /** Bytes for keys and values of texts read earlier, so that going on from one is fast; 256 MB by default. */
  readonly promptCacheBytes?: number;
  /** Called while that file is written, with the parameters done and all of them. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Told in a sentence when such a file was damaged and is written anew. */
  readonly onNote?: (sentence: string) => void;
  /** Ends that writing early; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const PROMPT_CACHE_BYTES = 256_000_000;

/**
 * Loads a GPT-2 model: its safetensors, or the ONNX export of a folder that has none. The weights are used where
 * they lie.
 * @throws ModelFileError when its files are missing, damaged or of another architecture.
 * @throws RuntimeError when onnxruntime-node cannot be loaded or memory does not suffice.
 */
export async function loadGpt2(source: Gpt2Source, options: LoadOptions = {}): Promise<LanguageModel> {
  const exported = await findImportedGraph(source.directory);
  if (exported !== undefined) return loadImported(source, exported, options);
  const checkpoint = await openCheckpoint(source.directory);
  const { config } = checkpoint;
  const tokenizer = fitTokenizer(
    await loadTokenizer(source.directory, config.vocabularySize),
    config.vocabularySize,
    source.name,
  );
  const fingerprint = await fingerprintWeights(checkpoint);
  const { weights, directory } = await prepareWeights(checkpoint, fingerprint, source, options);
  const graph = buildStepGraph(weights);
  const runner = await StepRunner.create(source.name, config, graph, { directory, threads: options.threads });
  return new Gpt2Model(
    {
      id: source.id,
      name: source.name,
      kind: 'gpt2',
      vocabularySize: config.vocabularySize,
      contextLength: config.contextLength,
      ...config.textEnds,
      fingerprint,
      precision: options.precision ?? 'fp32',
      parameters: checkpoint.parameters,
      weightBytes: bytesInFiles(graph),
    },
    config,
    tokenizer,
    runner,
    options.promptCacheBytes ?? PROMPT_CACHE_BYTES,
  );
}

/** The weights in the precision that is asked for, and the folder that holds them. */
async function prepareWeights(
  checkpoint: Checkpoint,
  sourceHash: string,
  source: Gpt2Source,
  { precision = 'fp32', cacheDirectory = source.directory, onProgress, onNote, signal }: LoadOptions,
): Promise<{ weights: StepWeights; directory: string }> {
  if (precision === 'fp32') {
    return { weights: checkpointWeights(checkpoint), directory: checkpoint.directory };
  }
  const variant = QUANTIZED_VARIANTS[precision];
  const written = await openQuantized(checkpoint, variant, {
    directory: cacheDirectory,
    sourceHash,
    onProgress,
    onNote,
    signal,
  });
  return { weights: quantizedWeights(checkpoint, variant, written), directory: dirname(written.file) };
}
