/** Training: the loop of steps, evaluations, samples and checkpoints, over a model and a store that it is given. */
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import { messageOf } from '../../core/messageOf';
import { mean, meanOrNull } from '../../core/sums';
import { learningRateAt } from './learningRate';
import { TrainingBatches } from './batches';
import { TrainingControl } from './control';
import type {
  CheckpointSettings,
  Evaluation,
  Trainer,
  TrainingBatch,
  TrainingContext,
  TrainingData,
  TrainingEvent,
  TrainingProgress,
  TrainingSettings,
  TrainingState,
  TrainingStatus,
  TrainingStore,
} from './result';

export interface TrainingRun {
  readonly trainer: Trainer;
  readonly store: TrainingStore;
  readonly data: TrainingData;
  readonly settings: TrainingSettings;
  readonly checkpoints: CheckpointSettings;
  /** Where to begin; `NO_PROGRESS` or that of a checkpoint. */
  readonly start: TrainingProgress;
}

export interface TrainingEnd {
  readonly status: TrainingStatus;
  /** What happened and what to do; null where it completed. */
  readonly sentence: string | null;
  readonly progress: TrainingProgress;
  /** Folder of the last checkpoint that this run wrote. */
  readonly checkpoint: string | null;
  readonly tokensPerSecond: number | null;
}

export const NO_PROGRESS: TrainingProgress = { step: 0, epoch: 0, batch: 0, tokensSeen: 0, seconds: 0 };

/** Steps whose duration the speed is the mean of. */
const SPEED_STEPS = 20;

/**
 * Trains until all epochs are done, or a user stops it. Between steps it hears what the user wants; what it
 * does depends on settings, data and progress alone, so that a training goes on from a checkpoint as if it had
 * never been interrupted.
 */
export function train(run: TrainingRun, context: TrainingContext<TrainingEvent>): Promise<TrainingEnd> {
  return new TrainingLoop(run, context).run();
}

class TrainingLoop {
  readonly #training: TrainingBatches;
  readonly #validation: TrainingBatches;
  readonly #control: TrainingControl;
  readonly #steps: number;
  #progress: TrainingProgress;
  #checkpoint: string | null = null;
  #saved: { readonly step: number; readonly at: number };
  /** The last step after which the loss was seen to be a number. */
  #soundStep = -1;
  readonly #durations: number[] = [];
  #evaluationSeconds = 0;

  constructor(
    private readonly parts: TrainingRun,
    private readonly context: TrainingContext<TrainingEvent>,
  ) {
    const { data, settings, start } = parts;
    this.#training = new TrainingBatches(data.training, settings);
    this.#validation = new TrainingBatches(data.validation, settings);
    this.#control = new TrainingControl(context);
    this.#steps = this.#training.perEpoch * settings.epochs;
    this.#progress = start;
    this.#saved = { step: start.step, at: performance.now() };
  }

