/** A model's files cannot be used. The message is for people: file, what was found, what was expected, the fix. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
}

/** An error's message, short. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The error for a model file that cannot be opened. */
export function unreadable(file: string, error: unknown): ModelFileError {
  return new ModelFileError(
    `${file} cannot be read (${reason(error)}). A model folder holds config.json and model.safetensors.`,
  );
}
