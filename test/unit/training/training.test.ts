/** Training through the engine: continuity across a restart of its process, faults, and that it learns. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { ModelSource, RunOptions } from '../../../src/engine/client';
import {
  trainingEventSchema,
  type TrainingEvent,
  type TrainingResult,
} from '../../../src/experiments/training/result';
import { loadGpt2 } from '../../../src/onnx/loadGpt2';
import { rawLogits, distribution } from '../experiments/slowPath';
import { useTrainer } from './trainer';

const SENTENCE =
  'The miller had three sons, his mill, a donkey and a cat; the sons had to grind, the donkey to fetch the corn. ';
const TEXT = SENTENCE.repeat(3);

const settings = {
  epochs: 1,
  context: 16,
  stride: 16,
  batchSize: 2,
  trainRatio: 0.8,
  learningRate: 1e-3,
  evaluateEvery: 5,
  evaluationBatches: 1,
  startText: 'The miller had',
  sampleTokens: 4,
  seed: 7,
};

const trainer = useTrainer();

const run = (parameters: object, options?: Partial<RunOptions>): Promise<TrainingResult> =>
  trainer.run({ text: TEXT, settings, ...parameters }, options);

const bytes = (directory: string, name: string): Buffer => readFileSync(join(directory, name));

describe('A training', () => {
  it('of one epoch, saved and continued by another process for one more, equals one of two epochs to the last bit', async () => {
    const straight = await run({
      action: 'start',
      directory: join(trainer.folder, 'a'),
      settings: { ...settings, epochs: 2 },
    });
    const first = await run({ action: 'start', directory: join(trainer.folder, 'b') });
    const events: TrainingEvent[] = [];
    const continued = await run(
      { action: 'continue', directory: join(trainer.folder, 'b') },
      {
        onEvent: (event) => {
          if (v.is(trainingEventSchema, event)) events.push(event);
        },
      },
    );
    // What was measured before comes first, so that the curve on screen begins at the first step.
    expect(events[0]).toEqual({ type: 'history', history: first.history });
    expect(continued.progress.step).toBe(straight.progress.step);
    expect(continued.progress.epoch).toBe(2);
    for (const name of ['model.safetensors', 'optimizer.safetensors']) {
      expect(bytes(continued.checkpoint!, name).equals(bytes(straight.checkpoint!, name))).toBe(true);
    }
    // The losses of all steps, the first epoch's among them, and the samples after both epochs.
    expect(continued.history.steps).toEqual(straight.history.steps);
    expect(continued.history.samples).toEqual(straight.history.samples);
    expect(continued.history.samples).toHaveLength(2);
  });

  it('is not the same without the moments: the weights alone do not suffice', async () => {
    await run({ action: 'start', directory: join(trainer.folder, 'a') });
    const kept = await run({ action: 'continue', directory: join(trainer.folder, 'a') });
    await run({ action: 'start', directory: join(trainer.folder, 'b') });
    const run1 = join(trainer.folder, 'b', 'run-1');
    const checkpoint = join(run1, readdirSync(run1)[0]!);
    const moments = join(checkpoint, 'optimizer.safetensors');
    const zeros = readFileSync(moments);
    zeros.fill(0, 8 + Number(zeros.readBigUInt64LE()));
    writeFileSync(moments, zeros);
    await expect(run({ action: 'continue', directory: join(trainer.folder, 'b') })).rejects.toThrow(
      /optimizer\.safetensors is not the file that was written for it/,
    );
    // As a version wrote it that kept no digests.
    rmSync(join(checkpoint, 'manifest.json'));
    const state = join(checkpoint, 'state.json');
    writeFileSync(state, readFileSync(state, 'utf8').replace('"version":2', '"version":1'));
    const lost = await run({ action: 'continue', directory: join(trainer.folder, 'b') });
    expect(lost.history.steps.at(-1)!.loss).not.toBe(kept.history.steps.at(-1)!.loss);
  });

  it('learns a text by heart, and the model that it leaves writes and scores accordingly', async () => {
    const learnt = await run({
      action: 'start',
      directory: join(trainer.folder, 'a'),
      // Every letter says which one comes next: little has to be learnt.
      text: 'abcdefghijklmnopqrstuvwxyz'.repeat(12),
      settings: {
        ...{ ...settings, epochs: 10, learningRate: 1e-2, trainRatio: 1 },
        ...{ weightDecay: 0, evaluateEvery: 1000, startText: 'a', sampleTokens: 0 },
      },
    });
    const losses = learnt.history.steps.map(({ loss }) => loss);
    expect(losses[0]).toBeGreaterThan(3);
    expect(losses.at(-1)).toBeLessThan(0.05);
    // What other programs need to read it, the tokenizer among it.
    expect(readdirSync(learnt.directory)).toEqual(
      expect.arrayContaining(['config.json', 'merges.txt', 'model.safetensors', 'vocab.json']),
    );
    const model = await loadGpt2({ id: 'learnt', name: 'learnt', directory: learnt.directory });
    const [next] = await model.encode('n');
    expect(distribution(await rawLogits(model, await model.encode('klm')))[next!]).toBeGreaterThan(0.9);
    await model.dispose();
  });

  it('that is stopped keeps a checkpoint to go on from, with nothing lost', async () => {
    const stop = new AbortController();
    const stopped = await run(
      { action: 'start', directory: join(trainer.folder, 'a') },
      {
        signal: stop.signal,
        onEvent: (event) => {
          if ((event as { type: string }).type === 'step') stop.abort();
        },
      },
    );
    expect(stopped.status).toBe('stopped');
    expect(stopped.progress.step).toBeGreaterThan(0);
    expect(existsSync(join(stopped.checkpoint!, 'state.json'))).toBe(true);
    expect(stopped.progress.step).toBeLessThan(stopped.plan.steps);
  });

  it('whose process is killed goes on from its last checkpoint to the same end', async () => {
    const straight = await run({ action: 'start', directory: join(trainer.folder, 'a') });
    const client = trainer.engine();
    let kept = 0;
    const killed = client.run(
      'training',
      trainer.source,
      {
        action: 'start',
        directory: join(trainer.folder, 'b'),
        text: TEXT,
        settings,
        checkpoints: { keep: 2, seconds: 0 },
      },
      {
        onEvent: (event) => {
          const { type, step } = event as { type: string; step?: number };
          if (type === 'checkpoint') kept = step!;
          // A step after the checkpoint is lost with the process.
          if (type === 'step' && kept > 0 && step! > kept) process.kill(client.pid!, 'SIGKILL');
        },
      },
    );
    await expect(killed).rejects.toThrow(/model process/);
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(straight.progress.step);
    const resumed = await run({ action: 'continue', directory: join(trainer.folder, 'b'), furtherEpochs: 0 });
    expect(resumed.history.steps.map(({ step }) => step)).toEqual(
      straight.history.steps.map(({ step }) => step),
    );
    expect(
      bytes(resumed.checkpoint!, 'model.safetensors').equals(
        bytes(straight.checkpoint!, 'model.safetensors'),
      ),
    ).toBe(true);
  });

  it('waits and writes a checkpoint when it is told to, and ends as if it had not been disturbed', async () => {
    const straight = await run({ action: 'start', directory: join(trainer.folder, 'a') });
    let tell: (message: unknown) => void = () => undefined;
    const kept: number[] = [];
    const pausedAfter: number[] = [];
    let last = 0;
    let events = 0;
    const disturbed = await run(
      { action: 'start', directory: join(trainer.folder, 'b'), checkpoints: { keep: 5, seconds: 0 } },
      {
        onBegin: (given) => {
          tell = given;
        },
        onEvent: (event) => {
          const { type, step, state } = event as { type: string; step?: number; state?: string };
          if (type === 'step') last = step!;
          if (++events === 1) tell('pause');
          if (type === 'checkpoint') kept.push(step!);
          if (state !== 'paused') return;
          pausedAfter.push(last);
          tell(pausedAfter.length === 1 ? 'checkpoint' : 'resume');
        },
      },
    );
    // It waits, hears that it shall write a checkpoint, and says that it still waits.
    expect(pausedAfter).toHaveLength(2);
    expect(pausedAfter[1]).toBe(pausedAfter[0]);
    // Where it waits, at the evaluation, and at the end; each step is written once, however often it is asked for.
    expect(kept).toEqual([...new Set([pausedAfter[0]!, 5, last])].sort((a, b) => a - b));
    expect(readdirSync(join(trainer.folder, 'b', 'run-1'))).toHaveLength(Math.min(5, kept.length));
    for (const name of ['model.safetensors', 'optimizer.safetensors']) {
      expect(bytes(disturbed.checkpoint!, name).equals(bytes(straight.checkpoint!, name))).toBe(true);
    }
  });

  it('verifies its own continuity', async () => {
    const { continuity } = await run({ action: 'verify', directory: join(trainer.folder, 'a') });
    expect(continuity!.different).toEqual([]);
    expect(continuity!.interrupted).toBe(continuity!.straight);
    expect(continuity!.before + continuity!.after).toBe(continuity!.steps);
  });
});

describe('Refuses', () => {
  it('a text that is too short, with the number of tokens that it needs', async () => {
    await expect(run({ action: 'start', directory: trainer.folder, text: 'Too short.' })).rejects.toThrow(
      /has \d+ tokens, but a batch of 2 windows of 16 tokens needs 33/,
    );
  });

  it('to continue where nothing was begun, on another text, or from a damaged checkpoint', async () => {
    await expect(run({ action: 'continue', directory: trainer.folder })).rejects.toThrow(/no checkpoint/);
    const { checkpoint } = await run({ action: 'start', directory: trainer.folder });
    await expect(run({ action: 'continue', directory: trainer.folder, text: `${TEXT}!` })).rejects.toThrow(
      /another text/,
    );
    truncateSync(join(checkpoint!, 'optimizer.safetensors'), 1000);
    await expect(run({ action: 'continue', directory: trainer.folder })).rejects.toThrow(
      /optimizer\.safetensors/,
    );
    writeFileSync(join(checkpoint!, 'state.json'), '{"version":');
    await expect(run({ action: 'continue', directory: trainer.folder })).rejects.toThrow(/damaged/);
  });

  it('settings out of range, and the toy vocabulary', async () => {
    await expect(
      run({ action: 'start', directory: trainer.folder, settings: { ...settings, learningRate: 0 } }),
    ).rejects.toThrow(/learning rate is 0/);
    const client = trainer.engine();
    const toy: ModelSource = { kind: 'toy', words: ['a'], logits: [0] };
    await expect(
      client.run(
        'training',
        toy,
        { action: 'start', directory: trainer.folder, text: TEXT, settings },
        { onEvent: () => undefined },
      ),
    ).rejects.toThrow(/no weights to train/);
  });

  it('nothing of a half-written checkpoint: the one before counts', async () => {
    await run({ action: 'start', directory: trainer.folder });
    mkdirSync(join(trainer.folder, 'run-1', 'step-999.partial'));
    const continued = await run({ action: 'continue', directory: trainer.folder });
    expect(continued.progress.epoch).toBe(2);
  });
});
