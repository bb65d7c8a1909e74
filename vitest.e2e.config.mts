import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    // A window, a model and a browser on a busy machine take their time; a hang still ends.
    testTimeout: 300_000,
    hookTimeout: 600_000,
    // What is waited for has its time as well: one second, the default, is little on a busy machine.
    expect: { poll: { timeout: 30_000 } },
    // A frame that a busy machine drops must not fail the whole gate. The report names what needed a second try.
    retry: 1,
    pool: 'forks',
    // One VS Code server and one browser: the files use them one after the other.
    globalSetup: 'test/e2e/shared.ts',
    fileParallelism: false,
    reporters: [
      'default',
      ['json', { outputFile: 'artifacts/e2e.json' }],
      ['./scripts/suites/vitestReporter.ts', { report: 'artifacts/e2e.jsonl' }],
    ],
  },
});
