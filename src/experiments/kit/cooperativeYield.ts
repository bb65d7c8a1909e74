import type { RunContext } from './experiment';

/** Milliseconds of work after which others get their turn. */
const TURN = 15;

/** For long computations between two answers of a model: lets other work happen, and hears a stop. */
export class CooperativeYield {
  readonly #context: Pick<RunContext<never>, 'pause' | 'signal'>;
  #last = performance.now();

  constructor(context: Pick<RunContext<never>, 'pause' | 'signal'>) {
    this.#context = context;
  }

  /** To be awaited every few milliseconds of work. @returns false when a user stopped the run. */
  async giveWay(): Promise<boolean> {
    if (performance.now() - this.#last >= TURN) {
      await this.#context.pause();
      this.#last = performance.now();
    }
    return !this.#context.signal.aborted;
  }
}
