/** Resuming: the checkpoint that a training goes on from. */
import type { TrainingJob } from '../../experiments/training/job';
import type { TrainingHistory, TrainingProgress, TrainingSettings } from '../../experiments/training/result';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import { runsIn, type TrainingRun } from '../../library/lastCheckpoint';
import { readState } from './checkpoints';
import { damaged } from './manifest';

/** A checkpoint to go on from, and what is known of its training. */
export interface Resumed {
  readonly directory: string;
  readonly run: TrainingRun;
  readonly settings: TrainingSettings;
  readonly progress: TrainingProgress;
  readonly history: TrainingHistory;
  /** Sentences on what could not be used, or not be verified. */
  readonly notes: readonly string[];
}

/**
 * The newest whole checkpoint of this model on this text.
 * @throws RangeError where there is none, naming the files that are damaged.
 */
export async function findCheckpoint(
  job: TrainingJob,
  parent: string,
  data: string,
  name: string,
): Promise<Resumed> {
  const all = (await runsIn(job.directory)).flatMap((run) =>
    run.checkpoints.map((directory) => ({ run, directory })),
  );
  if (all.length === 0) {
    throw new RangeError(t('{0} has no checkpoint to resume from. Start a training first.', name));
  }
  const notes: string[] = [];
  for (const { run, directory } of all.reverse()) {
    let state: Awaited<ReturnType<typeof readState>>;
    try {
      state = await readState(directory);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      notes.push(error.message);
      continue;
    }
    if (state.parent !== parent) {
      throw new RangeError(
        t('The last checkpoint was made from other weights than the model has now. Start a new training.'),
      );
    }
    if (state.data !== data) {
      throw new RangeError(
        t(
          'The last checkpoint was trained on another text. Choose that text again, or start a training on this one.',
        ),
      );
    }
    const { settings, progress, history, verified } = state;
    if (notes.length > 0)
      notes.push(t('The training resumes from step {0} instead.', written(progress.step)));
    if (!verified) {
      notes.push(
        t(
          'The checkpoint of step {0} was written by a version that kept no digests of its files: whether they are as they were written cannot be seen.',
          written(progress.step),
        ),
      );
    }
    return { directory, run, settings, progress, history, notes };
  }
  throw new RangeError(
    `${notes.join(' ')} ${t('{0} has no other intact checkpoint. Start a new training.', name)}`,
  );
}

/** @throws RangeError where a checkpoint's progress is not one that its training can have made. */
export function checkProgress({ directory, progress }: Resumed, perEpoch: number): void {
  const { step, epoch, batch } = progress;
  if (batch < perEpoch && step === epoch * perEpoch + batch) return;
  throw damaged(
    directory,
    t(
      'step {0} cannot be batch {1} of epoch {2}, where an epoch has {3} batches. Start a new training',
      written(step),
      written(batch),
      written(epoch),
      written(perEpoch),
    ),
  );
}
