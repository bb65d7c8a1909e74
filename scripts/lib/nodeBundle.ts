import type { BuildOptions } from 'esbuild';
import { repository } from './paths';

/** How what runs as a process of its own is bundled outside of the product's build: into folders from which it finds the project's packages. */
export const NODE_BUNDLE = {
  absWorkingDir: repository,
  entryNames: '[name]',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  logLevel: 'error',
  external: ['onnxruntime-node'],
} satisfies BuildOptions;
