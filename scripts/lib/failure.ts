/** A failure that a user can act upon: its message is a whole sentence, and its stack says nothing more. */
export class Failure extends Error {}

/** What to print for an error: the sentence of a `Failure`, everything that is known of any other. */
export function explain(error: unknown): string {
  if (error instanceof Failure) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
