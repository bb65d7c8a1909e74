/** The runs of one page: asked for, waited for, followed, stopped, and repeated where they failed. */
import { signal } from '@preact/signals-core';
import type { ExperimentResult } from '../../src/experiments/kit/results';
import type { Failure } from '../../src/protocol/messages';
import type { RunMessage } from '../host';
import type { ExperimentPage } from './experimentPage';
import { failureOf, UNREADABLE } from './failures';
import type { LiveRun } from './live';
import type { JobState, StartedJob } from './queue';
import type { Order, Outcome } from './record';
import { ExperimentRun, type RunProgress } from './run';
import type { TabContext } from './tab';
import { t } from '../../src/l10n/language';

/** Milliseconds after which a run's progress is shown again while nothing else happens. */
const TICK = 100;

/** Stopped before there was anything of it. */
const NOTHING_YET: Failure = { code: 'stopped', sentence: t('Stopped.') };

/** A run that did not end as it should. */
export interface Trouble {
  readonly order: Order;
  /** The result that it was to repeat, where it was a replay. */
  readonly replays: unknown;
  /** null where a user stopped it and nothing is wrong. */
  readonly failure: Failure | null;
}

/** A run, and what belongs to it while it goes on. */
interface Going<Result> {
  readonly run: ExperimentRun;
  readonly live: LiveRun<Result> | null;
  readonly tell: (message: RunMessage) => void;
}

export class Runs<Result extends ExperimentResult> {
  readonly #page: ExperimentPage<Result>;
  readonly #context: TabContext;
  readonly #finished: (run: ExperimentRun, result: Result) => void;
  readonly #now: () => number;
  /** Another object after every event, and after some time: what is read of the run follows it. */
  readonly #going = signal<Going<Result> | null>(null);
  readonly #trouble = signal<Trouble | null>(null);
  readonly #question = signal<{ readonly order: Order; readonly sentence: string } | null>(null);
  /** False while something else is on screen than what the run has so far. */
  readonly #growthShown = signal(false);
  #growing: Outcome<Result> | null = null;
  /** The run of which it was said last that it was stopped. */
  #stopTold: ExperimentRun | null = null;

  /**
   * @param finished takes what a run gave
   * @param now milliseconds of a steady clock
   */
  constructor(
    page: ExperimentPage<Result>,
    context: TabContext,
    finished: (run: ExperimentRun, result: Result) => void,
    now: () => number,
  ) {
    this.#page = page;
    this.#context = context;
    this.#finished = finished;
    this.#now = now;
  }

  /** A run that was stopped is over for whoever looks on: what is asked for next waits for its end by itself. */
  get jobState(): JobState {
    const state = this.#context.queue.stateOf(this.#page.id);
    return state === 'stopping' && !this.#page.keepsOnStop ? 'none' : state;
  }

  /** Labels of what runs before it. */
  get waitsFor(): readonly string[] {
    return this.#context.queue.before(this.#page.id);
  }

  /** Why the latest run did not end as it should. */
  get trouble(): Trouble | null {
    return this.#trouble.value;
  }

  /** What must be answered before the run that it is about. */
  get question(): string | null {
    return this.#question.value?.sentence ?? null;
  }

  get isGoing(): boolean {
    return this.#going.value !== null;
  }

  /** Milliseconds since the current run began; 0 without one. */
  get elapsed(): number {
    const run = this.#going.value?.run;
    return run ? this.#now() - run.startedAt : 0;
  }

  progress(): RunProgress | null {
    return this.#going.value?.run.progress(this.#now()) ?? null;
  }

  /** What is made of the events of the run that goes on. */
  get live(): LiveRun<Result> | null {
    return this.#going.value?.live ?? null;
  }

