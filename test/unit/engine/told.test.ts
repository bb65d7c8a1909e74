import { afterEach, describe, expect, it, vi } from 'vitest';
import { Told, untilTold } from '../../../src/engine/told';

const never = new AbortController().signal;

/** Whether a promise has been fulfilled by now. */
async function isOver(promise: Promise<void>): Promise<boolean> {
  let over = false;
  void promise.then(() => {
    over = true;
  });
  await Promise.resolve();
  await Promise.resolve();
  return over;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('what runs are told', () => {
  it('waits for who listens, in order, and is for one run', () => {
    const told = new Told();
    const listen = told.open(1);
    told.open(2);
    told.take(1, 'a');
    told.take(2, 'of another');
    told.take(3, 'of none');
    const heard: unknown[] = [];
    listen((message) => heard.push(message));
    told.take(1, 'b');
    told.close(1);
    told.take(1, 'c');
    expect(heard).toEqual(['a', 'b']);
  });

  it('lets a run go on that was begun ahead; so does a stop, also one that came before', async () => {
    const told = new Told();
    const wanted = untilTold(told.open(1), never);
    expect(await isOver(wanted)).toBe(false);
    told.take(1, 'resume');
    expect(await isOver(wanted)).toBe(true);
    const stop = new AbortController();
    const stopped = untilTold(told.open(2), stop.signal);
    expect(await isOver(stopped)).toBe(false);
    stop.abort();
    expect(await isOver(stopped)).toBe(true);
    expect(await isOver(untilTold(told.open(3), stop.signal))).toBe(true);
  });

  it('is not waited for without end', async () => {
    vi.useFakeTimers();
    const wanted = untilTold(new Told().open(1), never);
    expect(await isOver(wanted)).toBe(false);
    vi.runAllTimers();
    expect(await isOver(wanted)).toBe(true);
  });
});
