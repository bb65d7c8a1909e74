import { t } from '../l10n/language';

/** What kind of thing went wrong, for callers that react to it. */
export type LibraryErrorCode =
  /** The hub cannot be reached, or keeps failing. */
  | 'network'
  /** A token, or the acceptance of a licence, is missing. */
  | 'access'
  /** No such model, revision or file. */
  | 'missing'
  /** The hub offers something else than it did before. */
  | 'changed'
  /** Bytes are not those that were announced. */
  | 'damaged'
  /** No room, or the disk fails. */
  | 'disk'
  /** A folder may not be read or written. */
  | 'permission'
  /** Not a model that can be run. */
  | 'unsupported'
  /** Used, or worked on, here or in another window. */
  | 'busy'
  /** Paused or cancelled by the user. */
  | 'stopped'
  /** A name, path or setting that cannot be one. */
  | 'name';

/** An error of the model library. The message is for people: what was found, what was expected, the fix. */
export class LibraryError extends Error {
  override readonly name = 'LibraryError';

  constructor(
    readonly code: LibraryErrorCode,
    sentence: string,
    options?: ErrorOptions,
  ) {
    super(sentence, options);
  }
}

/** An error's message, short. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // What went wrong on the network stands in the cause; the message says only "fetch failed".
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}

/** The code of an error of the file system, for example `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null | undefined)?.code;
}

/** Sentences to be ended with the reason. */
const COULD_NOT = {
  'be made': (path: string) => t('{0} could not be made', path),
  'be moved': (path: string) => t('{0} could not be moved', path),
  'be moved into place': (path: string) => t('{0} could not be moved into place', path),
  'be removed': (path: string) => t('{0} could not be removed', path),
  'be locked': (path: string) => t('{0} could not be locked', path),
  'be opened': (path: string) => t('{0} could not be opened', path),
  'be read': (path: string) => t('{0} could not be read', path),
  'be written': (path: string) => t('{0} could not be written', path),
};

/**
 * The error for a file or folder that could not be read or written.
 * @param doing what was tried.
 */
export function fileProblem(path: string, doing: keyof typeof COULD_NOT, error: unknown): LibraryError {
  if (error instanceof LibraryError) return error;
  const what = COULD_NOT[doing](path);
  const options = { cause: error };
  switch (systemCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new LibraryError(
        'disk',
        t(
          '{0}: the disk is full. What has arrived is kept; make room and try again, or cancel the download to remove it.',
          what,
        ),
        options,
      );
    case 'EFBIG':
      return new LibraryError(
        'disk',
        t(
          "{0}: the disk's format does not hold files of this size. Choose a storage folder on another disk.",
          what,
        ),
        options,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new LibraryError(
        'permission',
        t(
          "{0}: you are not allowed to. Change the folder's permissions or choose another storage folder.",
          what,
        ),
        options,
      );
    default:
      return new LibraryError('disk', `${what} (${reason(error)}).`, options);
  }
}
