import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tensor } from 'onnxruntime-node';
import { argmax } from '../core/logits';
import { randomStream } from '../core/random';
import { mean, sum } from '../core/sums';
import { openCheckpoint, type Checkpoint } from '../gpt2/checkpoint/checkpoint';
import type { Gpt2Config } from '../gpt2/checkpoint/config';
import { fitTokenizer, type TextTokenizer } from '../gpt2/tokenizer/textTokenizer';
import { loadTokenizer } from '../gpt2/tokenizer/tokenizerFile';
import {
  buildGradientGraph,
  buildLossGraph,
  buildNextTokenGraph,
  dropoutPlaces,
  GRADIENT,
} from '../gpt2/graph/trainingGraph';
import { clippingFactor, type AdamW } from '../gpt2/graph/trainingUpdate';
import { drawKept, realDropout } from './dropout';
import {
  createSession,
  defaultThreads,
  loadRuntime,
  type Session,
  type SessionOptions,
  type Tensors,
} from './runtime';
import { readTrainedTensors, type TrainedTensor } from './trainingState';
import { TrainingUpdater } from './trainingUpdater';

/** Windows of one length: `ids` and the token that follows each, window after window. */
export interface TokenBatch {
  readonly windows: number;
  readonly length: number;
  readonly ids: Int32Array;
  readonly targets: Int32Array;
}

export interface TrainerOptions {
  readonly adamW: AdamW;
  /** Probability of dropout, 0 to below 1. */
  readonly dropout: number;
  /** Seed of the dropout; each step has numbers of its own. */
  readonly seed: number;
  /** Processors to use; half of them by default. Other numbers of them round differently. */
  readonly threads?: number | undefined;
}

/** How one step is taken. */
export interface StepOptions {
  /** Number of the step, from 1: AdamW's corrections and the dropout depend on it. */
  readonly step: number;
  readonly learningRate: number;
  /** Largest norm of the gradient over all parameters; null for no limit. */
  readonly clipNorm: number | null;
}

/** What a step found. Parameters and moments were changed only when both numbers are finite. */
export interface StepOutcome {
  /** Mean cross-entropy of the batch before the step, nats. */
  readonly loss: number;
  /** Norm of the gradient over all parameters, before clipping. */
  readonly gradientNorm: number;
}

/**
 * Continued pretraining of a GPT-2 on onnxruntime-node. Parameters, moments and gradients lie in arrays that are
 * allocated once; the graphs read and write them where they are.
 */
export class Gpt2Trainer {
  private gradients: Session | undefined;
  private losses: Session | undefined;
  private nextToken: Session | undefined;
  private readonly parameters: Tensors;

  private constructor(
    readonly config: Gpt2Config,
    readonly tokenizer: TextTokenizer,
    /** In the order of the checkpoint's parameters. */
    readonly tensors: readonly TrainedTensor[],
    private readonly options: TrainerOptions,
    private readonly sessionOptions: SessionOptions,
    private readonly updater: TrainingUpdater,
    private readonly TensorClass: typeof Tensor,
  ) {
    this.parameters = Object.fromEntries(
      tensors.map(({ name, shape, parameter }) => [name, this.floats(parameter, shape)]),
    );
  }

  /**
   * Reads a model folder and makes it ready for training; moments are 0.
   * @throws ModelFileError when its files are missing, damaged or of another architecture.
   * @throws RuntimeError when onnxruntime-node cannot be loaded or memory does not suffice.
   */
  static async open(directory: string, options: TrainerOptions): Promise<Gpt2Trainer> {
    const checkpoint: Checkpoint = await openCheckpoint(directory);
    const { config } = checkpoint;
    const tokenizer = fitTokenizer(
      await loadTokenizer(directory, config.vocabularySize),
      config.vocabularySize,
      directory,
    );
    const { Tensor: TensorClass } = await loadRuntime();
    const tensors = await readTrainedTensors(checkpoint);
    const sessionOptions = {
      directory,
      threads: options.threads ?? defaultThreads(),
      memoryPattern: false,
    };
    const updater = await TrainingUpdater.create(tensors, options.adamW, sessionOptions);
    const real = { ...options, dropout: realDropout(options.dropout) };
    return new Gpt2Trainer(config, tokenizer, tensors, real, sessionOptions, updater, TensorClass);
  }