  async run(): Promise<TrainingEnd> {
    if (this.#progress.step === 0 && !(await this.#evaluate())) return this.#unsound();
    this.#tell('training');
    while (this.#progress.step < this.#steps) {
      await this.context.pause();
      const end = await this.#obey();
      if (end) return end;
      if (!(await this.#step())) return this.#unsound();
    }
    if (this.#progress.step > this.#saved.step) return this.#finish('completed');
    return this.#end('completed', null);
  }

  /** Does what a user wants. @returns the end of the training, where it is wanted. */
  async #obey(): Promise<TrainingEnd | undefined> {
    if (this.#control.waiting()) {
      await this.#trySave();
      this.#tell('paused');
      while (this.#control.waiting() && !this.context.signal.aborted) {
        const { heard } = this.#control;
        if (this.#control.takeCheckpoint()) {
          await this.#trySave();
          this.#tell('paused');
        }
        await this.#control.since(heard);
      }
      this.#tell('training');
    }
    if (this.context.signal.aborted) return this.#cancelled();
    if (this.#control.stopping) return this.#finish('stopped');
    if (this.#control.takeCheckpoint()) await this.#trySave();
    return undefined;
  }

  /** One step and what is due after it. @returns false where a loss is no number, or the run was cancelled. */
  async #step(): Promise<boolean> {
    const { trainer, settings } = this.parts;
    const { step: taken, epoch, batch: index } = this.#progress;
    const step = taken + 1;
    const begin = performance.now();
    const batch = this.#training.ofEpoch(epoch, index);
    const learningRate = learningRateAt(step, this.#steps, settings);
    const { loss, gradientNorm } = await trainer.step(batch, {
      step,
      learningRate,
      clipNorm: settings.clipNorm,
    });
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) return false;
    const seconds = (performance.now() - begin) / 1000;
    this.#durations.push(seconds);
    if (this.#durations.length > SPEED_STEPS) this.#durations.shift();

    const lastOfEpoch = index + 1 === this.#training.perEpoch;
    this.#progress = {
      step,
      epoch: lastOfEpoch ? epoch + 1 : epoch,
      batch: lastOfEpoch ? 0 : index + 1,
      tokensSeen: this.#progress.tokensSeen + batch.ids.length,
      seconds: this.#progress.seconds + seconds,
    };
    const report = { step, tokensSeen: this.#progress.tokensSeen, loss, gradientNorm, learningRate };
    this.context.emit({
      type: 'step',
      ...report,
      epoch,
      steps: this.#steps,
      tokensPerSecond: this.#speed(batch) ?? 0,
      secondsLeft: this.#secondsLeft(),
    });
    await this.parts.store.record({ steps: [report] });
    if (lastOfEpoch && settings.sampleTokens > 0 && !(await this.#sample(epoch + 1))) return false;
    if (step % settings.evaluateEvery !== 0 && step < this.#steps) return true;
    if (!(await this.#evaluate())) return false;
    const due = performance.now() - this.#saved.at >= this.parts.checkpoints.seconds * 1000;
    if (due && step < this.#steps) await this.#trySave();
    this.#tell('training');
    return true;
  }

  /** @returns false where a loss is no number, or the run was cancelled. */
  async #evaluate(): Promise<boolean> {
    const { settings, store } = this.parts;
    const { step, tokensSeen } = this.#progress;
    this.#tell('evaluating');
    const begin = performance.now();
    const count = settings.evaluationBatches;
    const losses: (number | null)[] = [];
    for (const batches of [this.#training.shuffled(step, count), this.#validation.inOrder(count)]) {
      const found: number[] = [];
      for (const batch of batches) {
        await this.context.pause();
        if (this.context.signal.aborted) return false;
        found.push(await this.#lossOf(batch));
      }
      losses.push(meanOrNull(found));
    }
    if (losses.some((loss) => loss !== null && !Number.isFinite(loss))) return false;
    this.#soundStep = step;
    this.#evaluationSeconds = (performance.now() - begin) / 1000;
    this.#progress = { ...this.#progress, seconds: this.#progress.seconds + this.#evaluationSeconds };
    const evaluation: Evaluation = { step, tokensSeen, training: losses[0]!, validation: losses[1]! };
    this.context.emit({ type: 'evaluation', ...evaluation });
    await store.record({ evaluations: [evaluation] });
    return true;
  }

  async #lossOf(batch: TrainingBatch): Promise<number> {
    const losses = await this.parts.trainer.tokenLosses(batch);
    return mean(losses);
  }

  /** The start text and the most probable tokens after it. @returns false where the run was cancelled. */
  async #sample(epoch: number): Promise<boolean> {
    const { trainer, settings, data, store } = this.parts;
    const tokens = trainer.encode(settings.startText);
    // A text must begin with some token; without a start text it is that of the training text.
    if (tokens.length === 0) tokens.push(data.training[0]!);
    for (let i = 0; i < settings.sampleTokens; i++) {
      await this.context.pause();
      if (this.context.signal.aborted) return false;
      tokens.push(await trainer.next(tokens));
    }
    const sample = { step: this.#progress.step, epoch, text: trainer.decode(tokens) };
    this.context.emit({ type: 'sample', ...sample });
    await store.record({ samples: [sample] });
    return true;
  }

  /** Writes a checkpoint; a failure is told and survived. @returns what went wrong. */
  async #trySave(): Promise<string | null> {
    if (this.#progress.step === this.#saved.step && this.#checkpoint !== null) return null;
    if (this.#soundStep !== this.#progress.step) {
      const [batch] = this.#training.inOrder(1);
      // The next step will find the same and end the training; the last checkpoint stays the good one.
      if (!Number.isFinite(await this.#lossOf(batch!))) return divergence(this.#progress.step, null);
      this.#soundStep = this.#progress.step;
    }
    this.#tell('saving');
    try {
      const { directory, bytes } = await this.parts.store.save(this.#progress);
      this.#checkpoint = directory;
      this.#saved = { step: this.#progress.step, at: performance.now() };
      this.context.emit({ type: 'checkpoint', step: this.#progress.step, directory, bytes });
      return null;
    } catch (error) {
      const sentence = messageOf(error);
      this.context.emit({ type: 'trouble', sentence });
      return sentence;
    }
  }

  /** Ends with a checkpoint. While it cannot be written the training waits: nothing is lost before it is told to. */
  async #finish(status: 'completed' | 'stopped'): Promise<TrainingEnd> {
    for (;;) {
      const { heard } = this.#control;
      const problem = await this.#trySave();
      if (problem === null) return this.#end(status, null);
      if (this.#soundStep !== this.#progress.step) return this.#unsound();
      this.#tell('paused');
      if (!this.context.signal.aborted) await this.#control.since(heard);
      if (this.context.signal.aborted || this.#control.discarding) return this.#end('unsaved', problem);
    }
  }

  #unsound(): TrainingEnd {
    if (this.context.signal.aborted) return this.#cancelled();
    return this.#end('diverged', divergence(this.#progress.step, this.#saved.step));
  }

  #cancelled(): TrainingEnd {
    const { step } = this.#saved;
    return this.#end(
      'cancelled',
      step > 0
        ? t('The training was cancelled; it can be resumed from the checkpoint of step {0}.', written(step))
        : t('The training was cancelled; it can be resumed from the beginning.'),
    );
  }

  #end(status: TrainingStatus, sentence: string | null): TrainingEnd {
    return {
      status,
      sentence,
      progress: this.#progress,
      checkpoint: this.#checkpoint,
      tokensPerSecond: this.#speed(),
    };
  }

  #tell(state: TrainingState): void {
    this.context.emit({ type: 'state', state });
  }

  #stepSeconds(): number {
    return meanOrNull(this.#durations) ?? 0;
  }

  #speed(batch?: TrainingBatch): number | null {
    const { batchSize, context } = this.parts.settings;
    const seconds = this.#stepSeconds();
    return seconds > 0 ? (batch?.ids.length ?? batchSize * context) / seconds : null;
  }

  #secondsLeft(): number {
    const steps = this.#steps - this.#progress.step;
    const evaluations = Math.ceil(steps / this.parts.settings.evaluateEvery);
    return steps * this.#stepSeconds() + evaluations * this.#evaluationSeconds;
  }
}

/** What to say of a loss or gradient that is no finite number. */
function divergence(step: number, saved: number | null): string {
  const kept =
    saved === null || saved === 0
      ? t('The model that it began with is unchanged.')
      : t('The last good state is the checkpoint of step {0}.', written(saved));
  return [
    t(
      'The training stopped after step {0} because the loss or its gradient is no longer finite.',
      written(step),
    ),
    kept,
    t(
      'Lower the learning rate, for example to a tenth, add warm-up steps, or limit the norm of the gradient to 1.',
    ),
  ].join(' ');
}
