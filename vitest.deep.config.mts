import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The unit tests again, with all of their cases, beside what is only here.
    include: ['test/deep/**/*.test.ts', 'test/unit/**/*.test.ts'],
    env: { DECODING_LAB_DEEP: '1' },
    globalSetup: 'test/unit/processBundles.ts',
    // Minutes are what these tests are for; a hang still ends.
    testTimeout: 1_200_000,
    hookTimeout: 300_000,
    // As for the unit tests: onnxruntime-node is a native module.
    pool: 'forks',
    reporters: [
      'default',
      ['json', { outputFile: 'artifacts/deep.json' }],
      ['./scripts/suites/vitestReporter.ts', { report: 'artifacts/deep.jsonl' }],
    ],
  },
});
