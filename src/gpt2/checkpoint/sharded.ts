import { join } from 'node:path';
import { isJsonObject, openInside, readModelText, TABLE_BYTES } from './boundedFile';
import { parseBoundedJson } from '../../core/boundedJson';
import { checkName, namedBy } from './insideFolder';
import { ModelFileError } from './modelFileError';
import { readHeader, type StoredTensor } from './safetensors';

/** Name under which the hub publishes the index of weights that are cut into several files. */
export const SHARD_INDEX = 'model.safetensors.index.json';

/** A tensor and the file it lies in. */
export interface ShardedTensor extends StoredTensor {
  /** Absolute path, links resolved. */
  readonly file: string;
}

/**
 * Reads the text of a shard index.
 * @param file its name, for sentences.
 * @returns the name of the file that holds each tensor, by the tensor's name; nobody has checked where it leads.
 * @throws ModelFileError when it is not such an index.
 */
export function readShardIndex(text: string, file: string): Map<string, string> {
  const damaged = (what: string): ModelFileError =>
    new ModelFileError(`${file} is not an index of safetensors files: ${what}. Get the model's files again.`);
  const json = parseBoundedJson(text, (what) => damaged(`it ${what}`), { uniqueKeys: true });
  const map = isJsonObject(json) ? json['weight_map'] : undefined;
  if (!isJsonObject(map)) throw damaged('it has no object weight_map');
  const entries = Object.entries(map);
  if (entries.length === 0) throw damaged('its weight_map is empty');
  return new Map(
    entries.map(([name, shard]: [string, unknown]) => {
      if (typeof shard !== 'string') throw damaged(`tensor "${name}" has no file name`);
      return [name, shard];
    }),
  );
}

/**
 * Reads the headers of weights that are cut into several files, by their index in `directory`.
 * @returns the tensors by name.
 * @throws ModelFileError when the index or a file cannot be used, or a file lies outside the folder.
 */
export async function readShardedHeaders(directory: string): Promise<Map<string, ShardedTensor>> {
  const index = join(directory, SHARD_INDEX);
  const map = readShardIndex(await readModelText(directory, SHARD_INDEX, { bytes: TABLE_BYTES }), index);
  const shards = new Map<string, { file: string; header: Map<string, StoredTensor> }>();
  for (const shard of new Set(map.values())) {
    checkName(shard, index);
    const opened = await openInside(directory, join(directory, ...shard.split('/')), namedBy(index));
    shards.set(shard, { file: opened.path, header: await readHeader(opened, opened.path) });
  }
  const tensors = new Map<string, ShardedTensor>();
  for (const [name, shard] of map) {
    const { file, header } = shards.get(shard)!;
    const tensor = header.get(name);
    if (!tensor) {
      throw new ModelFileError(
        `${index} says that tensor "${name}" is in ${shard}, but that file has no such tensor. ` +
          `Get all files of the model again, from one source.`,
      );
    }
    tensors.set(name, { ...tensor, file });
  }
  return tensors;
}
