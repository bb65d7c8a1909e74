/** How long a caller waits for the engine. */
import { t } from '../l10n/language';
import { EngineError } from './protocol';

/** When a caller does not wait any longer. */
export interface WaitPolicy {
  /** Milliseconds after a stop in which an answer still counts, and what to say after them. */
  readonly afterStop: number;
  readonly stopped?: string;
  /** Milliseconds for the whole request, and what to say after them. */
  readonly limit?: { readonly milliseconds: number; readonly sentence: string };
}

export interface Waiting extends WaitPolicy {
  readonly signal: AbortSignal | undefined;
  /** Called when the answer begins to be owed: at a stop, and at the limit. */
  readonly onOwed: () => void;
  /** Takes what starts the limit anew, because there was progress. */
  readonly onLimit?: (renew: () => void) => void;
}

/** The longest time that a timer can count. */
const LONGEST = 2 ** 31 - 1;

/**
 * What comes first: the answer, the end of the wait after a stop, or the limit. The answer is awaited in any
 * case, so that its failure is never left without a listener.
 * @throws EngineError `stopped` after a stop, `engine` after the limit.
 */
export function waitFor<T>(
  answer: Promise<T>,
  { signal, onOwed, onLimit, afterStop, stopped = t('Stopped.'), limit }: Waiting,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timers: NodeJS.Timeout[] = [];
    const after = (milliseconds: number, code: 'stopped' | 'engine', sentence: string): NodeJS.Timeout => {
      const giveUp = (): void => {
        if (code === 'engine') onOwed();
        settle(() => {
          reject(new EngineError(code, sentence));
        });
      };
      const timer = setTimeout(giveUp, Math.min(milliseconds, LONGEST));
      timers.push(timer);
      return timer;
    };
    const stop = (): void => {
      onOwed();
      after(afterStop, 'stopped', stopped);
    };
    const settle = (how: () => void): void => {
      signal?.removeEventListener('abort', stop);
      for (const timer of timers) clearTimeout(timer);
      how();
    };
    signal?.addEventListener('abort', stop, { once: true });
    if (limit) {
      const timer = after(limit.milliseconds, 'engine', limit.sentence);
      onLimit?.(() => timer.refresh());
    }
    answer.then(
      (value) => {
        settle(() => {
          resolve(value);
        });
      },
      (error: unknown) => {
        settle(() => {
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      },
    );
  });
}
