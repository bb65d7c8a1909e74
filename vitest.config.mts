import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts'],
    // Limits only end a hang: a machine may have much else to do.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // onnxruntime-node is a native module: child processes load it more safely than worker threads.
    pool: 'forks',
    reporters: [
      'default',
      ['json', { outputFile: 'artifacts/unit.json' }],
      ['./scripts/suites/vitestReporter.ts', { report: 'artifacts/unit.jsonl' }],
    ],
  },
});
