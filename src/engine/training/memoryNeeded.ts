/** The memory that a training needs, and what to say where there is too little of it. */
import type { TrainingSettings } from '../../experiments/training/result';
import type { Gpt2Config } from '../../gpt2/checkpoint/config';
import { countParameters } from '../../gpt2/checkpoint/modelFolder';
import { inBytes } from '../../l10n/bytes';
import { counted, t } from '../../l10n/language';
import { written } from '../../l10n/numbers';
import { trainingMemory } from '../../library/memory';
import type { Lack } from '../memoryRoom';

/** Bytes: what is fixed, and what each window of a batch adds. */
export function memoryFor(
  config: Gpt2Config,
  { context, dropout }: TrainingSettings,
): ReturnType<typeof trainingMemory> {
  const { layers, width, heads, vocabularySize: vocabulary } = config;
  const parameters = countParameters(config);
  return trainingMemory({ parameters, layers, width, vocabulary, heads, dropout, length: context });
}

/**
 * What is lacking, and what a user can do.
 * @param needed bytes
 * @param fits windows of a batch for which there is memory
 */
export function withoutMemory(
  name: string,
  settings: TrainingSettings,
  needed: number,
  fits: number,
  lack: Lack,
): string {
  return `${lacksMemory(name, settings, needed, lack)} ${wayOut(fits, lack)}`;
}

function lacksMemory(
  name: string,
  { batchSize, context }: TrainingSettings,
  needed: number,
  { free, limit }: Lack,
): string {
  const windows = counted(batchSize, '{0} window', '{0} windows');
  const job = [name, windows, written(context), inBytes(needed)];
  return limit
    ? t(
        'Training {0} with batches of {1} of {2} tokens takes about {3} of memory, beside the {4} that the model process has already, and decodingLab.engine.memoryLimit allows {5} in all.',
        ...[...job, inBytes(limit.held), inBytes(limit.allowed)],
      )
    : t(
        'Training {0} with batches of {1} of {2} tokens takes about {3} of memory, and {4} are free.',
        ...[...job, inBytes(free)],
      );
}

function wayOut(fits: number, { limit }: Lack): string {
  const windows = counted(fits, '{0} window', '{0} windows');
  if (fits >= 1) {
    return limit
      ? t('Raise that limit, choose shorter windows, or choose batches of at most {0}.', windows)
      : t('Close other programs, choose shorter windows, or choose batches of at most {0}.', windows);
  }
  return limit
    ? t(
        'Raise that limit, choose shorter windows, or train a smaller model: not even one window at a time fits.',
      )
    : t(
        'Close other programs, choose shorter windows, or train a smaller model: not even one window at a time fits.',
      );
}
