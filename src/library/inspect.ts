/** What the library knows of a model's folder, and who looks. */
import { inspectModelFolder, type ModelFolder } from '../gpt2/checkpoint/modelFolder';
import type { ModelShape } from './catalog';

/** A folder that holds a model that can be run; plain data, so that another process can tell it. */
export interface InspectedFolder extends Omit<ModelFolder, 'config'> {
  readonly shape: ModelShape;
}

/**
 * Looks at a model's folder without reading its numbers.
 * @throws ModelFileError or LibraryError with the reason why it cannot be run.
 */
export type Inspect = (directory: string) => Promise<InspectedFolder>;

/** Looks at a folder in this process: for the engine, for this program's own models, and for tests. */
export const inspectHere: Inspect = async (directory) => {
  const { config, ...folder } = await inspectModelFolder(directory);
  return { ...folder, shape: shapeOf(config) };
};

function shapeOf({ layers, heads, width, contextLength, vocabularySize }: ModelFolder['config']): ModelShape {
  return { layers, heads, width, context: contextLength, vocabulary: vocabularySize };
}
