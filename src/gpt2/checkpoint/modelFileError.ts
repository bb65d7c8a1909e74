/** A model's files cannot be used. The message is for people: file, what was found, what was expected, the fix. */
import { messageOf } from '../../core/messageOf';
import { t } from '../../l10n/language';
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
}

/** The error for a model file that cannot be opened. */
export function unreadable(file: string, error: unknown): ModelFileError {
  return new ModelFileError(
    t(
      '{0} cannot be read ({1}). A model folder holds config.json and model.safetensors.',
      file,
      messageOf(error),
    ),
  );
}