  /** Processors that it uses. */
  get threads(): number {
    return this.sessionOptions.threads ?? defaultThreads();
  }

  /** Takes one step on a batch, unless its loss or gradient is not finite. */
  async step(batch: TokenBatch, { step, learningRate, clipNorm }: StepOptions): Promise<StepOutcome> {
    const outcome = await this.gradient(batch, step);
    if (Number.isFinite(outcome.loss) && Number.isFinite(outcome.gradientNorm)) {
      await this.updater.update(step, learningRate, clippingFactor(outcome.gradientNorm, clipNorm));
    }
    return outcome;
  }

  /** Computes the gradients of a batch's mean loss into the tensors' `gradient`, and changes nothing else. */
  async gradient(batch: TokenBatch, step: number): Promise<StepOutcome> {
    const { dropout } = this.options;
    // What an evaluation keeps for the next one would stand beside what a step needs.
    await this.losses?.release();
    this.losses = undefined;
    this.gradients ??= await createSession(buildGradientGraph(this.config, dropout), this.sessionOptions);
    const count = batch.windows * batch.length;
    const losses = new Float32Array(count);
    const squares = new Float32Array(this.tensors.length);
    const into: Tensors = {
      losses: this.floats(losses, [count]),
      squares: this.floats(squares, [squares.length]),
    };
    for (const { name, shape, gradient } of this.tensors) {
      into[GRADIENT + name] = this.floats(gradient, shape);
    }
    await this.gradients.runInto({ ...this.inputs(batch), ...(await this.kept(batch, step)) }, into);
    return { loss: mean(losses), gradientNorm: Math.sqrt(sum(squares)) };
  }

  /** Cross-entropy in nats of every token of a batch, without dropout. */
  async tokenLosses(batch: TokenBatch): Promise<Float32Array> {
    this.losses ??= await createSession(buildLossGraph(this.config), this.sessionOptions);
    const losses = new Float32Array(batch.windows * batch.length);
    await this.losses.runInto(this.inputs(batch), { losses: this.floats(losses, [losses.length]) });
    return losses;
  }

  /** The most probable token after a text; of a text longer than the context, the end counts. */
  async next(tokens: readonly number[]): Promise<number> {
    this.nextToken ??= await createSession(buildNextTokenGraph(this.config), this.sessionOptions);
    const seen = tokens.slice(-this.config.contextLength);
    const ids = new this.TensorClass('int64', BigInt64Array.from(seen, BigInt), [1, seen.length]);
    const { logits } = await this.nextToken.run({ ids, ...this.parameters });
    return argmax(logits!.data as Float32Array);
  }

  async release(): Promise<void> {
    await this.updater.release();
    for (const session of [this.gradients, this.losses, this.nextToken]) await session?.release();
  }

  private inputs({ windows, length, ids, targets }: TokenBatch): Tensors {
    const integers = (values: Int32Array): Tensor =>
      new this.TensorClass('int64', BigInt64Array.from(values, BigInt), [windows, length]);
    return { ids: integers(ids), targets: integers(targets), ...this.parameters };
  }

  private async kept({ windows, length }: TokenBatch, step: number): Promise<Tensors> {
    const { dropout, seed } = this.options;
    const tensors: Tensors = {};
    if (dropout === 0) return tensors;
    const { width, heads } = this.config;
    for (const { input, on } of dropoutPlaces(this.config)) {
      const shape = on === 'hidden' ? [windows * length, width] : [1, windows, heads, length, length];
      const kept = new Uint8Array(shape.reduce((a, b) => a * b, 1));
      drawKept(kept, dropout, randomStream(seed, 'dropout', step, input));
      tensors[input] = new this.TensorClass('uint8', kept, shape);
      // There may be hundreds of millions of them: others get their turn in between.
      await nextTurn();
    }
    return tensors;
  }

  private floats(values: Float32Array, shape: readonly number[]): Tensor {
    return new this.TensorClass('float32', values, shape);
  }
}
