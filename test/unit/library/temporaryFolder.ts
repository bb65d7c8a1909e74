import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** A folder of its own for every test of the file, removed afterwards. @returns joins parts to its path. */
export function temporaryFolder(): (...parts: string[]) => string {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'decoding-lab-library-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return (...parts) => join(folder, ...parts);
}
