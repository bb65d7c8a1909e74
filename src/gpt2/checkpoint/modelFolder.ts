import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isThere } from './boundedFile';
import { expectedShapes, openCheckpoint } from './checkpoint';
import type { Gpt2Config } from './config';
import { findOnnxFile, openOnnxExport } from '../import/onnxExport';
import { SHARD_INDEX } from './sharded';

/** How a model's numbers are stored. */
export type ModelFormat = 'safetensors' | 'onnx';

/** A folder that holds a GPT-2 model that can be run: its files are there, whole by their headers, and fit. */
export interface ModelFolder {
  readonly format: ModelFormat;
  readonly config: Gpt2Config;
  /** Number of parameters. */
  readonly parameters: number;
  /** Absolute paths of the files with the numbers, links resolved. */
  readonly files: readonly string[];
  /** Bytes of those files. */
  readonly bytes: number;
  /** What people should know of how it is read; sentences. */
  readonly notes: readonly string[];
  /** Absolute path of the graph of an ONNX export. */
  readonly graph?: string;
}

/**
 * Looks at a model folder without reading its numbers: safetensors where there are any, else an ONNX export.
 * @throws ModelFileError with the reason why it cannot be run.
 */
export async function inspectModelFolder(directory: string): Promise<ModelFolder> {
  const graph = await findImportedGraph(directory);
  if (graph === undefined) {
    const { config, parameters, files, notes } = await openCheckpoint(directory);
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    return {
      format: 'safetensors',
      config,
      parameters,
      files,
      bytes: sizes.reduce((a, b) => a + b, 0),
      notes,
    };
  }
  const { config, files, bytes } = await openOnnxExport(directory, graph);
  return {
    format: 'onnx',
    config,
    parameters: countParameters(config),
    files,
    bytes,
    notes: config.notes,
    graph,
  };
}

/** The ONNX graph by which a folder's model is run: undefined where there are safetensors, or nothing at all. */
export async function findImportedGraph(directory: string): Promise<string | undefined> {
  const safetensors = await Promise.all(
    ['model.safetensors', SHARD_INDEX].map((name) => isThere(join(directory, name))),
  );
  return safetensors.includes(true) ? undefined : findOnnxFile(directory);
}

/** Number of parameters of a model of this shape. */
export function countParameters(config: Gpt2Config): number {
  return expectedShapes(config).reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);
}
