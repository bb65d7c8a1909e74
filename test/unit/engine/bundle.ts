import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Bundles {
  /** Path of the bundle of an entry, by the entry's name without its extension. */
  readonly path: (name: string) => string;
  readonly remove: () => void;
}

/** Bundles entries for Node into a folder of their own, below the project so that they find its packages. */
export async function bundle(...entries: readonly string[]): Promise<Bundles> {
  mkdirSync(join(root, 'out'), { recursive: true });
  const folder = mkdtempSync(join(root, 'out', 'engine-'));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  const options: BuildOptions = {
    absWorkingDir: root,
    entryPoints: [...entries],
    entryNames: '[name]',
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
    external: ['onnxruntime-node'],
  };
  try {
    await build(options);
  } catch (error) {
    remove();
    throw error;
  }
  return { path: (name) => join(folder, `${name}.js`), remove };
}
