import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { NODE_BUNDLE } from '../../../scripts/lib/nodeBundle';
import { inRepository } from '../../../scripts/lib/paths';

export interface Bundles {
  /** Path of the bundle of an entry, by the entry's name without its extension. */
  readonly path: (name: string) => string;
  readonly remove: () => void;
}

/** Bundles entries for Node into a folder of their own, below the project so that they find its packages. */
export async function bundle(...entries: readonly string[]): Promise<Bundles> {
  mkdirSync(inRepository('out'), { recursive: true });
  const folder = mkdtempSync(inRepository('out/engine-'));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await build({ ...NODE_BUNDLE, entryPoints: [...entries], outdir: folder });
  } catch (error) {
    remove();
    throw error;
  }
  return { path: (name) => join(folder, `${name}.js`), remove };
}
