/** Experiments run one after the other, in the order in which they were asked for; each can be taken back. */

export interface Job {
  /** Whose it is: an owner has one waiting job at most, a newer one takes its place. */
  readonly owner: string;
  /** For people, where others wait for it. */
  readonly label: string;
  readonly start: () => StartedJob;
  /** It was taken back before it started. */
  readonly dropped: () => void;
}

export interface StartedJob {
  /** Fulfilled when it has ended, however it ended; never rejected. */
  readonly ended: Promise<void>;
  /** Asks for its end, which comes some time after. */
  readonly cancel: () => void;
}

export type JobState = 'none' | 'waiting' | 'running' | 'stopping';

export class ExperimentQueue {
  readonly #changed: () => void;
  #current: { readonly job: Job; readonly started: StartedJob; stopping: boolean } | undefined;
  #waiting: Job[] = [];

  /** @param changed called whenever a job is added, started, asked to stop, dropped, or has ended */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The owner's own running job is stopped for it; others are waited for. */
  submit(job: Job): void {
    const replaced = this.#waiting.find(({ owner }) => owner === job.owner);
    this.#waiting = [...this.#waiting.filter((other) => other !== replaced), job];
    replaced?.dropped();
    if (this.#current?.job.owner === job.owner) this.#stopCurrent();
    this.#next();
    this.#changed();
  }

  /** Stops the owner's job, or takes it out of the queue; false when there is none. */
  cancel(owner: string): boolean {
    const waiting = this.#waiting.find((job) => job.owner === owner);
    const runs = this.#current?.job.owner === owner;
    this.#waiting = this.#waiting.filter((job) => job !== waiting);
    waiting?.dropped();
    if (runs) this.#stopCurrent();
    if (waiting || runs) this.#changed();
    return waiting !== undefined || runs;
  }

  stateOf(owner: string): JobState {
    if (this.#waiting.some((job) => job.owner === owner)) return 'waiting';
    if (this.#current?.job.owner !== owner) return 'none';
    return this.#current.stopping ? 'stopping' : 'running';
  }

  /** Labels of the jobs that come before the owner's waiting one. */
  before(owner: string): string[] {
    const place = this.#waiting.findIndex((job) => job.owner === owner);
    if (place < 0) return [];
    const ahead = this.#waiting.slice(0, place).map(({ label }) => label);
    return this.#current ? [this.#current.job.label, ...ahead] : ahead;
  }

  #stopCurrent(): void {
    if (!this.#current || this.#current.stopping) return;
    this.#current.stopping = true;
    this.#current.started.cancel();
  }

  #next(): void {
    if (this.#current) return;
    const job = this.#waiting.shift();
    if (!job) return;
    const started = job.start();
    this.#current = { job, started, stopping: false };
    void started.ended.then(() => {
      this.#current = undefined;
      this.#next();
      this.#changed();
    });
  }
}
