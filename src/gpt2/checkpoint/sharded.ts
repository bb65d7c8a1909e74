import { join } from 'node:path';
import { isJsonObject, openInside, readModelText, TABLE_BYTES } from './boundedFile';
import { parseBoundedJson } from '../../core/boundedJson';
import { checkName } from './insideFolder';
import { ModelFileError } from './modelFileError';
import { readHeader, type StoredTensor } from './safetensors';
import { t } from '../../l10n/language';

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
    new ModelFileError(
      t("{0} is not an index of safetensors files: {1}. Get the model's files again.", file, what),
    );
  const json = parseBoundedJson(text, (what) => damaged(t('it {0}', what)), { uniqueKeys: true });
  const map = isJsonObject(json) ? json['weight_map'] : undefined;
  if (!isJsonObject(map)) throw damaged(t('it has no object weight_map'));
  const entries = Object.entries(map);
  if (entries.length === 0) throw damaged(t('its weight_map is empty'));
  return new Map(
    entries.map(([name, shard]: [string, unknown]) => {
      if (typeof shard !== 'string') throw damaged(t('tensor "{0}" has no file name', name));
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
    const opened = await openInside(directory, join(directory, ...shard.split('/')), index);
    shards.set(shard, { file: opened.path, header: await readHeader(opened, opened.path) });
  }
  const tensors = new Map<string, ShardedTensor>();
  for (const [name, shard] of map) {
    const { file, header } = shards.get(shard)!;
    const tensor = header.get(name);
    if (!tensor) {
      throw new ModelFileError(
        t(
          '{0} says that tensor "{1}" is in {2}, but that file has no such tensor. Get all files of the model again, from one source.',
          index,
          name,
          shard,
        ),
      );
    }
    tensors.set(name, { ...tensor, file });
  }
  return tensors;
}
