/** The loop of a training over a model that a test decides: what a user may ask of it, and what may go wrong. */
import { describe, expect, it } from 'vitest';
import { NO_PROGRESS, train, type TrainingEnd } from '../../../src/experiments/training/loop';
import { trainingSettings } from '../../../src/experiments/training/parameters';
import type { Trainer, TrainingEvent, TrainingProgress } from '../../../src/experiments/training/result';

const TOKENS = Int32Array.from({ length: 41 }, (_, i) => i);

interface Setup {
  /** Loss of step n, from 1. */
  readonly loss?: (step: number) => number;
  /** Loss of any text after step n; that of the step where left out. */
  readonly lossAfter?: (step: number) => number;
  /** Whether the n-th try to write a checkpoint fails, from 1. */
  readonly fails?: (attempt: number) => boolean;
  /** Told of every event, with what tells the training something. */
  readonly onEvent?: (event: TrainingEvent, tell: (message: unknown) => void) => void;
}

/** Ten steps of one window each. */
async function run({ loss = () => 1, lossAfter = loss, fails = () => false, onEvent }: Setup) {
  const events: TrainingEvent[] = [];
  const saved: TrainingProgress[] = [];
  let listener: (message: unknown) => void = () => undefined;
  let attempts = 0;
  let taken = 0;
  const trainer: Trainer = {
    step: (_, { step }) => {
      taken = step;
      return Promise.resolve({ loss: loss(step), gradientNorm: 1 });
    },
    tokenLosses: ({ ids }) => Promise.resolve(new Float32Array(ids.length).fill(lossAfter(taken))),
    next: () => Promise.resolve(0),
    encode: () => [0],
    decode: () => '',
  };
  const end: TrainingEnd = await train(
    {
      trainer,
      store: {
        save: (progress) => {
          if (fails(++attempts)) return Promise.reject(new Error('The disk is full.'));
          saved.push(progress);
          return Promise.resolve({ directory: `step-${progress.step}`, bytes: 1 });
        },
        record: () => Promise.resolve(),
      },
      data: { training: TOKENS, validation: TOKENS },
      settings: trainingSettings.parse({
        ...{ context: 4, stride: 4, batchSize: 1, trainRatio: 0.5, sampleTokens: 0, evaluateEvery: 3 },
      }),
      checkpoints: { keep: 2, seconds: 3600 },
      start: NO_PROGRESS,
    },
    {
      signal: new AbortController().signal,
      pause: () => new Promise(setImmediate),
      emit: (event) => {
        events.push(event);
        onEvent?.(event, listener);
      },
      onMessage: (given) => {
        listener = given;
      },
    },
  );
  return { end, events, steps: saved.map(({ step }) => step) };
}

