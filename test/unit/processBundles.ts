/**
 * Bundles, once for all files of tests, what they start as processes of their own. The folder lies in the project, so
 * that what is in it finds the project's packages.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { TestProject } from 'vitest/node';
import { NODE_BUNDLE } from '../../scripts/lib/nodeBundle';
import { inRepository } from '../../scripts/lib/paths';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the bundles. */
    bundles: string;
  }
}

/** As they are shipped. */
const SHIPPED = ['src/engine/main.ts', 'src/engine/pulseThread.ts', 'src/library/inspectorMain.ts'];
const FOR_TESTS = ['test/unit/engine/testEngine.ts', 'test/unit/engine/orphan.ts'];
/** Those that wait outside of a function, or ask where they lie. */
const MODULES = ['test/unit/library/downloadProcess.ts', 'scripts/verifyGpt2.ts', 'scripts/oracles.ts'];

export default async function setup(project: TestProject): Promise<() => void> {
  mkdirSync(inRepository('out'), { recursive: true });
  const outdir = mkdtempSync(join(inRepository('out'), 'test-'));
  const remove = (): void => {
    rmSync(outdir, { recursive: true, force: true });
  };
  try {
    await Promise.all([
      build({ ...NODE_BUNDLE, outdir, entryPoints: [...SHIPPED, ...FOR_TESTS] }),
      build({
        ...NODE_BUNDLE,
        ...{ outdir, format: 'esm', entryPoints: MODULES, outExtension: { '.js': '.mjs' } },
        banner: {
          js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
        },
      }),
    ]);
  } catch (error) {
    remove();
    throw error;
  }
  project.provide('bundles', outdir);
  return remove;
}
