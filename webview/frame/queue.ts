/**
 * Runs wait for each other in lanes: within one they come one after the other, in the order in which they were asked
 * for, and no lane waits for another. Each can be taken back. How it stands is followed by what reads it.
 */
import { signal } from '@preact/signals-core';

/** `long` for what may take its time; `quick` for what is asked for and looked at beside it. */
export type Lane = 'quick' | 'long';

export interface Job {
  /** Whose it is: an owner has one waiting job at most, a newer one takes its place. */
  readonly owner: string;
  readonly lane: Lane;
  /** For people, where others wait for it. */
  readonly label: string;
  readonly start: () => StartedJob;
  /** It was taken back before it started. */
  readonly dropped?: () => void;
}

export interface StartedJob {
  /** Fulfilled when it has ended, however it ended; never rejected. */
  readonly ended: Promise<void>;
  /** Asks for its end, which comes some time after. */
  readonly cancel: () => void;
}

export type JobState = 'none' | 'waiting' | 'running' | 'stopping';

interface Place {
  readonly job: Job;
  /** null while it waits. */
  readonly started: StartedJob | null;
  readonly stopping: boolean;
}

export class RunQueue {
  /** In the order in which they were asked for; in a lane, the one that has started comes first. */
  readonly #places = signal<readonly Place[]>([]);

  /** The owner's own running job is stopped for it; others of its lane are waited for. */
  submit(job: Job): void {
    this.#drop(this.#waitingOf(job.owner));
    this.#places.value = [...this.#places.peek(), { job, started: null, stopping: false }];
    this.#stop(this.#startedOf(job.owner));
    this.#next(job.lane);
  }

  /** Stops the owner's job, or takes it out of the queue; false when there is none. */
  cancel(owner: string): boolean {
    const waiting = this.#waitingOf(owner);
    const started = this.#startedOf(owner);
    this.#drop(waiting);
    this.#stop(started);
    return waiting !== undefined || started !== undefined;
  }

  stateOf(owner: string): JobState {
    const own = this.#places.value.filter(({ job }) => job.owner === owner);
    if (own.some(({ started }) => started === null)) return 'waiting';
    const [running] = own;
    return running ? (running.stopping ? 'stopping' : 'running') : 'none';
  }

  /** Labels of other owners' jobs that come before the owner's waiting one. */
  before(owner: string): string[] {
    const waiting = this.#places.value.find(({ job, started }) => job.owner === owner && started === null);
    if (!waiting) return [];
    const lane = this.#places.value.filter(({ job }) => job.lane === waiting.job.lane);
    const ahead = lane.slice(0, lane.indexOf(waiting));
    return ahead.filter(({ job }) => job.owner !== owner).map(({ job }) => job.label);
  }

  #waitingOf(owner: string): Place | undefined {
    return this.#places.peek().find(({ job, started }) => job.owner === owner && started === null);
  }

  #startedOf(owner: string): Place | undefined {
    return this.#places.peek().find(({ job, started }) => job.owner === owner && started !== null);
  }

  #drop(waiting: Place | undefined): void {
    if (!waiting) return;
    this.#places.value = this.#places.peek().filter((place) => place !== waiting);
    waiting.job.dropped?.();
  }

  #stop(place: Place | undefined): void {
    if (!place?.started || place.stopping) return;
    this.#replace(place, { ...place, stopping: true });
    place.started.cancel();
  }

  #replace(place: Place, by: Place): void {
    this.#places.value = this.#places.peek().map((other) => (other === place ? by : other));
  }

  #next(lane: Lane): void {
    const next = this.#places.peek().find(({ job }) => job.lane === lane);
    if (!next || next.started) return;
    const started = next.job.start();
    this.#replace(next, { ...next, started });
    void started.ended.then(() => {
      this.#places.value = this.#places.peek().filter((place) => place.started !== started);
      this.#next(lane);
    });
  }
}
