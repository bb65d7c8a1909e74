import { effect } from '@preact/signals-core';
import { describe, expect, it } from 'vitest';
import { RunQueue, type JobState, type Lane } from '../../../../webview/frame/queue';

interface FakeRun {
  readonly name: string;
  cancelled: number;
  end: () => void;
}

/** Jobs that end when the test says so. */
class Jobs {
  readonly queue = new RunQueue();
  readonly runs: FakeRun[] = [];
  readonly dropped: string[] = [];

  submit(owner: string, name: string, lane: Lane = 'long'): void {
    this.queue.submit({
      owner,
      lane,
      label: name,
      start: () => {
        const run: FakeRun = { name, cancelled: 0, end: () => undefined };
        this.runs.push(run);
        const ended = new Promise<void>((resolve) => {
          run.end = resolve;
        });
        return { ended, cancel: () => void (run.cancelled += 1) };
      },
      dropped: () => void this.dropped.push(name),
    });
  }

  get started(): string[] {
    return this.runs.map(({ name }) => name);
  }

  async end(name: string): Promise<void> {
    this.runs.find((run) => run.name === name)!.end();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('The queue of runs', () => {
  it('starts at once where nothing runs, and tells what reads its state of every change', async () => {
    const jobs = new Jobs();
    const states: JobState[] = [];
    effect(() => void states.push(jobs.queue.stateOf('grid')));
    jobs.submit('grid', 'Grid');
    jobs.queue.cancel('grid');
    await jobs.end('Grid');
    expect(states).toEqual(['none', 'waiting', 'running', 'stopping', 'none']);
  });

  it('has the runs of a lane wait for each other, in the order in which they were asked for', async () => {
    const jobs = new Jobs();
    for (const name of ['Grid', 'Loss', 'Models']) jobs.submit(name, name);
    expect(jobs.started).toEqual(['Grid']);
    expect(jobs.queue.before('Models')).toEqual(['Grid', 'Loss']);
    await jobs.end('Grid');
    expect(jobs.started).toEqual(['Grid', 'Loss']);
    expect(jobs.queue.before('Models')).toEqual(['Loss']);
    await jobs.end('Loss');
    expect(jobs.queue.before('Models')).toEqual([]);
    expect(jobs.queue.stateOf('Models')).toBe('running');
  });

  it('has no lane wait for another', async () => {
    const jobs = new Jobs();
    jobs.submit('grid', 'Grid');
    jobs.submit('loss', 'Loss');
    jobs.submit('explore', 'Explore', 'quick');
    expect(jobs.started).toEqual(['Grid', 'Explore']);
    await jobs.end('Explore');
    expect(jobs.queue.stateOf('loss')).toBe('waiting');
    jobs.submit('explore', 'Explore again', 'quick');
    expect(jobs.queue.stateOf('grid')).toBe('running');
    expect(jobs.started).toEqual(['Grid', 'Explore', 'Explore again']);
  });

  it('stops the owner’s own run for its next one, once, and runs only the last of several', async () => {
    const jobs = new Jobs();
    for (const name of ['a', 'b', 'c', 'd']) jobs.submit('explore', name, 'quick');
    expect(jobs.runs[0]!.cancelled).toBe(1);
    expect(jobs.dropped).toEqual(['b', 'c']);
    // It waits for no one but itself.
    expect(jobs.queue.before('explore')).toEqual([]);
    await jobs.end('a');
    expect(jobs.started).toEqual(['a', 'd']);
    expect(jobs.runs[1]!.cancelled).toBe(0);
    expect(jobs.queue.stateOf('explore')).toBe('running');
  });

  it('takes back what waits and stops what runs, and says where there was neither', async () => {
    const jobs = new Jobs();
    expect(jobs.queue.cancel('grid')).toBe(false);
    jobs.submit('grid', 'Grid');
    jobs.submit('loss', 'Loss');
    expect(jobs.queue.cancel('loss')).toBe(true);
    expect(jobs.dropped).toEqual(['Loss']);
    expect(jobs.queue.cancel('grid')).toBe(true);
    expect(jobs.queue.cancel('grid')).toBe(true);
    expect(jobs.runs[0]!.cancelled).toBe(1);
    await jobs.end('Grid');
    expect(jobs.started).toEqual(['Grid']);
    expect(jobs.queue.cancel('grid')).toBe(false);
  });

  it('takes an order that comes while the stopped one is still ending', async () => {
    const jobs = new Jobs();
    jobs.submit('explore', 'a');
    jobs.queue.cancel('explore');
    jobs.submit('explore', 'b');
    expect(jobs.runs[0]!.cancelled).toBe(1);
    await jobs.end('a');
    expect(jobs.started).toEqual(['a', 'b']);
  });
});
