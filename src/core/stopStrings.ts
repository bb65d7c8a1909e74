/** Texts at which another text is to end. */

/** Stop strings of a run, and characters of each, at most. */
export const MOST_STOPS = 16;
export const LONGEST_STOP = 200;

export interface FoundStop {
  /** Where it begins: a UTF-16 offset. */
  readonly at: number;
  readonly stop: string;
}

/** The stop string that begins earliest in a text, the first given of those that begin there. */
export function findStop(text: string, stops: readonly string[]): FoundStop | undefined {
  let found: FoundStop | undefined;
  for (const stop of stops) {
    const at = text.indexOf(stop);
    if (at >= 0 && (!found || at < found.at)) found = { at, stop };
  }
  return found;
}
