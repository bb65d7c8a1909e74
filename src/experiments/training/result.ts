/** Training: continued pretraining of a model on a user's text, as the book's chapter 5 trains. */
import * as v from 'valibot';
import type { RunContext } from '../kit/experiment';
import { resultFields } from '../kit/results';

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What decides the outcome of a training, to the last bit; see `trainingSettings` for the limits. */
export const trainingSettingsSchema = v.object({
  epochs: whole,
  /** Tokens of a window, tokens between the starts of windows, windows of a batch. */
  context: whole,
  stride: whole,
  batchSize: whole,
  /** Share of the characters in the training part; at 1 nothing is held out. */
  trainRatio: v.number(),
  /** The highest rate, after warm-up and before decay. */
  learningRate: v.number(),
  /** AdamW, on every parameter. */
  weightDecay: v.number(),
  beta1: v.number(),
  beta2: v.number(),
  epsilon: v.number(),
  dropout: v.number(),
  /** Steps in which the rate rises in equal parts to its highest; 0 for none. */
  warmupSteps: whole,
  /** How the rate falls after warm-up until the last step: not at all, or along half a cosine. */
  decay: v.picklist(['none', 'cosine']),
  /** The rate at the end of the decay. */
  minimumLearningRate: v.number(),
  /** Largest norm of the gradient over all parameters; null for no limit. */
  clipNorm: v.nullable(v.number()),
  /** Steps between evaluations, and batches of each part that an evaluation takes at most. */
  evaluateEvery: whole,
  evaluationBatches: whole,
  /** What the sample after each epoch begins with, and its new tokens, the most probable ones; 0 for no sample. */
  startText: v.string(),
  sampleTokens: whole,
  /** Of the shuffling and the dropout. */
  seed: whole,
});
export type TrainingSettings = v.InferOutput<typeof trainingSettingsSchema>;

/** How often a checkpoint is kept. */
export const checkpointSettingsSchema = v.object({
  /** Last checkpoints that are kept. */
  keep: whole,
  /** A checkpoint is written after an evaluation, but no sooner than this after the one before; 0 for always. */
  seconds: v.number(),
});
export type CheckpointSettings = v.InferOutput<typeof checkpointSettingsSchema>;

/** How far a training is: enough, with the settings, to go on to the last bit. */
export const trainingProgressSchema = v.object({
  /** Steps taken. */
  step: whole,
  /** Epochs finished, and batches taken of the one that is under way. */
  epoch: whole,
  batch: whole,
  tokensSeen: whole,
  /** Seconds spent on training, evaluations included. */
  seconds: v.pipe(v.number(), v.finite(), v.minValue(0)),
});
export type TrainingProgress = v.InferOutput<typeof trainingProgressSchema>;

/** What is known before the first step. */
const planSchema = v.object({
  parameters: v.number(),
  trainingTokens: v.number(),
  validationTokens: v.number(),
  stepsPerEpoch: v.number(),
  steps: v.number(),
  /** Estimated bytes of memory, bytes free now. */
  memory: v.number(),
  freeMemory: v.number(),
  /** Bytes of a checkpoint; bytes free on its disk, null where the system does not say. */
  checkpointBytes: v.number(),
  freeDisk: v.nullable(v.number()),
  /** Sentences: files that were left out, and what is too little for a start. */
  notes: v.array(v.string()),
  problems: v.array(v.string()),
});

const evaluationSchema = v.object({
  step: v.number(),
  tokensSeen: v.number(),
  /** Mean of batch means, nats; null where the part has no batch. */
  training: v.nullable(v.number()),
  validation: v.nullable(v.number()),
});
export type Evaluation = v.InferOutput<typeof evaluationSchema>;

const sampleSchema = v.object({ step: v.number(), epoch: v.number(), text: v.string() });
export type TrainingSample = v.InferOutput<typeof sampleSchema>;

const stepSchema = v.object({
  step: v.number(),
  tokensSeen: v.number(),
  /** Of the batch, before the step. */
  loss: v.number(),
  gradientNorm: v.number(),
  learningRate: v.number(),
});
export type StepReport = v.InferOutput<typeof stepSchema>;

/** What a training has measured, from its first step on; it survives a stop and goes on after a resume. */
export const historySchema = v.object({
  steps: v.array(stepSchema),
  evaluations: v.array(evaluationSchema),
  samples: v.array(sampleSchema),
});
export type TrainingHistory = v.InferOutput<typeof historySchema>;

