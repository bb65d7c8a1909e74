/** Training in the engine: a model folder, a text and settings become checkpoints, and a model that can be used. */
import { freemem } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import * as v from 'valibot';
import type { RegisteredExperiment } from '../experiments/experiment';
import { splitOffset } from '../experiments/loader';
import { checkContext, checkLength } from '../experiments/loss';
import { parameterObject, textValue } from '../experiments/parameters';
import { counted } from '../experiments/report/words';
import type { Provenance } from '../experiments/results';
import { NO_PROGRESS, train } from '../experiments/training';
import { TrainingBatches } from '../experiments/trainingBatches';
import {
  parseCheckpointSettings,
  parseFurtherEpochs,
  parseTrainingSettings,
} from '../experiments/trainingParameters';
import type {
  CheckpointSettings,
  Trainer,
  TrainingContext,
  TrainingData,
  TrainingEvent,
  TrainingHistory,
  TrainingProgress,
  TrainingResult,
  TrainingSettings,
} from '../experiments/trainingTypes';
import { fingerprintWeights, openCheckpoint } from '../gpt2/checkpoint';
import { countParameters } from '../gpt2/modelFolder';
import { decodeBytes } from '../gpt2/textTokenizer';
import { formatBytes } from '../library/bytes';
import { Gpt2Trainer } from '../onnx/training';
import { version } from '../../package.json';
import { Checkpoints, checkpointsIn, exportModel, loadCheckpoint, readState } from './checkpoints';
import { emptyHistory, verifyContinuity } from './continuity';
import type { ModelSource } from './protocol';

/** Bytes per parameter: weights, gradient and two moments; and for intermediate results beside them. */
const BYTES_PER_PARAMETER = 16;
const BESIDE = 500e6;

const parametersSchema = v.object({
  action: v.picklist(['start', 'continue', 'verify']),
  text: v.string(),
  directory: v.string(),
});

interface TrainingJob extends v.InferOutput<typeof parametersSchema> {
  readonly settings: TrainingSettings;
  readonly checkpoints: CheckpointSettings;
  /** Epochs beyond those of the training that is continued. */
  readonly furtherEpochs: number;
}

/** @throws RangeError naming the parameter, its value and the allowed range. */
export function parseTrainingJob(value: unknown): TrainingJob {
  const given = parameterObject('Training', value);
  textValue('The text', given['text']);
  const parsed = v.safeParse(parametersSchema, given);
  if (!parsed.success) {
    throw new RangeError(
      `A training is asked for by an action (start, continue or verify), a text and a folder; this one is not: ${parsed.issues[0].message}.`,
    );
  }
  const settings = parseTrainingSettings(given['settings']);
  return {
    ...parsed.output,
    settings,
    furtherEpochs: parseFurtherEpochs(given['furtherEpochs'] ?? settings.epochs),
    checkpoints: parseCheckpointSettings(given['checkpoints'] ?? {}),
  };
}

/** Training as the engine runs it: by the model's folder, as weights in use are never changed. */
export const training = {
  name: 'training',
  prepare(value: unknown) {
    const job = parseTrainingJob(value);
    return (source: ModelSource, context: TrainingContext<unknown>) => run(source, job, context);
  },
};

/** An experiment that needs a model's files. */
export interface FileExperiment {
  readonly name: RegisteredExperiment['name'];
  readonly prepare: (
    parameters: unknown,
  ) => (source: ModelSource, context: TrainingContext<unknown>) => Promise<unknown>;
}

async function run(
  source: ModelSource,
  job: TrainingJob,
  context: TrainingContext<unknown>,
): Promise<TrainingResult> {
  const begin = performance.now();
  if (source.kind !== 'gpt2') {
    throw new RangeError('The toy vocabulary has no weights to train. Choose a GPT-2 model.');
  }
  if (source.precision !== undefined && source.precision !== 'fp32') {
    throw new RangeError(
      `${source.name} has quantized weights. Training needs the 32-bit ones; choose them.`,
    );
  }
  const opened = await openCheckpoint(source.directory);
  const parent = await fingerprintWeights(opened);
  const data = createHash('sha256').update(job.text).digest('hex');
  const parameters = countParameters(opened.config);
  checkMemory(source.name, parameters);
  const resumed = job.action === 'continue' ? await findCheckpoint(job, parent, data, source.name) : null;
  const settings = resumed
    ? { ...resumed.settings, epochs: resumed.settings.epochs + job.furtherEpochs }
    : job.settings;
  checkContext(settings.context, source.name, opened.config.contextLength);
  const provenance: Provenance = {
    model: source.id,
    modelName: source.name,
    fingerprint: parent,
    precision: 'fp32',
    promptIds: [],
    promptTruncated: false,
    promptNotes: [],
    parameters: { action: job.action, settings },
    seed: settings.seed,
    software: `Decoding Lab ${version}`,
  };
  const open = (): Promise<Gpt2Trainer> => {
    const { weightDecay, beta1, beta2, epsilon, dropout, seed } = settings;
    return Gpt2Trainer.open(source.directory, {
      adamW: { weightDecay, beta1, beta2, epsilon },
      dropout,
      seed,
    });
  };
  const trainer = await open();
  try {
    const tokens = tokensOf(trainer, job.text, settings);
    const batches = new TrainingBatches(tokens.training, settings);
    const known = {
      experiment: 'training' as const,
      settings,
      provenance,
      plan: {
        parameters,
        trainingTokens: tokens.training.length,
        validationTokens: tokens.validation.length,
        stepsPerEpoch: batches.perEpoch,
        steps: batches.perEpoch * settings.epochs,
        memory: memoryFor(parameters),
        freeMemory: freemem(),
        checkpointBytes: parameters * 12,
        freeDisk: null,
        notes: [],
        problems: [],
      },
    };
    if (job.action === 'verify') {
      const continuity = await verifyContinuity(source.directory, open, trainer, batches, settings, context);
      return {
        ...known,
        ...{ status: 'completed', sentence: null, history: emptyHistory(), progress: NO_PROGRESS },
        ...{ directory: '', checkpoint: null, tokensPerSecond: null, continuity },
        stopped: context.signal.aborted,
        peakMemory: process.memoryUsage.rss(),
        milliseconds: performance.now() - begin,
      };
    }
    if (resumed && resumed.progress.step >= known.plan.steps) {
      throw new RangeError(
        `The training is done: ${counted(settings.epochs, 'epoch')}. Continue it for at least 1 more.`,
      );
    }
    if (resumed) await loadCheckpoint(resumed.directory, trainer.tensors);
    const store = new Checkpoints({
      directory: job.directory,
      modelDirectory: source.directory,
      tensors: trainer.tensors,
      history: resumed?.history ?? emptyHistory(),
      keep: job.checkpoints.keep,
      ...{ parent, data, settings },
    });
    const start: TrainingProgress = resumed?.progress ?? NO_PROGRESS;
    if (job.action === 'start') await forget(job.directory);
    const end = await train(
      {
        trainer: asTrainer(trainer),
        checkpoints: job.checkpoints,
        ...{ store, data: tokens, settings, start },
      },
      stoppable(context, batches.perEpoch * settings.epochs, start.step),
    );
    const directory = join(job.directory, 'models', `step-${end.progress.step}-${Date.now()}`);
    if (end.checkpoint !== null) await exportModel(end.checkpoint, directory);
    return {
      ...known,
      status: end.status,
      sentence: end.sentence,
      progress: end.progress,
      history: store.history,
      directory: end.checkpoint === null ? '' : directory,
      checkpoint: end.checkpoint,
      tokensPerSecond: end.tokensPerSecond,
      continuity: null,
      stopped: context.signal.aborted,
      peakMemory: process.memoryUsage.rss(),
      milliseconds: performance.now() - begin,
    };
  } finally {
    await trainer.release();
  }
}

