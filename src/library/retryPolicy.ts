/** How long the library waits for a server, and how often it asks again. */
import { setTimeout } from 'node:timers/promises';
import pRetry from 'p-retry';
import { t, whole } from '../l10n/language';
import { capitalized } from '../l10n/numbers';
import { LibraryError } from './libraryError';

export interface RetryPolicy {
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

export const RETRY_POLICY: RetryPolicy = {
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

/**
 * Calls `action` until it succeeds.
 * @param action given the number of its call, from 1.
 * @param onTrouble called before a wait, with what went wrong.
 * @throws LibraryError `stopped`, when a wait is too long, or in place of a `RetryLater` when there are no tries left.
 */
export async function persist<T>(
  policy: RetryPolicy,
  signal: AbortSignal,
  action: (attempt: number) => Promise<T>,
  onTrouble?: (sentence: string) => void,
): Promise<T> {
  try {
    return await pRetry(action, {
      retries: policy.tries - 1,
      // Half of the wait is random, so that many clients of a server that broke down do not return all at once.
      minTimeout: policy.firstWaitMs / 2,
      randomize: true,
      maxTimeout: policy.longestWaitMs,
      signal,
      shouldRetry: async ({ error }) => {
        if (!(error instanceof RetryLater)) return false;
        onTrouble?.(error.sentence);
        await waitAsAsked(policy, error, signal);
        return true;
      },
    });
  } catch (error) {
    if (signal.aborted && error === signal.reason) throw stopped();
    throw error instanceof RetryLater ? gaveUp(error, policy.tries) : error;
  }
}

/** Waits as long as the server has asked for. @throws LibraryError `stopped`, or when that is too long. */
async function waitAsAsked(
  policy: RetryPolicy,
  { sentence, afterMs }: RetryLater,
  signal: AbortSignal,
): Promise<void> {
  if (afterMs > policy.longestRetryAfterMs) {
    const minutes = Math.ceil(afterMs / 60_000);
    throw new LibraryError(
      'network',
      t(
        '{0}; it asks to wait {1} minutes. Try again then; what has arrived is kept.',
        capitalized(sentence),
        whole(minutes),
      ),
    );
  }
  if (afterMs > 0) await pause(afterMs, signal);
}

export function gaveUp(problem: RetryLater, failures: number): LibraryError {
  return new LibraryError(
    'network',
    t(
      '{0}, {1} times in a row. Check the connection and the proxy, and try again; what has arrived is kept.',
      capitalized(problem.sentence),
      whole(failures),
    ),
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
  return new LibraryError('stopped', t('The download is paused; what has arrived is kept.'));
}

/** For what nobody can stop. */
export const never = new AbortController().signal;
