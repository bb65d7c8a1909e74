import { defineConfig } from 'vitest/config';

/** What replaces modules, which others may have read before, speaks another language, or asks what its process holds. */
const ALONE = [
  'test/unit/before/history.test.ts',
  'test/unit/before/pages.test.ts',
  'test/unit/engine/client.test.ts',
  'test/unit/engine/models.test.ts',
  'test/unit/extension/panel/anchor.test.ts',
  'test/unit/extension/surprisal/documentScoring.test.ts',
  'test/unit/extension/history/history.test.ts',
  'test/unit/onnx/loadGpt2.test.ts',
  'test/unit/onnx/runtime.test.ts',
  'test/unit/training/checkpoints.test.ts',
  'test/unit/webview/app.test.ts',
  'test/unit/**/*.fr.test.ts',
];

export default defineConfig({
  test: {
    // Limits only end a hang: a machine may have much else to do.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // onnxruntime-node is a native module: child processes load it more safely than worker threads.
    pool: 'forks',
    // The default leaves one core to vitest itself, which is half of a small machine.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        // A process takes one file after the other, and reads the modules once, onnxruntime and tokenizers among them.
        test: {
          name: 'shared',
          include: ['test/unit/**/*.test.ts'],
          exclude: ALONE,
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE },
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
