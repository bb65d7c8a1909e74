import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatheredEvents } from '../../../../src/extension/panel/gatheredEvents';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('events on their way to the page', () => {
  const steps = (...ids: number[]): unknown[] => ids.map((id) => ({ type: 'steps', id }));

  it('go at once where they are the first of a kind, and together where they are more of the same', () => {
    const posted: (readonly unknown[])[] = [];
    const events = new GatheredEvents((gathered) => posted.push(gathered));
    events.take({ type: 'prompt' });
    events.take({ type: 'next' });
    for (const step of steps(1, 2, 3)) events.take(step);
    expect(posted).toEqual([[{ type: 'prompt' }], [{ type: 'next' }], steps(1)]);
    vi.runAllTimers();
    expect(posted.at(-1)).toEqual(steps(2, 3));
    events.take(steps(4)[0]);
    // What comes behind never overtakes.
    events.take({ type: 'settled' });
    expect(posted.at(-1)).toEqual([...steps(4), { type: 'settled' }]);
    vi.runAllTimers();
    expect(posted).toHaveLength(5);
  });

  it('are all there once they are flushed', () => {
    const posted: (readonly unknown[])[] = [];
    const events = new GatheredEvents((gathered) => posted.push(gathered));
    for (const event of ['a', null, 7]) events.take(event);
    events.flush();
    events.flush();
    expect(posted.flat()).toEqual(['a', null, 7]);
    vi.runAllTimers();
    expect(posted.flat()).toHaveLength(3);
  });
});