const stateSchema = v.picklist(['training', 'evaluating', 'saving', 'paused']);
export type TrainingState = v.InferOutput<typeof stateSchema>;

export const trainingEventSchema = v.variant('type', [
  v.object({ type: v.literal('state'), state: stateSchema }),
  /** On resume: what was measured before. */
  v.object({ type: v.literal('history'), history: historySchema }),
  v.object({
    ...{ type: v.literal('step'), ...stepSchema.entries },
    epoch: v.number(),
    steps: v.number(),
    tokensPerSecond: v.number(),
    secondsLeft: v.number(),
  }),
  v.object({ type: v.literal('evaluation'), ...evaluationSchema.entries }),
  v.object({ type: v.literal('sample'), ...sampleSchema.entries }),
  v.object({
    type: v.literal('checkpoint'),
    step: v.number(),
    directory: v.string(),
    bytes: v.number(),
  }),
  /** Something went wrong that the training survives; a sentence for people. */
  v.object({ type: v.literal('trouble'), sentence: v.string() }),
]);
export type TrainingEvent = v.InferOutput<typeof trainingEventSchema>;

/**
 * How a training ended: all its epochs done; stopped with a checkpoint; cancelled, so that the last checkpoint
 * is where it can go on; a loss that is no number; done or stopped, but the checkpoint could not be written.
 */
export type TrainingStatus = 'completed' | 'stopped' | 'cancelled' | 'diverged' | 'unsaved';

const continuitySchema = v.object({
  /** Steps at once, and steps before and after the checkpoint. */
  steps: v.number(),
  before: v.number(),
  after: v.number(),
  /** Tensors compared, parameters and both moments, and the names of those that differ in any bit. */
  tensors: v.number(),
  different: v.array(v.string()),
  /** Digest of all tensors, straight through and with the interruption. */
  straight: v.string(),
  interrupted: v.string(),
});

export const trainingResultSchema = v.object({
  ...resultFields,
  experiment: v.literal('training'),
  status: v.picklist(['completed', 'stopped', 'cancelled', 'diverged', 'unsaved']),
  /** What to do where it did not complete. */
  sentence: v.nullable(v.string()),
  settings: trainingSettingsSchema,
  plan: planSchema,
  progress: trainingProgressSchema,
  history: historySchema,
  /** Folder of the training, and of its last checkpoint: a model that can be explored. */
  directory: v.string(),
  checkpoint: v.nullable(v.string()),
  tokensPerSecond: v.nullable(v.number()),
  /** Bytes that the model process takes at the end. */
  peakMemory: v.number(),
  /** What a check of continuity found; null for a training. */
  continuity: v.nullable(continuitySchema),
});
export type TrainingResult = v.InferOutput<typeof trainingResultSchema>;

/** The context of a training: an abort of its signal cancels it without another checkpoint. */
export interface TrainingContext<Event> extends RunContext<Event> {
  /** Calls back with what the user tells the run. */
  readonly onMessage: (listener: (message: unknown) => void) => void;
}

/** Windows of one length, window after window: the ids, and the token that follows each. */
export interface TrainingBatch {
  readonly windows: number;
  readonly length: number;
  readonly ids: Int32Array;
  readonly targets: Int32Array;
}

/** A model in training. */
export interface Trainer {
  /** Takes step number `step`, from 1, unless loss or gradient are not finite. */
  step(
    batch: TrainingBatch,
    options: { readonly step: number; readonly learningRate: number; readonly clipNorm: number | null },
  ): Promise<{ readonly loss: number; readonly gradientNorm: number }>;
  /** Cross-entropy of every token in nats, without dropout. */
  tokenLosses(batch: TrainingBatch): Promise<Float32Array>;
  /** The most probable next token. */
  next(tokens: readonly number[]): Promise<number>;
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
}

/** Where a training is kept. */
export interface TrainingStore {
  /** Writes a checkpoint, whole or not at all. @throws Error with a sentence for people. */
  save(progress: TrainingProgress): Promise<{ readonly directory: string; readonly bytes: number }>;
  /** Adds to the history on disk. */
  record(entry: Partial<TrainingHistory>): Promise<void>;
}

/** The tokens of both parts of the text. */
export interface TrainingData {
  readonly training: Int32Array;
  readonly validation: Int32Array;
}
