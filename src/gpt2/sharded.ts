import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { duplicateKey } from './duplicateKeys';
import { fileInside } from './insideFolder';
import { ModelFileError, reason, unreadable } from './modelFileError';
import { readSafetensorsHeader, type StoredTensor } from './safetensors';

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
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(`it is not JSON (${reason(error)})`);
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) throw damaged(`it names "${twice}" twice`);
  const map = (json as { readonly weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw damaged('it has no object weight_map');
  }
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
  let text: string;
  try {
    text = await readFile(index, 'utf8');
  } catch (error) {
    throw unreadable(index, error);
  }
  const map = readShardIndex(text, index);
  const shards = new Map<string, { file: string; header: Map<string, StoredTensor> }>();
  for (const shard of new Set(map.values())) {
    const file = await fileInside(directory, shard, index);
    shards.set(shard, { file, header: await readSafetensorsHeader(file) });
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
