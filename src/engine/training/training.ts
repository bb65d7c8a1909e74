/** Training in the engine: a model folder, a text and settings become checkpoints, and a model that can be used. */
import { freemem } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { checkContext, checkParts } from '../../experiments/kit/fittingWindows';
import type { Offer } from '../../experiments/kit/offers';
import { splitOffset, type WindowSettings } from '../../experiments/kit/textBatches';
import { languageTag, t } from '../../l10n/language';
import type { Provenance } from '../../experiments/kit/results';
import { NO_PROGRESS, train } from '../../experiments/training/loop';
import { TrainingBatches } from '../../experiments/training/batches';
import { training } from '../../experiments/training';
import type { TrainingJob } from '../../experiments/training/job';
import type {
  Trainer,
  TrainingContext,
  TrainingData,
  TrainingEvent,
  TrainingProgress,
  TrainingResult,
  TrainingSettings,
} from '../../experiments/training/result';
import { fingerprintWeights, openCheckpoint } from '../../gpt2/checkpoint/checkpoint';
import { countParameters } from '../../gpt2/checkpoint/modelFolder';
import { decodeBytes } from '../../gpt2/tokenizer/textTokenizer';
import type { Gpt2Config } from '../../gpt2/checkpoint/config';
import { runsIn, type TrainingRun } from '../../library/lastCheckpoint';
import { PROCESS_BYTES } from '../../library/memory';
import { withProcessLock, type Holder } from '../../library/processLock';
import { Gpt2Trainer } from '../../onnx/training';
import { version } from '../../../package.json';
import { Checkpoints, exportModel, loadCheckpoint, sweepExports } from './checkpoints';
import { emptyHistory, verifyContinuity } from './continuity';
import { memoryFor, withoutMemory } from './memoryNeeded';
import { checkProgress, findCheckpoint, type Resumed } from './resume';
import type { Lack, Resources } from '../memoryRoom';
import type { ModelSource } from '../protocol';
import { written } from '../../l10n/numbers';

/** Trainings of the model that a check of continuity holds at once. */
const VERIFIED_AT_ONCE = 3;

/** An experiment that needs a model's files. */
export interface FileExperiment {
  readonly prepare: (
    parameters: unknown,
  ) => (source: ModelSource, context: TrainingContext<unknown>, resources: Resources) => Promise<unknown>;
}

/** Training as the engine runs it: by the model's folder, as weights in use are never changed. */
export const trainingOnFiles: FileExperiment = {
  prepare(value) {
    const job = training.parse(value);
    return (source, context, resources) => run(source, job, context, resources);
  },
};

type Gpt2Source = Extract<ModelSource, { kind: 'gpt2' }>;

async function run(
  source: ModelSource,
  job: TrainingJob,
  context: TrainingContext<unknown>,
  resources: Resources,
): Promise<TrainingResult> {
  if (source.kind !== 'gpt2') {
    throw new RangeError(t('The toy vocabulary has no weights to train. Choose a GPT-2 model.'));
  }
  if (source.precision !== undefined && source.precision !== 'fp32') {
    throw new RangeError(
      t('{0} has quantized weights. Training needs the 32-bit ones; choose them.', source.name),
    );
  }
  const action = (): Promise<TrainingResult> => prepareAndTrain(source, job, context, resources);
  if (job.action === 'verify') return action();
  const refused = (holder: Holder): Error => new RangeError(heldBy(holder, source.name));
  return withProcessLock(join(job.directory, 'training.lock'), context.signal, refused, action);
}

function heldBy({ pid, since }: Holder, name: string): string {
  const begun = new Date(since).toLocaleString(languageTag);
  return pid === process.pid
    ? t(
        '{0} is being trained in this window, since {1}. Wait until that training is done, or stop it there; then try again.',
        name,
        begun,
      )
    : t(
        '{0} is being trained in another window (process {1}), since {2}. Wait until that training is done, or stop it there; then try again.',
        name,
        written(pid),
        begun,
      );
}

