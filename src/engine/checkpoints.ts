/** Checkpoints of a training on disk: weights, moments, progress and history, each written whole or not at all. */
import { copyFile, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import {
  historySchema,
  trainingProgressSchema,
  trainingSettingsSchema,
  type TrainingHistory,
  type TrainingProgress,
  type TrainingSettings,
  type TrainingStore,
} from '../experiments/trainingTypes';
import { openCheckpoint } from '../gpt2/checkpoint';
import { readFloats } from '../gpt2/floats';
import { readSafetensorsHeader } from '../gpt2/safetensors';
import { GPT2_VOCABULARY_SIZE } from '../gpt2/tokenizer';
import { gpt2TokenizerFiles } from '../gpt2/tokenizerExport';
import { writeSafetensors } from '../gpt2/writeSafetensors';
import type { TrainedTensor } from '../onnx/trainingState';

const stateSchema = v.object({
  version: v.literal(1),
  /** Fingerprint of the weights that the training began with, and digest of its text. */
  parent: v.string(),
  data: v.string(),
  settings: trainingSettingsSchema,
  progress: trainingProgressSchema,
  history: historySchema,
});
export type CheckpointState = v.InferOutput<typeof stateSchema>;

/** Files of a model folder that belong to a model beside its weights. */
const COMPANIONS = [
  'config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'vocab.json',
  'merges.txt',
  'generation_config.json',
  'special_tokens_map.json',
];

/** Files that hold a whole vocabulary. */
const TOKENIZERS = ['tokenizer.json', 'vocab.json'];

const NAME = /^step-(\d+)$/;
const MODEL = 'model.safetensors';
const MOMENTS = 'optimizer.safetensors';
const STATE = 'state.json';

/** The checkpoints of one training folder, in ascending order of their steps; half-written ones do not count. */
export async function checkpointsIn(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names
    .filter((name) => NAME.test(name))
    .sort((a, b) => stepOf(a) - stepOf(b))
    .map((name) => join(directory, name));
}

const stepOf = (name: string): number => Number(NAME.exec(name)?.[1] ?? -1);

/**
 * What a checkpoint says of itself.
 * @throws RangeError where it is damaged or of another version.
 */
export async function readState(checkpoint: string): Promise<CheckpointState> {
  const text = await readFile(join(checkpoint, STATE), 'utf8').catch(() => '');
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Told below, with what can be done about it.
  }
  const parsed = v.safeParse(stateSchema, json);
  if (parsed.success) return parsed.output;
  throw new RangeError(
    `The checkpoint ${checkpoint} is damaged: its ${STATE} cannot be read. Remove that folder to go on from the one before, or start anew.`,
  );
}

/**
 * Reads weights and moments into a model's tensors.
 * @throws ModelFileError or RangeError where a file is damaged or belongs to another model.
 */
export async function loadCheckpoint(checkpoint: string, tensors: readonly TrainedTensor[]): Promise<void> {
  const { weights } = await openCheckpoint(checkpoint);
  const file = join(checkpoint, MOMENTS);
  const moments = await readSafetensorsHeader(file);
  const read = async (name: string, into: Float32Array): Promise<void> => {
    const stored = moments.get(name);
    if (stored?.byteLength !== into.byteLength) {
      throw new RangeError(
        `The checkpoint ${checkpoint} belongs to another model: ${MOMENTS} has no "${name}" of ${into.length} numbers. Start anew.`,
      );
    }
    into.set(await readFloats({ ...stored, file, dtype: 'F32' }, 0, into.length));
  };
  for (const { name, parameter, first, second } of tensors) {
    parameter.set(await readFloats(weights.get(name)!, 0, parameter.length));
    await read(`first.${name}`, first);
    await read(`second.${name}`, second);
  }
}

export interface CheckpointsOptions {
  /** The training's own folder. */
  readonly directory: string;
  /** The folder of the model that it began with. */
  readonly modelDirectory: string;
  readonly tensors: readonly TrainedTensor[];
  readonly parent: string;
  readonly data: string;
  readonly settings: TrainingSettings;
  readonly history: TrainingHistory;
  /** Last checkpoints that stay. */
  readonly keep: number;
}

export class Checkpoints implements TrainingStore {
  readonly history: TrainingHistory;
  readonly #options: CheckpointsOptions;

  constructor(options: CheckpointsOptions) {
    this.#options = options;
    const { steps, evaluations, samples } = options.history;
    this.history = { steps: [...steps], evaluations: [...evaluations], samples: [...samples] };
  }

  /** Writes into a folder of another name, which is given its own once all is on the disk. */
  async save(progress: TrainingProgress): Promise<{ directory: string; bytes: number }> {
    const { directory, modelDirectory, tensors, parent, data, settings, keep } = this.#options;
    const target = join(directory, `step-${progress.step}`);
    const partial = `${target}.partial`;
    try {
      await rm(partial, { recursive: true, force: true });
      await mkdir(partial, { recursive: true });
      await copyCompanions(modelDirectory, partial);
      const weights = await writeSafetensors(
        join(partial, MODEL),
        tensors.map(({ name, shape, parameter }) => ({ name, shape, values: parameter })),
      );
      const moments = await writeSafetensors(
        join(partial, MOMENTS),
        tensors.flatMap(({ name, shape, first, second }) => [
          { name: `first.${name}`, shape, values: first },
          { name: `second.${name}`, shape, values: second },
        ]),
      );
      const state: CheckpointState = { version: 1, parent, data, settings, progress, history: this.history };
      await writeWhole(join(partial, STATE), JSON.stringify(state));
      await rm(target, { recursive: true, force: true });
      await rename(partial, target);
      const old = (await checkpointsIn(directory)).slice(0, -keep);
      for (const folder of old) await rm(folder, { recursive: true, force: true });
      return { directory: target, bytes: weights + moments };
    } catch (error) {
      await rm(partial, { recursive: true, force: true }).catch(() => undefined);
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(
        `The checkpoint of step ${progress.step} could not be written: ${why}. The one before is whole. Make room on the disk.`,
        { cause: error },
      );
    }
  }

  record({ steps = [], evaluations = [], samples = [] }: Partial<TrainingHistory>): Promise<void> {
    this.history.steps.push(...steps);
    this.history.evaluations.push(...evaluations);
    this.history.samples.push(...samples);
    return Promise.resolve();
  }
}

/**
 * Makes a model folder of a checkpoint: without the moments, and with the tokenizer's files, as other programs
 * read it.
 */
export async function exportModel(checkpoint: string, target: string): Promise<void> {
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  await copyCompanions(checkpoint, target);
  const names = await readdir(target);
  const { config } = await openCheckpoint(checkpoint);
  // A model without a tokenizer of its own has GPT-2's, which other programs do not take for granted.
  if (!TOKENIZERS.some((name) => names.includes(name)) && config.vocabularySize >= GPT2_VOCABULARY_SIZE) {
    for (const [name, text] of gpt2TokenizerFiles(config.contextLength)) {
      await writeFile(join(target, name), text);
    }
  }
  await copyFile(join(checkpoint, MODEL), join(target, MODEL));
}

async function copyCompanions(from: string, to: string): Promise<void> {
  for (const name of COMPANIONS) {
    await copyFile(join(from, name), join(to, name)).catch((error: unknown) => {
      // Only the configuration must be there.
      if (name === 'config.json') throw error;
    });
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
