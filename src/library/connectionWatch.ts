/** Whether a connection still brings something, and what it means that it does not. */
import { inBytes } from '../l10n/bytes';
import { t } from '../l10n/language';
import { written } from '../l10n/numbers';
import { LibraryError, reason, systemCode } from './libraryError';
import { RetryLater, stopped } from './retryPolicy';

/** Bytes of an answer's headers, all together: Node's own limit. */
export const MOST_HEADER_BYTES = 16_384;

/** Bytes that must arrive in the time of a stall: fewer are no progress, else a byte a minute went on for years. */
const LEAST_PROGRESS_BYTES = 1000;

/** Ends a request when the user stops it, or when too little arrives for too long. */
export class ConnectionWatch {
  readonly #controller = new AbortController();
  readonly signal: AbortSignal;
  #timer: NodeJS.Timeout | undefined;
  #stalled = false;
  /** Bytes since the timer began. */
  #bytes = 0;

  constructor(
    private readonly stallMs: number,
    private readonly user: AbortSignal,
  ) {
    this.signal = AbortSignal.any([user, this.#controller.signal]);
    this.restart();
  }

  restart(): void {
    this.#bytes = 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#stalled = true;
      this.#controller.abort();
    }, this.stallMs);
  }

  arrived(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= LEAST_PROGRESS_BYTES) this.restart();
  }

  finish(): void {
    clearTimeout(this.#timer);
  }

  /** What a failure means, told apart by who ended the request. */
  explain(error: unknown, sentence: string): Error {
    if (this.user.aborted) return stopped();
    if (error instanceof LibraryError || error instanceof RetryLater) return error;
    if (this.#stalled) {
      const least = inBytes(LEAST_PROGRESS_BYTES);
      return new RetryLater(
        t('{0}: less than {1} in {2} seconds', sentence, least, written(this.stallMs / 1000)),
      );
    }
    if (systemCode(error instanceof Error ? error.cause : undefined) === 'UND_ERR_HEADERS_OVERFLOW') {
      const most = inBytes(MOST_HEADER_BYTES);
      return new LibraryError(
        'network',
        t("{0}: the headers of its answer are larger than {1}. Check the hub's address.", sentence, most),
      );
    }
    return new RetryLater(`${sentence} (${reason(error)})`);
  }
}
