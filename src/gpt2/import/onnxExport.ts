import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isThere, openInside, type OpenFile } from '../checkpoint/boundedFile';
import { loadConfig, type Gpt2Config } from '../checkpoint/config';
import { checkName } from '../checkpoint/insideFolder';
import { ModelFileError } from '../checkpoint/modelFileError';
import { describeOnnx, type OnnxDescription, type OnnxValue } from './onnxFile';
import { t } from '../../l10n/language';
import { eitherOf, written } from '../../l10n/numbers';

/** Number types that an export may use where this program meets them. */
export type OnnxType = 'float32' | 'float16' | 'int64' | 'int32' | 'bool';

/** An ONNX export of GPT-2 as Optimum and transformers.js publish it, recognized and checked. */
export interface OnnxExport {
  readonly config: Gpt2Config;
  /** Absolute path of the graph. */
  readonly file: string;
  /** The graph and the files with its constants, links resolved. */
  readonly files: readonly string[];
  /** Bytes of them all. */
  readonly bytes: number;
  /** Types of the inputs beside the cache, by name. */
  readonly inputs: ReadonlyMap<string, { readonly type: OnnxType; readonly rank: number | undefined }>;
  /** Type of the keys and values that go in and out; null where the whole context is computed every time. */
  readonly cache: 'float32' | 'float16' | null;
}

/** Files that hold a whole decoder, the best first: with a cache before without, exact before rounded. */
const FILES = [
  'decoder_model_merged.onnx',
  'model.onnx',
  'decoder_model.onnx',
  'decoder_model_merged_fp16.onnx',
  'model_fp16.onnx',
  'decoder_model_merged_quantized.onnx',
  'model_quantized.onnx',
];

/** Numbers of onnx.proto's `TensorProto.DataType`. */
const TYPES: ReadonlyMap<number, OnnxType> = new Map([
  [1, 'float32'],
  [6, 'int32'],
  [7, 'int64'],
  [9, 'bool'],
  [10, 'float16'],
]);

/** What each known input may be. */
const INPUTS: Readonly<Record<string, readonly OnnxType[]>> = {
  input_ids: ['int64', 'int32'],
  attention_mask: ['int64', 'int32', 'float32'],
  position_ids: ['int64', 'int32'],
  use_cache_branch: ['bool'],
  num_logits_to_keep: ['int64'],
};

const PAST = /^past_key_values\.(\d+)\.(key|value)$/;

/** Chooses the graph among a folder's files, as a path below it; undefined where there is none. */
export function chooseOnnxFile(paths: readonly string[]): string | undefined {
  return FILES.flatMap((name) => [name, `onnx/${name}`]).find((path) => paths.includes(path));
}

/** The graph of an ONNX export in a folder or in its folder `onnx`; undefined where there is none. */
export async function findOnnxFile(directory: string): Promise<string | undefined> {
  const candidates = FILES.flatMap((name) => [name, `onnx/${name}`]);
  const exist = await Promise.all(candidates.map((path) => isThere(join(directory, path))));
  const found = candidates[exist.indexOf(true)];
  return found === undefined ? undefined : join(directory, found);
}

/**
 * Checks an ONNX export: its inputs and outputs by their names, its sizes by `config.json` beside it, and that
 * its external data lie in its own folder.
 * @param directory the model's folder, with `config.json`.
 * @param file the graph, as `findOnnxFile` gives it.
 * @throws ModelFileError with the reason why it cannot be run.
 */
export async function openOnnxExport(directory: string, file: string): Promise<OnnxExport> {
  const config = await loadConfig(directory);
  const description = await describeOnnx(directory, file);
  const graph = recognize(description, config, file);
  const data = await externalFiles(description, file);
  const files = [file, ...data.keys()];
  const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size));
  return { config, file, files, bytes: sizes.reduce((a, b) => a + b, 0), ...graph };
}