const memoryFor = (parameters: number): number => parameters * BYTES_PER_PARAMETER + BESIDE;

/** @throws RangeError where the training would not fit into the memory that is free. */
function checkMemory(name: string, parameters: number): void {
  const [needed, free] = [memoryFor(parameters), freemem()];
  if (needed <= free) return;
  throw new RangeError(
    `Training ${name} takes about ${formatBytes(needed)} of memory, and ${formatBytes(free)} are free. Close other programs, or train a smaller model.`,
  );
}

/** @throws RangeError with the number of tokens that are needed. */
function tokensOf(trainer: Gpt2Trainer, text: string, settings: TrainingSettings): TrainingData {
  const cut = splitOffset(text, settings.trainRatio);
  const training = Int32Array.from(trainer.tokenizer.encode(text.slice(0, cut)));
  const validation = Int32Array.from(trainer.tokenizer.encode(text.slice(cut)));
  checkLength('training', training.length, settings.batchSize, settings);
  if (settings.trainRatio < 1) checkLength('validation', validation.length, 1, settings);
  return { training, validation };
}

function asTrainer(trainer: Gpt2Trainer): Trainer {
  return {
    step: (batch, options) => trainer.step(batch, options),
    tokenLosses: (batch) => trainer.tokenLosses(batch),
    next: (tokens) => trainer.next(tokens),
    encode: (text) => trainer.tokenizer.encode(text),
    decode: (ids) => decodeBytes(trainer.tokenizer.vocabulary, ids),
  };
}

/** A stop of the run asks the training to save and end, where its own abort would lose what came since the last checkpoint. */
function stoppable(
  { emit, pause, signal, onMessage }: TrainingContext<unknown>,
  steps: number,
  done: number,
): TrainingContext<TrainingEvent> {
  return {
    signal: new AbortController().signal,
    pause,
    emit: (event: TrainingEvent): void => {
      emit(event);
      if (event.type === 'step') {
        const left = event.secondsLeft * 1000;
        emit({ type: 'progress', done: event.step - done, total: steps - done, what: 'steps', left });
      }
    },
    onMessage: (listener): void => {
      onMessage(listener);
      if (signal.aborted) listener('stop');
      signal.addEventListener('abort', () => {
        listener('stop');
      });
    },
  };
}

interface Resumed {
  readonly directory: string;
  readonly settings: TrainingSettings;
  readonly progress: TrainingProgress;
  readonly history: TrainingHistory;
}

/** The newest checkpoint of this model on this text. @throws RangeError where there is none. */
async function findCheckpoint(
  job: TrainingJob,
  parent: string,
  data: string,
  name: string,
): Promise<Resumed> {
  const newest = (await checkpointsIn(job.directory)).at(-1);
  if (newest === undefined) {
    throw new RangeError(`${name} has no checkpoint to go on from. Start a training first.`);
  }
  const state = await readState(newest);
  if (state.parent !== parent) {
    throw new RangeError('The last checkpoint began with other weights than the model has now. Start anew.');
  }
  if (state.data !== data) {
    throw new RangeError(
      'The last checkpoint was trained on another text. Choose that text again, or start a training on this one.',
    );
  }
  return { directory: newest, settings: state.settings, progress: state.progress, history: state.history };
}

/** Removes the checkpoints of an earlier training; the models that came of it stay. */
async function forget(directory: string): Promise<void> {
  for (const checkpoint of await checkpointsIn(directory))
    await rm(checkpoint, { recursive: true, force: true });
}
