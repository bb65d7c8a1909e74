/** Checkpoints on a disk that fails. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Checkpoints, loadCheckpoint, readState } from '../../../src/engine/training/checkpoints';
import { NO_PROGRESS } from '../../../src/experiments/training/loop';
import { trainingSettings } from '../../../src/experiments/training/parameters';
import { openCheckpoint } from '../../../src/gpt2/checkpoint/checkpoint';
import { checkpointsIn } from '../../../src/library/lastCheckpoint';
import type * as Writing from '../../../src/gpt2/checkpoint/writeSafetensors';
import { readTrainedTensors, type TrainedTensor } from '../../../src/onnx/trainingState';
import { writeByteGpt2 } from './randomGpt2';

/** Bytes that the disk still takes. */
const disk = vi.hoisted(() => ({ room: Infinity }));

vi.mock('../../../src/gpt2/checkpoint/writeSafetensors', async (original) => {
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

let model: string;
let folder: string;
let tensors: TrainedTensor[];

beforeAll(async () => {
  model = mkdtempSync(join(tmpdir(), 'checkpoints-model-'));
  await writeByteGpt2(model);
});
afterAll(() => {
  rmSync(model, { recursive: true });
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'checkpoints-'));
  disk.room = Infinity;
  tensors = await readTrainedTensors(await openCheckpoint(model));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const store = (keep = 2): Checkpoints =>
  new Checkpoints({
    directory: folder,
    modelDirectory: model,
    ...{ tensors, parent: 'p', data: 'd', keep },
    settings: trainingSettings.parse({ context: 16, stride: 16, batchSize: 2, trainRatio: 0.9 }),
    history: { steps: [], evaluations: [], samples: [] },
  });

describe('A checkpoint', () => {
  it.each([
    ['in the weights', 0.1],
    ['in the optimizer state', 1.5],
  ])('that a full disk cuts off %s leaves the one before whole, and says so', async (_, share) => {
    const checkpoints = store();
    const weights = tensors.map(({ parameter }) => parameter[0]!);
    await checkpoints.save({ ...NO_PROGRESS, step: 1 });
    for (const { parameter } of tensors) parameter.fill(7);
    disk.room = Math.floor(share * tensors.reduce((sum, { parameter }) => sum + parameter.byteLength, 0));
    await expect(checkpoints.save({ ...NO_PROGRESS, step: 2 })).rejects.toThrow(
      /step 2 could not be written: ENOSPC.*The one before it is intact. Free some disk/,
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

  it('is used only as it was written: changed bits and files of another step are named', async () => {
    const first = await store().save({ ...NO_PROGRESS, step: 1 });
    tensors[0]!.first[0] = 1;
    const { directory } = await store().save({ ...NO_PROGRESS, step: 2 });
    expect((await readState(directory)).verified).toBe(true);
    const damage = async (name: string, how: (bytes: Buffer) => Buffer): Promise<string> => {
      const file = join(directory, name);
      const whole = readFileSync(file);
      writeFileSync(file, how(Buffer.from(whole)));
      const told = await readState(directory).then(
        () => 'nothing',
        (error: unknown) => String(error),
      );
      writeFileSync(file, whole);
      return told;
    };
    const flip = (bytes: Buffer): Buffer => {
      bytes[bytes.length - 3]! ^= 1;
      return bytes;
    };
    for (const name of ['model.safetensors', 'optimizer.safetensors', 'state.json', 'config.json']) {
      expect(await damage(name, flip)).toContain(
        `damaged: its ${name} is not the file that was written for it`,
      );
    }
    const other = readFileSync(join(first.directory, 'optimizer.safetensors'));
    expect(await damage('optimizer.safetensors', () => other)).toContain('its optimizer.safetensors is not');
    expect(await damage('manifest.json', () => Buffer.from('{'))).toContain(
      'its manifest.json cannot be read',
    );
    unlinkSync(join(directory, 'manifest.json'));
    await expect(readState(directory)).rejects.toThrow(/the digests of its files are missing/);
  });

  it.each([
    ['"batchSize":2', '"batchSize":0', /cannot be trained with.*0/],
    ['"learningRate":0.0004', '"learningRate":1e999', /state\.json/],
    ['"seconds":0', '"seconds":-1', /state\.json/],
    ['"step":1', '"step":7', /state\.json is that of step 7/],
  ])(
    'of an earlier version, without digests, is looked at for impossible numbers: %s as %s',
    async (was, is, told) => {
      const { directory } = await store().save({ ...NO_PROGRESS, step: 1 });
      unlinkSync(join(directory, 'manifest.json'));
      const file = join(directory, 'state.json');
      const text = readFileSync(file, 'utf8').replace('"version":2', '"version":1');
      writeFileSync(file, text);
      expect((await readState(directory)).verified).toBe(false);
      expect(text).toContain(was);
      writeFileSync(file, text.replace(was, is));
      await expect(readState(directory)).rejects.toThrow(told);
    },
  );

  it.each([
    ['parameter', NaN, /model\.safetensors is not finite/],
    ['first', Infinity, /optimizer\.safetensors is not finite/],
    ['second', -1, /optimizer\.safetensors is below 0/],
  ] as const)('with a %s of %s is refused', async (part, value, told) => {
    tensors[3]![part][0] = value;
    const { directory } = await store().save({ ...NO_PROGRESS, step: 1 });
    await expect(loadCheckpoint(directory, tensors)).rejects.toThrow(told);
  });
});
