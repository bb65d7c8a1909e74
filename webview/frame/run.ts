/** One run of an experiment while it goes on. */
import * as v from 'valibot';
import type { ProgressEvent } from '../../src/experiments/kit/results';
import type { Order } from './record';

const progressSchema = v.object({
  type: v.string(),
  done: v.number(),
  total: v.number(),
  what: v.optional(v.string(), 'parts'),
  left: v.optional(v.number()),
});

export interface RunProgress {
  readonly done: number;
  readonly total: number;
  readonly what: string;
  /** Milliseconds that the rest takes at the pace so far; null before there is anything to measure. */
  readonly left: number | null;
}

export class ExperimentRun {
  readonly order: Order;
  /** The outcome that it is to repeat, where it is a replay. */
  readonly replays: unknown;
  readonly startedAt: number;
  #first: { readonly at: number; readonly done: number } | undefined;
  #progress: Omit<ProgressEvent, 'type'> | undefined;

  /** @param now milliseconds of a steady clock */
  constructor(order: Order, replays: unknown, now: number) {
    this.order = order;
    this.replays = replays;
    this.startedAt = now;
  }

  /** Takes an event; false for one that is not progress alone. */
  receive(event: unknown, now: number): boolean {
    const parsed = v.safeParse(progressSchema, event);
    if (!parsed.success) return false;
    this.#progress = parsed.output;
    this.#first ??= { at: now, done: parsed.output.done };
    return parsed.output.type === 'progress';
  }

  progress(now: number): RunProgress | null {
    if (!this.#progress || !this.#first) return null;
    const { done, total, what } = this.#progress;
    const measured = done - this.#first.done;
    const spent = now - this.#first.at;
    const atThisPace = measured > 0 && spent > 0 ? ((total - done) / measured) * spent : null;
    return { done, total, what, left: this.#progress.left ?? atThisPace };
  }
}
