/** Checkpoints of a training on disk: weights, moments, progress and history, each written whole or not at all. */
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { messageOf } from '../../core/messageOf';
import {
  historySchema,
  trainingProgressSchema,
  trainingSettingsSchema,
  type TrainingHistory,
  type TrainingProgress,
  type TrainingSettings,
  type TrainingStore,
} from '../../experiments/training/result';
import { openCheckpoint } from '../../gpt2/checkpoint/checkpoint';
import { readFloats } from '../../gpt2/checkpoint/floats';
import { readSafetensorsHeader } from '../../gpt2/checkpoint/safetensors';
import { GPT2_VOCABULARY_SIZE } from '../../gpt2/tokenizer/tokenizer';
import { gpt2TokenizerFiles } from '../../gpt2/tokenizer/tokenizerExport';
import { writeSafetensors } from '../../gpt2/checkpoint/writeSafetensors';
import { checkpointsIn, stepOf } from '../../library/lastCheckpoint';
import type { TrainedTensor } from '../../onnx/trainingState';
import { trainingSettings } from '../../experiments/training/parameters';
import { damaged, verifyManifest, writeManifest, writeWhole } from './manifest';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';

const stateSchema = v.object({
  /** 1 had no digests. */
  version: v.picklist([1, 2]),
  /** Fingerprint of the weights that the training began with, and digest of its text. */
  parent: v.string(),
  data: v.string(),
  settings: trainingSettingsSchema,
  progress: trainingProgressSchema,
  history: historySchema,
});
export type CheckpointState = v.InferOutput<typeof stateSchema>;

/** Ends the name of a folder that is not whole yet. */
const PARTIAL = '.partial';

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

const MODEL = 'model.safetensors';
const MOMENTS = 'optimizer.safetensors';
const STATE = 'state.json';
const CONFIG = 'config.json';
/** Says where the model lies that was made of a checkpoint; written after it, so its digests do not know it. */
const EXPORTED = 'exported.txt';

/**
 * What a checkpoint says of itself, once its files are seen to be those that were written for it and its numbers to
 * be possible. Without digests, as earlier versions wrote it, only the numbers can be looked at.
 * @throws RangeError naming the file that is damaged.
 */
export async function readState(
  checkpoint: string,
): Promise<CheckpointState & { readonly verified: boolean }> {
  const verified = await verifyManifest(checkpoint, [MODEL, MOMENTS, STATE, CONFIG]);
  const text = await readFile(join(checkpoint, STATE), 'utf8').catch(() => '');
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Told below, with what can be done about it.
  }
  const parsed = v.safeParse(stateSchema, json);
  if (!parsed.success) throw damaged(checkpoint, t('its {0} cannot be read', STATE));
  const state = parsed.output;
  if (state.version === 2 && !verified) throw damaged(checkpoint, t('the digests of its files are missing'));
  if (state.progress.step !== stepOf(basename(checkpoint))) {
    throw damaged(checkpoint, t('its {0} is that of step {1}', STATE, written(state.progress.step)));
  }
  try {
    trainingSettings.parse(state.settings);
  } catch (error) {
    const what = messageOf(error);
    throw damaged(
      checkpoint,
      t('its {0} has settings that cannot be trained with. {1}', STATE, what.replace(/\.$/, '')),
    );
  }
  return { ...state, verified };
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
        t(
          'The checkpoint {0} belongs to another model: {1} has no "{2}" of {3} numbers. Start a new training.',
          checkpoint,
          MOMENTS,
          name,
          written(into.length),
        ),
      );
    }
    into.set(await readFloats({ ...stored, file, dtype: 'F32' }, 0, into.length));
    if (!into.every(Number.isFinite))
      throw damaged(checkpoint, t('"{0}" in its {1} is not finite', name, MOMENTS));
  };
  for (const { name, parameter, first, second } of tensors) {
    parameter.set(await readFloats(weights.get(name)!, 0, parameter.length));
    await read(`first.${name}`, first);
    await read(`second.${name}`, second);
    if (!parameter.every(Number.isFinite)) {
      throw damaged(checkpoint, t('"{0}" in its {1} is not finite', name, MODEL));
    }
    // A mean of squares.
    if (!second.every((value) => value >= 0)) {
      throw damaged(checkpoint, t('"second.{0}" in its {1} is below 0', name, MOMENTS));
    }
  }
}

export interface CheckpointsOptions {
  /** The folder of this run. */
  readonly directory: string;
  /** Folders that this run makes superfluous as soon as it has a checkpoint of its own. */
  readonly superseded?: readonly string[];
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
    const partial = `${target}${PARTIAL}`;
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
      const state: CheckpointState = { version: 2, parent, data, settings, progress, history: this.history };
      await writeWhole(join(partial, STATE), JSON.stringify(state));
      await writeManifest(partial, { [MODEL]: weights.sha256, [MOMENTS]: moments.sha256 });
      await rm(target, { recursive: true, force: true });
      await rename(partial, target);
      await this.#sweep(progress.step, keep);
      return { directory: target, bytes: weights.bytes + moments.bytes };
    } catch (error) {
      await rm(partial, { recursive: true, force: true }).catch(() => undefined);
      const why = messageOf(error);
      throw new Error(
        t(
          'The checkpoint of step {0} could not be written: {1}. The one before it is intact. Free some disk space.',
          written(progress.step),
          why,
        ),
        { cause: error },
      );
    }
  }

  /** Removes what is not wanted any more. What could not be used when this run went on lies at later steps. */
  async #sweep(step: number, keep: number): Promise<void> {
    const { directory, superseded = [] } = this.#options;
    const all = await checkpointsIn(directory);
    const later = all.filter((folder) => stepOf(basename(folder)) > step);
    const old = all.filter((folder) => stepOf(basename(folder)) <= step).slice(0, -keep);
    for (const folder of [...superseded, ...later, ...old])
      await rm(folder, { recursive: true, force: true });
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
 * read it. Where that was done before, the folder is there already.
 * @param models where it is made, whole or not at all.
 * @returns the model's folder.
 */
export async function exportModel(checkpoint: string, models: string): Promise<string> {
  const noted = join(checkpoint, EXPORTED);
  const before = await readFile(noted, 'utf8').catch(() => '');
  const made = join(models, basename(before));
  if (before !== '' && (await stat(join(made, MODEL)).catch(() => undefined))) return made;
  const target = join(models, `${basename(checkpoint)}-${Date.now()}`);
  const partial = `${target}${PARTIAL}`;
  try {
    await fillModel(checkpoint, partial);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
  await writeWhole(noted, basename(target));
  return target;
}

/**
 * Removes what trainings whose process was killed have left half made in `models`. To be called by whoever holds
 * the training's lock: no living process is at work there then.
 */
export async function sweepExports(models: string): Promise<void> {
  const names = await readdir(models).catch(() => []);
  for (const name of names.filter((one) => /^step-\d+-\d+\.partial$/.test(one)))
    await rm(join(models, name), { recursive: true, force: true }).catch(() => undefined);
}

async function fillModel(checkpoint: string, target: string): Promise<void> {
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
