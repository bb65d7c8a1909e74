/** What becomes of a run's events while it goes on. */
import type { TemplateResult } from 'lit';
import * as v from 'valibot';
import type { Failure } from '../../src/protocol/messages';
import type { RunMessage } from '../host';

export interface LiveRun<Result> {
  /** Takes an event that is not progress alone, as it came: it is checked here. */
  readonly take: (event: unknown) => void;
  /** The result so far, to be drawn in the last one's place; null before there is anything of it. */
  readonly result?: () => Result | null;
  /** How far it is, where that is more than its progress events say. */
  readonly status?: () => TemplateResult;
  /** It has ended, with a result or without one. */
  readonly finish?: (result: Result) => void;
  readonly fail?: (failure: Failure) => void;
  /** What stands above the last result. */
  readonly view?: (tell: (message: RunMessage) => void) => TemplateResult;
}

/** Gives on the events that are what the experiment sends; others are ignored. */
export function checked<Event>(
  schema: v.GenericSchema<unknown, Event>,
  take: (event: Event) => void,
): (event: unknown) => void {
  return (event) => {
    const parsed = v.safeParse(schema, event);
    if (parsed.success) take(parsed.output);
  };
}

/** How a page tells the time and its frames. */
export interface Clock {
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
  /** Calls back when what is being drawn now has been drawn. */
  readonly afterDrawing: (then: () => void) => void;
}

const PAGE: Clock = {
  now: () => performance.now(),
  afterDrawing: (then) => {
    requestAnimationFrame(then);
  },
};

/** How many times as long as it took to draw is waited before it is drawn again. */
const REST = 4;

/**
 * A result that grows from event to event. Its drawing may take as long as it likes: it gets a fifth of the page's
 * time, and always ends in what is latest.
 * @param grow the result so far, from what it was and the next event; null before the first one
 */
export function growing<Event, Result>(
  schema: v.GenericSchema<unknown, Event>,
  grow: (result: Result | null, event: Event) => Result | null,
  clock: Clock = PAGE,
): LiveRun<Result> {
  let latest: Result | null = null;
  let drawn: Result | null = null;
  let due = -Infinity;
  return {
    take: checked(schema, (event) => {
      latest = grow(latest, event);
    }),
    result: () => {
      const begun = clock.now();
      if (drawn === latest || begun < due) return drawn;
      drawn = latest;
      due = Infinity;
      clock.afterDrawing(() => {
        const done = clock.now();
        due = done + REST * (done - begun);
      });
      return drawn;
    },
  };
}
