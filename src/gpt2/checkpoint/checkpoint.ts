import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isThere, openInside, openRegular, type OpenFile } from './boundedFile';
import { loadConfig, type Gpt2Config } from './config';
import { commonFolder } from './insideFolder';
import { ModelFileError } from './modelFileError';
import { DTYPE_BYTES, readHeader, type Dtype } from './safetensors';
import { readShardedHeaders, SHARD_INDEX, type ShardedTensor } from './sharded';
import { t } from '../../l10n/language';
import { written } from '../../l10n/numbers';

/** One parameter of the model, by its published name without prefix, where it lies in the weights file. */
export interface Weight extends ShardedTensor {
  readonly dtype: Dtype;
}

/** A GPT-2 model on disk, checked: every tensor that its configuration demands is there in the right shape. */
export interface Checkpoint {
  readonly config: Gpt2Config;
  /** Absolute path of the weights file, links resolved; the first of them where they are several. */
  readonly file: string;
  /** Absolute paths of all weights files, links resolved. */
  readonly files: readonly string[];
  /** Absolute path of the folder that holds them all. */
  readonly directory: string;
  /** By published name without `transformer.`, for example `h.0.attn.c_attn.weight`. */
  readonly weights: ReadonlyMap<string, Weight>;
  /** Number of parameters. */
  readonly parameters: number;
  /** What people should know of how it is read; sentences. */
  readonly notes: readonly string[];
}

/**
 * Reads and checks a folder with `config.json` and `model.safetensors` as the hub publishes GPT-2: names with or
 * without the prefix `transformer.`, mask buffers ignored, output projection tied or in `lm_head.weight`. Weights
 * cut into several files are found by `model.safetensors.index.json`. Of two names of one tied tensor either will
 * do; where both are there and differ, the output has weights of its own, whatever `config.json` says.
 * Nothing but the headers of the weights is read, and both tied tensors where both are there.
 * @throws ModelFileError with a sentence for people.
 */
export async function openCheckpoint(directory: string): Promise<Checkpoint> {
  const said = await loadConfig(directory);
  const { path, stored } = await readStored(directory);
  const prefix = stored.has('transformer.wpe.weight') ? 'transformer.' : '';
  const embedding = stored.get(`${prefix}wte.weight`);
  const output = stored.get('lm_head.weight');
  const stale = said.tied && embedding && output && !(await sameNumbers(embedding, output));
  const config = stale ? { ...said, tied: false } : said;
  const weights = new Map<string, Weight>();
  let parameters = 0;
  for (const [name, shape] of expectedShapes(config)) {
    // `safetensors.torch.save_model` stores one name of a shared tensor.
    const shared = name === 'wte.weight' && config.tied && !embedding && output;
    const storedName = name === 'lm_head.weight' || shared ? 'lm_head.weight' : prefix + name;
    const tensor = stored.get(storedName);
    if (!tensor) {
      throw new ModelFileError(
        t(
          '{0} has no tensor "{1}", which a GPT-2 of {2} layers needs. Use the config.json and model.safetensors of one and the same model.',
          path,
          storedName,
          written(config.layers),
        ),
      );
    }
    if (tensor.shape.join() !== shape.join()) {
      throw new ModelFileError(
        t(
          '{0}: tensor "{1}" has shape [{2}], but config.json demands [{3}]. Use the config.json and model.safetensors of one and the same model.',
          path,
          storedName,
          tensor.shape.join(', '),
          shape.join(', '),
        ),
      );
    }
    if (!Object.hasOwn(DTYPE_BYTES, tensor.dtype)) {
      throw new ModelFileError(
        t(
          '{0}: tensor "{1}" has type {2}, expected one of {3}. Use the model\'s unquantized weights.',
          path,
          storedName,
          tensor.dtype,
          Object.keys(DTYPE_BYTES).join(', '),
        ),
      );
    }
    weights.set(name, { ...tensor, dtype: tensor.dtype as Dtype });
    parameters += shape.reduce((a, b) => a * b, 1);
  }
  const files = [...new Set([...weights.values()].map(({ file }) => file))];
  return {
    config,
    file: files[0]!,
    files,
    directory: commonFolder(files),
    weights,
    parameters,
    notes: [...(stale ? [STALE] : []), ...config.notes],
  };
}

const STALE = t(
  'lm_head.weight is used for the output, as transformers 5 does: it differs from wte.weight, although config.json says that they are tied',
);

/** Bytes of both tensors that are compared at once. */
const COMPARED_AT_ONCE = 1 << 22;

