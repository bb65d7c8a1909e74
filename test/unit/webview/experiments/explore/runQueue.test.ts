import { describe, expect, it } from 'vitest';
import { RunQueue } from '../../../../../webview/experiments/explore/runQueue';

interface FakeRun {
  readonly order: string;
  cancelled: number;
  end: () => void;
}

function fakeQueue(): { queue: RunQueue<string>; runs: FakeRun[]; changes: string[] } {
  const runs: FakeRun[] = [];
  const changes: string[] = [];
  const queue: RunQueue<string> = new RunQueue(
    (order) => {
      const run: FakeRun = { order, cancelled: 0, end: () => undefined };
      runs.push(run);
      const ended = new Promise<void>((resolve) => {
        run.end = resolve;
      });
      return {
        ended,
        cancel: () => {
          run.cancelled += 1;
        },
      };
    },
    () => {
      changes.push(queue.state);
    },
  );
  return { queue, runs, changes };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const orders = (runs: readonly FakeRun[]): string[] => runs.map(({ order }) => order);

describe('RunQueue', () => {
  it('starts at once when nothing runs, and is idle again at the end', async () => {
    const { queue, runs, changes } = fakeQueue();
    queue.submit('a');
    expect(queue.state).toBe('running');
    runs[0]!.end();
    await settle();
    expect(queue.state).toBe('idle');
    expect(changes).toEqual(['running', 'idle']);
  });

  it('stops the running one for a new one, which starts when that has ended', async () => {
    const { queue, runs } = fakeQueue();
    queue.submit('a');
    queue.submit('b');
    expect(queue.state).toBe('stopping');
    expect(orders(runs)).toEqual(['a']);
    expect(runs[0]!.cancelled).toBe(1);
    runs[0]!.end();
    await settle();
    expect(orders(runs)).toEqual(['a', 'b']);
    expect(queue.state).toBe('running');
    expect(runs[1]!.cancelled).toBe(0);
  });

  it('runs only the last of several that wait, and cancels once', async () => {
    const { queue, runs } = fakeQueue();
    for (const order of ['a', 'b', 'c', 'd']) queue.submit(order);
    runs[0]!.end();
    await settle();
    expect(orders(runs)).toEqual(['a', 'd']);
    expect(runs[0]!.cancelled).toBe(1);
  });

  it('forgets what waits when it is stopped', async () => {
    const { queue, runs } = fakeQueue();
    queue.submit('a');
    queue.submit('b');
    queue.stop();
    runs[0]!.end();
    await settle();
    expect(orders(runs)).toEqual(['a']);
    expect(queue.state).toBe('idle');
  });

  it('takes an order that comes while the stopped one is still ending', async () => {
    const { queue, runs } = fakeQueue();
    queue.submit('a');
    queue.stop();
    queue.submit('b');
    expect(runs[0]!.cancelled).toBe(1);
    runs[0]!.end();
    await settle();
    expect(orders(runs)).toEqual(['a', 'b']);
  });

  it('stops nothing when nothing runs', () => {
    const { queue, runs } = fakeQueue();
    queue.stop();
    expect(queue.state).toBe('idle');
    expect(runs).toEqual([]);
  });
});
