/** Whose turn it is when several runs want the processor. */
import type { Priority } from './protocol';

const RANKS: Readonly<Record<Priority, number>> = { typing: 0, panel: 1, background: 2 };

/** Lets runs wait, between two steps, while others of higher priority run. */
export class Turns {
  /** False: all runs go on side by side. */
  prioritize = true;
  readonly #running = [0, 0, 0];
  #waiting: (() => void)[] = [];

  /** Counts a run as running while `action` lasts. */
  async while<T>(priority: Priority, action: () => Promise<T>): Promise<T> {
    const rank = RANKS[priority];
    this.#running[rank]! += 1;
    try {
      return await action();
    } finally {
      this.#running[rank]! -= 1;
      this.wake();
    }
  }

  /** Resolves when no run of higher priority goes on, or the signal says stop. */
  async turn(priority: Priority, signal: AbortSignal): Promise<void> {
    const isTurn = (): boolean =>
      signal.aborted || !this.prioritize || this.#running.slice(0, RANKS[priority]).every((n) => n === 0);
    if (isTurn()) return;
    const wake = (): void => {
      this.wake();
    };
    signal.addEventListener('abort', wake, { once: true });
    while (!isTurn()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    signal.removeEventListener('abort', wake);
  }

  /** Lets all that wait look again. */
  wake(): void {
    const woken = this.#waiting;
    this.#waiting = [];
    for (const resolve of woken) resolve();
  }
}