function recognize(
  { inputs, outputs }: OnnxDescription,
  config: Gpt2Config,
  file: string,
): Pick<OnnxExport, 'inputs' | 'cache'> {
  const refuse = (what: string): never => {
    throw new ModelFileError(
      t(
        '{0} cannot be run: {1}. Export the model with Optimum as text-generation or text-generation-with-past, or use its config.json and model.safetensors instead.',
        file,
        what,
      ),
    );
  };
  const typeOf = ({ name, type }: OnnxValue, allowed: readonly OnnxType[]): OnnxType => {
    const known = TYPES.get(type);
    return known && allowed.includes(known)
      ? known
      : refuse(t('"{0}" has ONNX type {1}, expected {2}', name, String(known ?? type), eitherOf(allowed)));
  };

  const plain = new Map<string, { type: OnnxType; rank: number | undefined }>();
  const past: OnnxValue[] = [];
  for (const value of inputs) {
    const allowed = Object.hasOwn(INPUTS, value.name) ? INPUTS[value.name] : undefined;
    if (PAST.test(value.name)) past.push(value);
    else if (allowed) plain.set(value.name, { type: typeOf(value, allowed), rank: value.shape?.length });
    else refuse(t('it needs the input "{0}", which is not known', value.name));
  }
  if (!plain.has('input_ids')) refuse(t('it has no input "input_ids"'));

  const logits = outputs.find(({ name }) => name === 'logits') ?? refuse(t('it has no output "logits"'));
  const vocabulary = logits.shape?.at(-1) ?? null;
  if (vocabulary !== null && vocabulary !== config.vocabularySize) {
    refuse(
      t(
        'it has {0} logits, but config.json says vocab_size {1}',
        written(vocabulary),
        written(config.vocabularySize),
      ),
    );
  }
  typeOf(logits, ['float32']);
  if (past.length === 0) {
    if (plain.has('use_cache_branch'))
      refuse(t('it has "use_cache_branch", but no inputs for past keys and values'));
    return { inputs: plain, cache: null };
  }

  const expected = pastNames(config.layers);
  const missing = expected.find((name) => !past.some((value) => value.name === name));
  if (missing !== undefined || past.length !== expected.length) {
    const layers = written(config.layers);
    refuse(
      missing === undefined
        ? t('its inputs for past keys and values are not those of the {0} layers in config.json', layers)
        : t(
            'its inputs for past keys and values are not those of the {0} layers in config.json: "{1}" is missing',
            layers,
            missing,
          ),
    );
  }
  const present = expected.map(presentName);
  const absent = present.find((name) => !outputs.some((value) => value.name === name));
  if (absent !== undefined) refuse(t('it has no output "{0}"', absent));
  const types = new Set(past.map((value) => typeOf(value, ['float32', 'float16'])));
  if (types.size > 1) refuse(t('its past keys and values are of different types'));
  const headWidth = config.width / config.heads;
  for (const { name, shape } of past) {
    const [, heads = null, , width = null] = shape ?? [];
    const fits =
      (!shape || shape.length === 4) &&
      (heads ?? config.heads) === config.heads &&
      (width ?? headWidth) === headWidth;
    if (!fits) {
      refuse(
        t(
          '"{0}" has shape [{1}], but config.json demands [batch, {2}, tokens, {3}]',
          name,
          shape!.map((d) => d ?? '?').join(', '),
          written(config.heads),
          written(headWidth),
        ),
      );
    }
  }
  return { inputs: plain, cache: [...types][0] as 'float32' | 'float16' };
}

/** Names of the inputs for past keys and values, layer by layer. */
export function pastNames(layers: number): string[] {
  return Array.from({ length: layers }, (_, layer) =>
    ['key', 'value'].map((kind) => `past_key_values.${layer}.${kind}`),
  ).flat();
}

/** Name of the output that becomes the input `name` of the next step. */
export function presentName(name: string): string {
  return name.replace('past_key_values', 'present');
}

/** The files that hold constants, links resolved, each with the number of bytes it needs. */
async function externalFiles({ external }: OnnxDescription, file: string): Promise<Map<string, number>> {
  const files = new Map<string, number>();
  const byLocation = new Map<string, OpenFile>();
  for (const { tensor, location, offset, length } of external) {
    let found = byLocation.get(location);
    if (!found) {
      checkName(location, file);
      found = await openInside(dirname(file), join(dirname(file), ...location.split('/')), file);
      await found.handle.close();
      byLocation.set(location, found);
    }
    const { path, size } = found;
    files.set(path, size);
    if (offset + (length ?? 0) > size) {
      throw new ModelFileError(
        t(
          '{0}: tensor "{1}" lies at bytes {2} to {3} of {4}, which has only {5} bytes. Download or copy the files again.',
          file,
          tensor,
          written(offset),
          written(offset + (length ?? 0)),
          location,
          written(size),
        ),
      );
    }
  }
  return files;
}
