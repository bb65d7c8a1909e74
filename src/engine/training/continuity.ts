/** Shows on a short run that a training which is interrupted and continued ends as one that is not. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunContext } from '../../experiments/kit/experiment';
import { NO_PROGRESS } from '../../experiments/training/loop';
import type { TrainingBatches } from '../../experiments/training/batches';
import type { TrainingHistory, TrainingResult, TrainingSettings } from '../../experiments/training/result';
import type { Gpt2Trainer } from '../../onnx/training';
import { Checkpoints, loadCheckpoint } from './checkpoints';

/** Steps before and after the interruption that continuity is verified with. */
const VERIFIED = 3;

export const emptyHistory = (): TrainingHistory => ({ steps: [], evaluations: [], samples: [] });

/**
 * Trains some steps straight, and again with a checkpoint that is written, read and gone on from in between.
 * @param open gives a trainer of the same model, anew
 * @param straight one that has taken no step yet
 */
export async function verifyContinuity(
  modelDirectory: string,
  open: () => Promise<Gpt2Trainer>,
  straight: Gpt2Trainer,
  batches: TrainingBatches,
  settings: TrainingSettings,
  context: RunContext<unknown>,
): Promise<TrainingResult['continuity']> {
  const before = Math.min(VERIFIED, Math.max(1, Math.floor(batches.perEpoch / 2)));
  const steps = Math.min(2 * before, Math.max(2, batches.perEpoch));
  let done = 0;
  const take = async (trainer: Gpt2Trainer, from: number, to: number): Promise<void> => {
    for (let step = from + 1; step <= to; step++) {
      await context.pause();
      const index = (step - 1) % batches.perEpoch;
      const batch = batches.ofEpoch(Math.floor((step - 1) / batches.perEpoch), index);
      await trainer.step(batch, { step, learningRate: settings.learningRate, clipNorm: settings.clipNorm });
      context.emit({ type: 'progress', done: ++done, total: 2 * steps, what: 'steps' });
    }
  };
  await take(straight, 0, steps);
  const folder = await mkdtemp(join(tmpdir(), 'decoding-lab-continuity-'));
  const opened: Gpt2Trainer[] = [];
  try {
    const first = await open();
    opened.push(first);
    await take(first, 0, before);
    const store = new Checkpoints({
      ...{ directory: folder, modelDirectory, tensors: first.tensors, parent: '', data: '', settings },
      ...{ history: emptyHistory(), keep: 1 },
    });
    const saved = await store.save({ ...NO_PROGRESS, step: before });
    const second = await open();
    opened.push(second);
    await loadCheckpoint(saved.directory, second.tensors);
    await take(second, before, steps);
    const different = straight.tensors.flatMap((tensor, i) => {
      const other = second.tensors[i]!;
      return (['parameter', 'first', 'second'] as const)
        .filter((part) => Buffer.compare(bytesOf(tensor[part]), bytesOf(other[part])) !== 0)
        .map((part) => `${part} of ${tensor.name}`);
    });
    return {
      ...{ steps, before, after: steps - before, tensors: 3 * straight.tensors.length, different },
      straight: digest(straight),
      interrupted: digest(second),
    };
  } finally {
    for (const trainer of opened) await trainer.release();
    await rm(folder, { recursive: true, force: true });
  }
}

const bytesOf = (values: Float32Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

function digest({ tensors }: Gpt2Trainer): string {
  const hash = createHash('sha256');
  for (const { parameter, first, second } of tensors) {
    for (const values of [parameter, first, second]) hash.update(bytesOf(values));
  }
  return hash.digest('hex');
}