async function prepareAndTrain(
  source: Gpt2Source,
  job: TrainingJob,
  context: TrainingContext<unknown>,
  resources: Resources,
): Promise<TrainingResult> {
  const opened = await openCheckpoint(source.directory);
  const parent = await fingerprintWeights(opened);
  const data = createHash('sha256').update(job.text).digest('hex');
  const resumed = job.action === 'continue' ? await findCheckpoint(job, parent, data, source.name) : null;
  const settings = resumed
    ? { ...resumed.settings, epochs: resumed.settings.epochs + job.furtherEpochs }
    : job.settings;
  checkContext(settings, source.name, opened.config.contextLength, asParameters);
  const memory = memoryFor(opened.config, settings);
  const atOnce = job.action === 'verify' ? VERIFIED_AT_ONCE : 1;
  const needed = atOnce * (memory.fixed + settings.batchSize * memory.window);
  const refused = (lack: Lack): Error => {
    const fits = Math.floor((lack.room / atOnce - memory.fixed) / memory.window);
    return new RangeError(withoutMemory(source.name, settings, needed, fits, lack));
  };
  return resources.claim(needed, refused, () =>
    trainWith({
      source,
      job,
      context,
      resources,
      parent,
      data,
      resumed,
      settings,
      needed,
      config: opened.config,
    }),
  );
}

interface Prepared {
  readonly source: Gpt2Source;
  readonly job: TrainingJob;
  readonly context: TrainingContext<unknown>;
  readonly resources: Resources;
  readonly parent: string;
  readonly data: string;
  readonly resumed: Resumed | null;
  readonly settings: TrainingSettings;
  /** Bytes of memory. */
  readonly needed: number;
  readonly config: Gpt2Config;
}

async function trainWith(prepared: Prepared): Promise<TrainingResult> {
  const { source, job, context, resources, parent, data, resumed, settings, needed, config } = prepared;
  const begin = performance.now();
  const parameters = countParameters(config);
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
      threads: resources.threads,
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
        memory: needed + PROCESS_BYTES,
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
    if (resumed) {
      checkProgress(resumed, batches.perEpoch);
      await loadCheckpoint(resumed.directory, trainer.tensors);
      context.emit({ type: 'history', history: resumed.history });
      for (const sentence of resumed.notes) context.emit({ type: 'trouble', sentence });
    }
    await sweepExports(join(job.directory, 'models'));
    const runs = await runsIn(job.directory);
    const store = new Checkpoints({
      directory: resumed?.run.directory ?? join(job.directory, `run-${runs.at(-1)!.number + 1}`),
      superseded: runs.filter((run) => run.number !== resumed?.run.number).flatMap(foldersOf),
      modelDirectory: source.directory,
      tensors: trainer.tensors,
      history: resumed?.history ?? emptyHistory(),
      keep: job.checkpoints.keep,
      ...{ parent, data, settings },
    });
    const start: TrainingProgress = resumed?.progress ?? NO_PROGRESS;
    const end = await train(
      {
        trainer: asTrainer(trainer),
        checkpoints: job.checkpoints,
        ...{ store, data: tokens, settings, start },
      },
      stoppable(context, batches.perEpoch * settings.epochs, start.step),
    );
    // A training that was done, and whose process ended before its model was made, lacks only that.
    const checkpoint = end.checkpoint ?? (end.status === 'completed' && resumed ? resumed.directory : null);
    const directory = checkpoint === null ? '' : await exportModel(checkpoint, join(job.directory, 'models'));
    return {
      ...known,
      status: end.status,
      sentence: end.sentence,
      progress: end.progress,
      history: store.history,
      directory,
      checkpoint,
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

/** Windows as a job has them. */
const asParameters = ({ context, stride, batchSize }: WindowSettings): Offer['parameters'] => ({
  settings: { context, stride, batchSize },
});

/** @throws RefusedError with the number of tokens that are needed. */
function tokensOf(trainer: Gpt2Trainer, text: string, settings: TrainingSettings): TrainingData {
  const cut = splitOffset(text, settings.trainRatio);
  const training = Int32Array.from(trainer.tokenizer.encode(text.slice(0, cut)));
  const validation = Int32Array.from(trainer.tokenizer.encode(text.slice(cut)));
  checkParts(
    { text, training: training.length, validation: settings.trainRatio < 1 ? validation.length : null },
    settings,
    asParameters,
  );
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

/** What a run has in a training's folder. */
function foldersOf({ number, directory, checkpoints }: TrainingRun): readonly string[] {
  return number === 0 ? checkpoints : [directory];
}
