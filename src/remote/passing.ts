/** Which failures of a request are worth one more try, and when. */
import { retryAfter } from '../core/retryAfter';
import { codeOf } from './problems';
import type { RemoteError } from './remoteError';

/** Milliseconds that a server may ask to be waited for: who looks at the panel waits no longer. */
const LONGEST_WAIT_MS = 10_000;

/** A socket that was kept open has been closed by the server meanwhile, or the server is being started again. */
const BEFORE_ANY_ANSWER: Readonly<Record<string, number>> = {
  ECONNREFUSED: 300,
  ECONNRESET: 100,
  EPIPE: 100,
  UND_ERR_SOCKET: 100,
};

/** A failure that may be over soon. */
export class Passing extends Error {
  constructor(
    /** What to say if it is not. */
    readonly problem: RemoteError,
    readonly afterMs: number,
  ) {
    super(problem.message);
  }
}

/** The failure of a request of whose answer not one byte has come. */
export function failed(problem: RemoteError, error: unknown): Error {
  const afterMs = BEFORE_ANY_ANSWER[codeOf(error)];
  return afterMs === undefined ? problem : new Passing(problem, afterMs);
}

/** A refusal with its status and its Retry-After. */
export function refused(problem: RemoteError, status: number, header: string | undefined): Error {
  const afterMs = retryAfter(header);
  const passes = (status === 429 || status === 503) && header !== undefined && afterMs <= LONGEST_WAIT_MS;
  return passes ? new Passing(problem, afterMs) : problem;
}
