import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/packaged/**/*.test.ts'],
    // Packages are written and VS Code is started meanwhile; a hang still ends.
    testTimeout: 300_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
    retry: 1,
    pool: 'forks',
    // The packages are made once.
    globalSetup: 'test/packaged/shared.ts',
    fileParallelism: false,
    reporters: [
      'default',
      ['json', { outputFile: 'artifacts/packaged.json' }],
      ['./scripts/suites/vitestReporter.ts', { report: 'artifacts/packaged.jsonl' }],
    ],
  },
});
