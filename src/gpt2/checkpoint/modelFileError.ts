/** A model's files cannot be used. The message is for people: file, what was found, what was expected, the fix. */
import { messageOf } from '../../core/messageOf';
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
}

/** The error for a model file that cannot be opened. */
export function unreadable(file: string, error: unknown): ModelFileError {
  return new ModelFileError(
    `${file} cannot be read (${messageOf(error)}). A model folder holds config.json and model.safetensors.`,
  );
}