/** Turns of the event loop, in each of which a training that does not wait takes a step. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

const isStep = (event: TrainingEvent, step: number): boolean => event.type === 'step' && event.step === step;

describe('A training', () => {
  it('that nobody disturbs keeps its last step', async () => {
    const { end, steps } = await run({});
    expect(end).toMatchObject({ status: 'completed', sentence: null, checkpoint: 'step-10' });
    expect(steps).toEqual([10]);
  });

  it('waits when it is told to, with a checkpoint, and goes on from there', async () => {
    let stepsWhileWaiting = 0;
    let waiting = false;
    const { end, steps } = await run({
      onEvent: (event, tell) => {
        if (isStep(event, 4)) tell('pause');
        if (waiting && event.type === 'step') stepsWhileWaiting++;
        if (event.type !== 'state' || event.state !== 'paused') return;
        waiting = true;
        void turns(100).then(() => {
          waiting = false;
          tell('resume');
        });
      },
    });
    expect(stepsWhileWaiting).toBe(0);
    expect(steps).toEqual([4, 10]);
    expect(end.progress.step).toBe(10);
  });

  it('that waits can still be stopped', async () => {
    const { end } = await run({
      onEvent: (event, tell) => {
        if (isStep(event, 4)) tell('pause');
        if (event.type === 'state' && event.state === 'paused') {
          setImmediate(() => {
            tell('stop');
          });
        }
      },
    });
    expect(end).toMatchObject({ status: 'stopped', checkpoint: 'step-4' });
  });

  it('writes a checkpoint whenever it is asked for one', async () => {
    const { steps } = await run({
      onEvent: (event, tell) => {
        if (isStep(event, 2) || isStep(event, 7)) tell('checkpoint');
      },
    });
    expect(steps).toEqual([2, 7, 10]);
  });

  it('says what it does not understand, and goes on', async () => {
    const { end, events } = await run({
      onEvent: (event, tell) => {
        if (isStep(event, 1)) tell('fly');
      },
    });
    expect(events).toContainEqual({ type: 'trouble', sentence: expect.stringContaining('"fly"') as string });
    expect(end.status).toBe('completed');
  });

  it.each([NaN, Infinity])('ends where the loss becomes %s, and names the last good state', async (bad) => {
    const { end, steps } = await run({
      loss: (step) => (step >= 8 ? bad : 1),
      onEvent: (event, tell) => {
        if (isStep(event, 5)) tell('checkpoint');
      },
    });
    expect(end).toMatchObject({ status: 'diverged', checkpoint: 'step-5' });
    expect(end.sentence).toMatch(/checkpoint of step 5.*Lower the learning rate/);
    expect(steps).toEqual([5]);
  });

  it('does not keep a state whose loss is no number', async () => {
    // A step reports the loss as it was before it: only a look at the loss after it tells.
    const { end, steps } = await run({
      lossAfter: (step) => (step >= 5 ? NaN : 1),
      onEvent: (event, tell) => {
        if (isStep(event, 5)) tell('stop');
      },
    });
    expect(end).toMatchObject({ status: 'diverged', checkpoint: null });
    expect(steps).toEqual([]);
  });

  it('that is told to go on while a checkpoint fails does not sleep through it', async () => {
    let saves = 0;
    const { end } = await run({
      // The pause's own checkpoint fails, and so does the one that is asked for meanwhile.
      fails: (attempt) => attempt <= 2,
      onEvent: (event, tell) => {
        if (isStep(event, 4)) tell('pause');
        if (event.type !== 'state') return;
        if (event.state === 'paused' && saves === 1) tell('checkpoint');
        if (event.state === 'saving' && ++saves === 2) tell('resume');
      },
    });
    expect(saves).toBe(3);
    expect(end).toMatchObject({ status: 'completed', checkpoint: 'step-10' });
  });

  it('ends without its last checkpoint only where a user says so', async () => {
    const { end, steps } = await run({
      fails: () => true,
      onEvent: (event, tell) => {
        if (isStep(event, 3)) tell('stop');
        if (event.type === 'state' && event.state === 'paused') {
          setImmediate(() => {
            tell('discard');
          });
        }
      },
    });
    expect(end).toMatchObject({ status: 'unsaved', checkpoint: null, sentence: 'The disk is full.' });
    expect(steps).toEqual([]);
  });

  it('survives a checkpoint that cannot be written, says so, and at its end waits for room', async () => {
    const { end, events, steps } = await run({
      // The one that is asked for, and the first try of the last.
      fails: (attempt) => attempt <= 2,
      onEvent: (event, tell) => {
        if (isStep(event, 2)) tell('checkpoint');
        // Room was made: whoever waits tells it to try again.
        if (event.type === 'state' && event.state === 'paused') {
          setImmediate(() => {
            tell('checkpoint');
          });
        }
      },
    });
    expect(events.filter(({ type }) => type === 'trouble')).toHaveLength(2);
    expect(end).toMatchObject({ status: 'completed', checkpoint: 'step-10' });
    expect(steps).toEqual([10]);
  });
});
