/** The models that can be explored: the toy vocabulary, and every GPT-2 folder shipped with the extension. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A GPT-2 checkpoint folder, as the hub publishes it: `config.json` and `model.safetensors`. */
export interface LibraryModel {
  readonly id: string;
  readonly name: string;
  readonly directory: string;
  /** One line for people: shape and size. */
  readonly description: string;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** What the config says of the shape; an unreadable config is described as such and refused when it is loaded. */
async function describe(directory: string): Promise<string> {
  try {
    const config: unknown = JSON.parse(await readFile(join(directory, 'config.json'), 'utf8'));
    if (isRecord(config)) {
      const { n_layer, n_head, n_embd, n_positions } = config;
      if ([n_layer, n_head, n_embd, n_positions].every((n) => typeof n === 'number')) {
        return `GPT-2: ${String(n_layer)} layers, ${String(n_head)} heads, width ${String(n_embd)}, context ${String(n_positions)}`;
      }
    }
  } catch {
    // Listing must not fail because of one folder: loading it says precisely what is wrong.
  }
  return 'GPT-2 (its config.json cannot be read)';
}

/**
 * The checkpoint folders directly below `root`, by name.
 * A missing `root` is an empty library.
 */
export async function listModels(root: string): Promise<LibraryModel[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    folders.sort().map(async (id) => {
      const directory = join(root, id);
      return { id, name: id, directory, description: await describe(directory) };
    }),
  );
}
