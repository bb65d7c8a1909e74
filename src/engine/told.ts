/** What runs are told while they go on. */

type Listener = (message: unknown) => void;

/** Milliseconds after which a run goes on though nobody asks for it: it must not keep others from theirs for ever. */
const UNTOLD_MS = 5000;

/** By the runs that listen; what comes before one listens waits for it. */
export class Told {
  readonly #runs = new Map<number, { readonly early: unknown[]; listener?: Listener }>();

  /** From now on a run can be told something. @returns what it listens with */
  open(run: number): (listener: Listener) => void {
    const mail: { readonly early: unknown[]; listener?: Listener } = { early: [] };
    this.#runs.set(run, mail);
    return (listener) => {
      mail.listener = listener;
      for (const message of mail.early.splice(0)) listener(message);
    };
  }

  take(run: number, message: unknown): void {
    const mail = this.#runs.get(run);
    if (mail?.listener) mail.listener(message);
    else mail?.early.push(message);
  }

  close(run: number): void {
    this.#runs.delete(run);
  }
}

/** Resolves once a run is told anything, is stopped, or has waited for long. */
export function untilTold(listen: (listener: Listener) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(go, UNTOLD_MS);
    function go(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', go);
      resolve();
    }
    signal.addEventListener('abort', go);
    listen(go);
    if (signal.aborted) go();
  });
}