  /** What the run that goes on has so far, where it is drawn in the last result's place; else null. */
  get growing(): Outcome<Result> | null {
    const going = this.#going.value;
    const result = this.#growthShown.value ? going?.live?.result?.() : null;
    if (!going || !result) return null;
    if (this.#growing?.result !== result)
      this.#growing = { order: going.run.order, result, savedId: null, conclusion: '' };
    return this.#growing;
  }

  /** Runs, once a user has agreed where that is to be asked. */
  ask(order: Order): void {
    const sentence = this.#page.confirm?.(order.parameters) ?? null;
    if (sentence === null) {
      this.submit(order, null);
      return;
    }
    this.#question.value = { order, sentence };
    this.#context.announce(sentence);
  }

  /** Answers the question that stands before a run. */
  answer(yes: boolean): void {
    const question = this.#question.value;
    this.#question.value = null;
    if (question && yes) this.submit(question.order, null);
  }

  /** @param replays the result that it is to repeat, or null */
  submit(order: Order, replays: unknown): void {
    this.#trouble.value = null;
    this.#context.queue.submit({
      owner: this.#page.id,
      lane: this.#page.lane ?? 'long',
      label: this.#page.title,
      start: () => this.#start(order, replays),
    });
  }

  /** Runs the troubled run's order again. */
  retry(): void {
    const { trouble } = this;
    if (trouble) this.submit(trouble.order, trouble.replays);
  }

  /** False when nothing runs or waits. */
  stop(): boolean {
    if (this.#question.value) {
      this.answer(false);
      return true;
    }
    const run = this.#going.peek()?.run;
    if (run && this.jobState === 'running' && !this.#page.keepsOnStop) this.#tellStopped(run);
    return this.#context.queue.cancel(this.#page.id);
  }

  /** Says once that a run was stopped, unless it was for the next one. */
  #tellStopped(run: ExperimentRun): void {
    if (this.#stopTold === run || this.jobState === 'waiting') return;
    this.#stopTold = run;
    this.#trouble.value = { order: run.order, replays: run.replays, failure: null };
    this.#context.announce(t('Stopped.'));
  }

  forgetTrouble(): void {
    this.#trouble.value = null;
  }

  /** Something else comes on screen than what the run has so far. */
  hideGrowth(): void {
    this.#growthShown.value = false;
  }

  /** Tells the run that goes on something. */
  tell(message: RunMessage): void {
    this.#going.value?.tell(message);
  }

  #start(order: Order, replays: unknown): StartedJob {
    const { host, announce } = this.#context;
    const run = new ExperimentRun(order, replays, this.#now());
    const live = this.#page.live?.(order, replays !== null) ?? null;
    const beat = (): void => {
      this.#going.value &&= { ...this.#going.value };
    };
    const onEvent = (event: unknown): void => {
      if (!run.receive(event, this.#now())) live?.take(event);
      beat();
    };
    const { model, toy, parameters } = order;
    const others = this.#page.others?.(parameters) ?? [];
    const request = host.run(this.#page.id, model, toy, parameters, onEvent, others);
    this.#going.value = { run, live, tell: request.tell };
    // What a replay is to repeat stays on screen.
    this.#growthShown.value = replays === null;
    const timer = setInterval(beat, TICK);
    announce(t('{0} is running.', this.#page.title));
    const ended = request.result
      .then(
        (value) => {
          this.#end(run, live, value);
        },
        (error: unknown) => {
          this.#fail(run, live, failureOf(error));
        },
      )
      .finally(() => {
        clearInterval(timer);
        this.#going.value = null;
        this.#growing = null;
      });
    return { ended, cancel: request.cancel };
  }

  #end(run: ExperimentRun, live: LiveRun<Result> | null, value: unknown): void {
    const result = this.#page.read(value);
    if (!result) {
      this.#fail(run, live, UNREADABLE);
      return;
    }
    const { brokeOff } = result;
    const failure = brokeOff === undefined ? null : { code: 'broke-off', sentence: brokeOff };
    if (result.stopped && this.#page.isEmpty?.(result)) {
      this.#fail(run, live, failure ?? NOTHING_YET);
      return;
    }
    live?.finish?.(result);
    if (failure) this.#tellFailed(run, failure);
    // Something else was put on screen after the stop: the part that the run has left must not take its place.
    if (result.stopped && run.replays === null && !this.#growthShown.peek()) return;
    if (result.stopped && !failure) this.#tellStopped(run);
    // It was done before the stop reached it.
    if (!result.stopped && this.#stopTold === run) this.#trouble.value = null;
    this.#finished(run, result);
  }

  #fail(run: ExperimentRun, live: LiveRun<Result> | null, failure: Failure): void {
    live?.fail?.(failure);
    if (failure.code === 'stopped') {
      this.#tellStopped(run);
      return;
    }
    this.#tellFailed(run, failure);
  }

  #tellFailed({ order, replays }: ExperimentRun, failure: Failure): void {
    this.#trouble.value = { order, replays, failure };
    this.#context.announce(failure.sentence);
  }
}
