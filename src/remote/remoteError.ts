/** What kind of thing went wrong with a server. */
export type RemoteErrorCode =
  /** It cannot be reached, breaks off, is silent for too long, or says that it is busy. */
  | 'network'
  /** It asks for a key, or for another one. */
  | 'access'
  /** It does not have what is asked for: a model, a path. */
  | 'missing'
  /** It refuses what is asked of it. */
  | 'refused'
  /** What it says makes no sense. */
  | 'answer';

/** An error of a server or of the way to it; its message is a sentence for people that names the server. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';

  constructor(
    readonly code: RemoteErrorCode,
    sentence: string,
    /** What the server itself said, where it said something. */
    readonly said?: string,
  ) {
    super(sentence);
  }
}
