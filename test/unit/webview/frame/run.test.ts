import { describe, expect, it } from 'vitest';
import { ExperimentRun } from '../../../../webview/frame/run';

const order = { model: 'm', toy: undefined, parameters: { prompt: '' } };
const progress = (done: number, left?: number) => ({
  type: 'progress',
  done,
  total: 10,
  what: 'steps',
  left,
});

describe('What is left of a run', () => {
  it('follows from its pace since the first report', () => {
    const run = new ExperimentRun(order, null, 0);
    run.receive(progress(2), 1000);
    expect(run.progress(1000)!.left).toBeNull();
    run.receive(progress(4), 2000);
    // Two steps in a second; six are left.
    expect(run.progress(2000)!.left).toBe(3000);
  });

  it('is what the experiment says, where it knows: a pause is no slow pace', () => {
    const run = new ExperimentRun(order, null, 0);
    run.receive(progress(2, 700), 1000);
    run.receive(progress(4, 600), 61_000);
    expect(run.progress(61_000)).toMatchObject({ done: 4, left: 600 });
  });
});
