/** What a training is asked to do, and by which settings. */
import * as v from 'valibot';
import { t } from '../../l10n/language';
import { parameterObject, textValue } from '../kit/checks';
import { checkpointSettings, furtherEpochs, trainingSettings } from './parameters';
import type { CheckpointSettings, TrainingSettings } from './result';

const parametersSchema = v.object({
  action: v.picklist(['start', 'continue', 'verify']),
  text: v.string(),
  directory: v.string(),
});

export interface TrainingJob extends v.InferOutput<typeof parametersSchema> {
  readonly settings: TrainingSettings;
  readonly checkpoints: CheckpointSettings;
  /** Epochs beyond those of the training that is continued. */
  readonly furtherEpochs: number;
}

/** @throws RangeError naming the parameter, its value and the allowed range. */
export function parseTrainingJob(value: unknown): TrainingJob {
  const given = parameterObject(t('Training'), value);
  textValue(t('The text'), given['text']);
  const parsed = v.safeParse(parametersSchema, given);
  if (!parsed.success) {
    throw new RangeError(
      t(
        'A training needs an action (start, continue or verify), a text and a folder: {0}.',
        parsed.issues[0].message,
      ),
    );
  }
  const settings = trainingSettings.parse(given['settings']);
  return {
    ...parsed.output,
    settings,
    furtherEpochs: furtherEpochs.read(given['furtherEpochs'] ?? settings.epochs, {}),
    checkpoints: checkpointSettings.parse(given['checkpoints'] ?? {}),
  };
}
