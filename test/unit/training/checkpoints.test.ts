/** Checkpoints on a disk that fails. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Checkpoints, checkpointsIn, loadCheckpoint, readState } from '../../../src/engine/checkpoints';
import { NO_PROGRESS } from '../../../src/experiments/training';
import { parseTrainingSettings } from '../../../src/experiments/trainingParameters';
import { openCheckpoint } from '../../../src/gpt2/checkpoint';
import type * as Writing from '../../../src/gpt2/writeSafetensors';
import { readTrainedTensors, type TrainedTensor } from '../../../src/onnx/trainingState';

/** Bytes that the disk still takes. */
const disk = vi.hoisted(() => ({ room: Infinity }));

vi.mock('../../../src/gpt2/writeSafetensors', async (original) => {
  const { writeSafetensors } = await original<typeof Writing>();
  return {
    writeSafetensors: async (file: string, tensors: Parameters<typeof writeSafetensors>[1]) => {
      const size = tensors.reduce((sum, { values }) => sum + values.byteLength, 0);
      if (size <= disk.room) return writeSafetensors(file, tensors);
      // What a full disk leaves: the beginning of the file, and an error.
      await writeFile(file, Buffer.alloc(disk.room));
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    },
  };
});

const fireside = join(__dirname, '../../../models/fireside');
let folder: string;
let tensors: TrainedTensor[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoints-'));
  disk.room = Infinity;
  tensors = await readTrainedTensors(await openCheckpoint(fireside));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const store = (keep = 2): Checkpoints =>
  new Checkpoints({
    directory: folder,
    modelDirectory: fireside,
    ...{ tensors, parent: 'p', data: 'd', keep },
    settings: parseTrainingSettings({ context: 16, stride: 16, batchSize: 2, trainRatio: 0.9 }),
    history: { steps: [], evaluations: [], samples: [] },
  });

describe('A checkpoint', () => {
  it.each([
    ['in the weights', 1000],
    ['in the optimizer state', 30_000_000],
  ])('that a full disk cuts off %s leaves the one before whole, and says so', async (_, room) => {
    const checkpoints = store();
    const weights = tensors.map(({ parameter }) => parameter[0]!);
    await checkpoints.save({ ...NO_PROGRESS, step: 1 });
    for (const { parameter } of tensors) parameter.fill(7);
    disk.room = room;
    await expect(checkpoints.save({ ...NO_PROGRESS, step: 2 })).rejects.toThrow(
      /step 2 could not be written: ENOSPC.*The one before is whole. Make room/,
    );
    expect(readdirSync(folder)).toEqual(['step-1']);
    const [last] = await checkpointsIn(folder);
    expect((await readState(last!)).progress.step).toBe(1);
    await loadCheckpoint(last!, tensors);
    expect(tensors.map(({ parameter }) => parameter[0])).toEqual(weights);
    // Once there is room again, it is written.
    disk.room = Infinity;
    await checkpoints.save({ ...NO_PROGRESS, step: 2 });
    expect(readdirSync(folder).sort()).toEqual(['step-1', 'step-2']);
  });

  it('is kept as long as it is among the last ones, by their steps', async () => {
    const checkpoints = store(2);
    for (const step of [8, 9, 10, 11]) await checkpoints.save({ ...NO_PROGRESS, step });
    expect(readdirSync(folder).sort()).toEqual(['step-10', 'step-11']);
  });

  it('of another model is refused by name', async () => {
    const { directory } = await store().save({ ...NO_PROGRESS, step: 1 });
    const other = tensors.map((tensor, i) =>
      i > 0 ? tensor : { ...tensor, first: new Float32Array(5), second: new Float32Array(5) },
    );
    await expect(loadCheckpoint(directory, other)).rejects.toThrow(/belongs to another model/);
  });

  it('with a byte too few in its optimizer state is refused', async () => {
    const { directory } = await store().save({ ...NO_PROGRESS, step: 1 });
    const handle = await open(join(directory, 'optimizer.safetensors'), 'r+');
    await handle.truncate((await handle.stat()).size - 1);
    await handle.close();
    await expect(loadCheckpoint(directory, tensors)).rejects.toThrow(/optimizer\.safetensors/);
  });
});