/** What was found of two tensors, by where they are and when their files changed: a list of models asks often. */
const compared = new Map<string, Promise<boolean>>();

/** Whether two tensors are the same numbers in the same type. */
async function sameNumbers(a: ShardedTensor, b: ShardedTensor): Promise<boolean> {
  const places = [a, b].map(async ({ file, offset }) => [file, offset, (await stat(file)).mtimeMs]);
  const key = JSON.stringify(await Promise.all(places));
  const known = compared.get(key) ?? compare(a, b);
  compared.set(key, known);
  known.catch(() => compared.delete(key));
  return known;
}

async function compare(a: ShardedTensor, b: ShardedTensor): Promise<boolean> {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join() || a.byteLength !== b.byteLength) return false;
  const files: OpenFile[] = [];
  try {
    for (const { file } of [a, b]) files.push(await openRegular(file));
    const buffers = [a, b].map(() => Buffer.alloc(Math.min(COMPARED_AT_ONCE, a.byteLength)));
    for (let at = 0; at < a.byteLength; at += COMPARED_AT_ONCE) {
      const length = Math.min(COMPARED_AT_ONCE, a.byteLength - at);
      await Promise.all(
        [a, b].map(({ offset }, i) => files[i]!.handle.read(buffers[i]!, 0, length, offset + at)),
      );
      if (!buffers[0]!.subarray(0, length).equals(buffers[1]!.subarray(0, length))) return false;
    }
    return true;
  } finally {
    await Promise.all(files.map(({ handle }) => handle.close()));
  }
}

/** SHA-256 of a checkpoint's weights in hex: of the file, or of the digests of several files in their order. */
export async function fingerprintWeights({ files }: Checkpoint): Promise<string> {
  const digests: string[] = [];
  for (const file of [...files].sort()) digests.push(await sha256(file));
  return digests.length === 1 ? digests[0]! : createHash('sha256').update(digests.join('\n')).digest('hex');
}

/** SHA-256 of a file in hex, read as a stream. @throws ModelFileError when it is no regular file. */
export async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  const { handle } = await openRegular(file);
  for await (const chunk of handle.createReadStream({ highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Names without prefix and shapes of all parameters, in the order of the computation. */
export function expectedShapes(config: Gpt2Config): [name: string, shape: readonly number[]][] {
  const { width: e, innerWidth: inner } = config;
  const shapes: [string, readonly number[]][] = [
    ['wte.weight', [config.vocabularySize, e]],
    ['wpe.weight', [config.contextLength, e]],
  ];
  for (let layer = 0; layer < config.layers; layer++) {
    const block: [string, readonly number[]][] = [
      ['ln_1.weight', [e]],
      ['ln_1.bias', [e]],
      ['attn.c_attn.weight', [e, 3 * e]],
      ['attn.c_attn.bias', [3 * e]],
      ['attn.c_proj.weight', [e, e]],
      ['attn.c_proj.bias', [e]],
      ['ln_2.weight', [e]],
      ['ln_2.bias', [e]],
      ['mlp.c_fc.weight', [e, inner]],
      ['mlp.c_fc.bias', [inner]],
      ['mlp.c_proj.weight', [inner, e]],
      ['mlp.c_proj.bias', [e]],
    ];
    for (const [name, shape] of block) shapes.push([`h.${layer}.${name}`, shape]);
  }
  shapes.push(['ln_f.weight', [e]], ['ln_f.bias', [e]]);
  if (!config.tied) shapes.push(['lm_head.weight', [config.vocabularySize, e]]);
  return shapes;
}

interface Stored {
  /** The file that names the tensors, for sentences. */
  readonly path: string;
  readonly stored: ReadonlyMap<string, ShardedTensor>;
}

/** The tensors of `model.safetensors`, or of the files that the index names where there is no such file. */
async function readStored(directory: string): Promise<Stored> {
  const path = join(directory, 'model.safetensors');
  if (!(await isThere(path))) {
    const index = join(directory, SHARD_INDEX);
    if (await isThere(index)) return { path: index, stored: await readShardedHeaders(directory) };
    if (await isThere(join(directory, 'pytorch_model.bin'))) {
      throw new ModelFileError(
        t(
          '{0} is missing; the folder has pytorch_model.bin instead: download model.safetensors of the same model, which holds no code.',
          path,
        ),
      );
    }
  }
  const opened = await openInside(directory, path);
  const { path: file } = opened;
  const tensors = [...(await readHeader(opened, path)).values()];
  return { path, stored: new Map(tensors.map((tensor) => [tensor.name, { ...tensor, file }])) };
}
