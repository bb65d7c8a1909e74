import { defineConfig } from 'vitest/config';

const all = (...folders: string[]): string[] => folders.map((folder) => `test/unit/${folder}/**/*.test.ts`);

/** What replaces modules, clocks or methods for a while, or asks how much memory its process takes. */
const ALONE = [
  'test/unit/experiments/models.test.ts',
  'test/unit/extension/anchor.test.ts',
  'test/unit/extension/documentScoring.test.ts',
  'test/unit/extension/history.test.ts',
  'test/unit/onnx/batching.test.ts',
  'test/unit/onnx/loadGpt2.test.ts',
  'test/unit/onnx/promptCache.test.ts',
  'test/unit/engine/models.test.ts',
  'test/unit/library/progress.test.ts',
  'test/unit/library/recentUse.test.ts',
  'test/unit/training/checkpoints.test.ts',
];

export default defineConfig({
  test: {
    // Limits only end a hang: a machine may have much else to do.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // onnxruntime-node is a native module: child processes load it more safely than worker threads.
    pool: 'forks',
    // The default leaves one core to vitest itself, which is half of a small machine.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        // Computes and keeps nothing: a process takes one file after the other, and reads the modules once.
        test: {
          name: 'pure',
          include: all('core', 'experiments', 'extension', 'gpt2', 'protocol', 'scripts', 'webview'),
          exclude: ALONE,
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: [...all('engine', 'library', 'onnx', 'training'), ...ALONE],
        },
      },
    ],
    globalSetup: 'test/unit/processBundles.ts',
    reporters: [
      'default',
      ['json', { outputFile: 'artifacts/unit.json' }],
      ['./scripts/suites/vitestReporter.ts', { report: 'artifacts/unit.jsonl' }],
    ],
  },
});
