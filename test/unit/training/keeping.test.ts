/** What of a training survives a kill, a second window, and damage. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTrainer } from './trainer';

const TEXT = 'The miller had three sons, his mill, a donkey and a cat. '.repeat(12);
const settings = {
  ...{ epochs: 1, context: 16, stride: 16, batchSize: 2, trainRatio: 0.8, learningRate: 1e-3 },
  ...{ evaluateEvery: 5, evaluationBatches: 1, startText: 'The', sampleTokens: 0, seed: 7 },
};

const trainer = useTrainer();
const job = (action: string, more: object = {}): object => ({
  ...{ action, directory: trainer.folder, text: TEXT, settings, furtherEpochs: 0 },
  checkpoints: { keep: 2, seconds: 0 },
  ...more,
});
const type = (event: unknown): string => (event as { type: string }).type;
const weights = (folder: string): Buffer => readFileSync(join(folder, 'model.safetensors'));

/** Begins a training, and kills its process at the first event that is wanted. */
async function killed(wanted: (event: unknown) => boolean, more: object = {}): Promise<void> {
  const client = trainer.engine();
  const running = client.run('training', trainer.source, job('start', more), {
    onEvent: (event) => {
      if (wanted(event) && client.pid !== undefined) process.kill(client.pid, 'SIGKILL');
    },
  });
  await expect(running).rejects.toThrow(/model process/);
}

describe('A training', () => {
  it('that was done, and killed before its model was made, is completed by no further epoch', async () => {
    const done = await trainer.run(job('start'));
    // What a kill between the last checkpoint and the model leaves.
    rmSync(join(trainer.folder, 'models'), { recursive: true });
    // Of a process that was killed while it made it.
    mkdirSync(join(trainer.folder, 'models', 'step-4-1700000000000.partial'), { recursive: true });
    rmSync(join(done.checkpoint!, 'exported.txt'));
    const completed = await trainer.run(job('continue'));
    expect(completed).toMatchObject({ status: 'completed', checkpoint: done.checkpoint });
    expect(completed.progress.step).toBe(done.progress.step);
    expect(weights(completed.directory).equals(weights(done.checkpoint!))).toBe(true);
    expect(readdirSync(join(trainer.folder, 'models'))).toEqual([basename(completed.directory)]);
    // The model that is there is not made once more.
    expect((await trainer.run(job('continue'))).directory).toBe(completed.directory);
  });

  it('that is started anew leaves the earlier one until it has a checkpoint of its own', async () => {
    const first = await trainer.run(job('start'));
    const other = { settings: { ...settings, learningRate: 1e-2 } };
    await killed((event) => type(event) === 'step', other);
    expect(existsSync(first.checkpoint!)).toBe(true);
    const continued = await trainer.run(job('continue', { furtherEpochs: 1 }));
    expect(continued.progress.step).toBe(2 * first.progress.step);
    const second = await trainer.run(job('start', other));
    expect(existsSync(continued.checkpoint!)).toBe(false);
    expect(existsSync(second.checkpoint!)).toBe(true);
    // The models that came of them stay.
    expect(readdirSync(join(trainer.folder, 'models'))).toHaveLength(3);
  });

  it('is refused while another window trains the model, and not once that was killed', async () => {
    const client = trainer.engine();
    let tell: (message: unknown) => void = () => undefined;
    let ended!: Promise<unknown>;
    await new Promise<void>((paused) => {
      ended = client.run('training', trainer.source, job('start'), {
        onBegin: (given) => {
          tell = given;
        },
        onEvent: (event) => {
          if (type(event) === 'step') tell('pause');
          if ((event as { state?: string }).state === 'paused') paused();
        },
      });
      ended.catch(() => undefined);
    });
    const { pid } = client;
    for (const action of ['start', 'continue']) {
      await expect(trainer.run(job(action))).rejects.toThrow(
        new RegExp(
          `is being trained in another window \\(process ${pid}\\), since .*Wait until.*or stop it there`,
        ),
      );
    }
    process.kill(pid!, 'SIGKILL');
    await expect(ended).rejects.toThrow(/model process/);
    expect((await trainer.run(job('continue'))).status).toBe('completed');
  });

  it('is refused where a process of another machine trains, as long as that keeps its lock fresh', async () => {
    mkdirSync(trainer.folder, { recursive: true });
    const holder = { pid: 1, host: `not-${hostname()}`, since: Date.now() };
    writeFileSync(join(trainer.folder, 'training.lock'), JSON.stringify(holder));
    await expect(trainer.run(job('start'))).rejects.toThrow(
      /is being trained in another window \(process 1\)/,
    );
  });

  it('whose last checkpoint is damaged goes on from the one before, says so, and ends the same', async () => {
    const done = await trainer.run(job('start'));
    const steps = readdirSync(join(trainer.folder, 'run-1')).map((name) =>
      join(trainer.folder, 'run-1', name),
    );
    const before = steps.find((folder) => folder !== done.checkpoint)!;
    const whole = weights(done.checkpoint!);
    // The moments of another step.
    copyFileSync(join(before, 'optimizer.safetensors'), join(done.checkpoint!, 'optimizer.safetensors'));
    const told: string[] = [];
    const again = await trainer.run(job('continue'), {
      onEvent: (event) => {
        if (type(event) === 'trouble') told.push((event as { sentence: string }).sentence);
      },
    });
    expect(told[0]).toContain(`${done.checkpoint!} is damaged: its optimizer.safetensors is not the file`);
    expect(told[1]).toMatch(/resumes from step \d+ instead/);
    expect(weights(again.checkpoint!).equals(whole)).toBe(true);
  });
});
