/** What a started run offers to those who wait for it. */
export interface RunHandle {
  /** Fulfilled when the run has ended, however it ended; never rejected. */
  readonly ended: Promise<void>;
  /** Asks for a stop; the run ends some time after. */
  readonly cancel: () => void;
}

/**
 * One run at a time: an order that comes while another runs stops that one, waits for its end, and is then
 * started. Of several waiting orders only the last matters.
 */
export class RunQueue<Order> {
  readonly #start: (order: Order) => RunHandle;
  readonly #changed: () => void;
  #current: { readonly order: Order; readonly handle: RunHandle; stopping: boolean } | undefined;
  #waiting: Order | undefined;

  /** @param changed called whenever a run has been started, is asked to stop, or has ended */
  constructor(start: (order: Order) => RunHandle, changed: () => void) {
    this.#start = start;
    this.#changed = changed;
  }

  get state(): 'idle' | 'running' | 'stopping' {
    return this.#current ? (this.#current.stopping ? 'stopping' : 'running') : 'idle';
  }

  submit(order: Order): void {
    if (this.#current) {
      this.#waiting = order;
      this.#cancel(this.#current);
      return;
    }
    const handle = this.#start(order);
    const current = { order, handle, stopping: false };
    this.#current = current;
    this.#changed();
    void handle.ended.then(() => {
      this.#current = undefined;
      const next = this.#waiting;
      this.#waiting = undefined;
      if (next === undefined) this.#changed();
      else this.submit(next);
    });
  }

  /** Stops the current run, and forgets the one that waits for it. */
  stop(): void {
    this.#waiting = undefined;
    if (this.#current) this.#cancel(this.#current);
  }

  #cancel(current: { readonly handle: RunHandle; stopping: boolean }): void {
    if (current.stopping) {
      this.#changed();
      return;
    }
    current.stopping = true;
    current.handle.cancel();
    this.#changed();
  }
}
