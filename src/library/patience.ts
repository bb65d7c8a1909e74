/** How long the library waits for a server, and how often it asks again. */
import { setTimeout } from 'node:timers/promises';
import { LibraryError } from './libraryError';

export interface Patience {
  /** Failures in a row, without a byte of progress between them, after which it gives up. */
  readonly tries: number;
  /** Wait after the first failure in milliseconds; doubled after each further one. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** A server that asks for more time than this (Retry-After) is not waited for. */
  readonly longestRetryAfterMs: number;
  /** Milliseconds without progress, which is a kilobyte at least, after which a connection counts as dead. */
  readonly stallMs: number;
  /** Milliseconds in which a hub must have said what there is, all pages and repetitions together. */
  readonly longestListingMs: number;
  /** A lock that has not been refreshed for this long, at least 2000, is its holder's no more: that window is gone. */
  readonly staleLockMs: number;
}

export const PATIENCE: Patience = {
  tries: 6,
  firstWaitMs: 500,
  longestWaitMs: 30_000,
  longestRetryAfterMs: 300_000,
  stallMs: 45_000,
  longestListingMs: 300_000,
  staleLockMs: 15_000,
};

/** A failure that may be over soon. */
export class RetryLater extends Error {
  constructor(
    /** For people, without a full stop. */
    readonly sentence: string,
    /** What the server asked for, in milliseconds. */
    readonly afterMs = 0,
  ) {
    super(sentence);
  }
}

/** Waits after the `failures`-th failure in a row. @throws LibraryError `stopped`, or when the wait is too long. */
export async function waitBeforeRetry(
  patience: Patience,
  failures: number,
  problem: RetryLater,
  signal: AbortSignal,
): Promise<void> {
  if (problem.afterMs > patience.longestRetryAfterMs) {
    const minutes = Math.ceil(problem.afterMs / 60_000);
    throw new LibraryError(
      'network',
      `${capital(problem.sentence)}; it asks to wait ${minutes} minutes. Try again then; what has arrived is kept.`,
    );
  }
  // Half of the wait is random, so that many clients of a server that broke down do not return all at once.
  const backoff = Math.min(patience.longestWaitMs, patience.firstWaitMs * 2 ** (failures - 1));
  await pause(Math.max(problem.afterMs, backoff * (0.5 + Math.random() / 2)), signal);
}

/** Calls `action` until it succeeds. @throws LibraryError; a `RetryLater` becomes one when patience ends. */
export async function persist<T>(
  patience: Patience,
  signal: AbortSignal,
  action: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof RetryLater)) throw error;
      if (failures >= patience.tries) throw gaveUp(error, failures);
      await waitBeforeRetry(patience, failures, error, signal);
    }
  }
}

export function gaveUp(problem: RetryLater, failures: number): LibraryError {
  return new LibraryError(
    'network',
    `${capital(problem.sentence)}, ${failures} times in a row. Check the connection and the proxy, and try again; ` +
      `what has arrived is kept.`,
    { cause: problem },
  );
}

/** Waits. @throws LibraryError `stopped` when the signal says so. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => {
    throw stopped();
  });
}

export function stopped(): LibraryError {
  return new LibraryError('stopped', 'The download is paused; what has arrived is kept.');
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
