import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtFile } from '../builtFile';

/** Runs the command as `npm run oracles -- PATH...` does. */
function oracles(...paths: string[]): { status: number | null; lines: string[] } {
  const { status, stdout } = spawnSync(process.execPath, [builtFile('oracles.mjs'), ...paths], {
    encoding: 'utf8',
  });
  return { status, lines: stdout.trim().split('\n') };
}

describe('npm run oracles', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'oracles-'));
    writeFileSync(join(folder, 'config.json'), '{"n_layer":2}');
    writeFileSync(join(folder, 'strange.json'), '{"schema":"strange/7"}');
    writeFileSync(join(folder, 'torn.json'), '{"schema":"beam/1"');
    writeFileSync(join(folder, 'wrong.json'), '{"schema":"seed/1"}');
    writeFileSync(join(folder, 'notes.txt'), 'nothing');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('names and counts what it does not support, cannot read or cannot check', () => {
    const { status, lines } = oracles(folder);
    expect(status).toBe(1);
    expect(lines.at(-1)).toBe('0 matched, 3 failed');
    expect(lines.filter((line) => line.includes('config.json'))).toEqual([
      expect.stringContaining('not a reference'),
    ]);
    expect(lines).toContainEqual(expect.stringMatching(/^FAILED .*strange\.json$/));
    expect(lines).toContainEqual(expect.stringContaining('the schema strange/7 is not supported'));
    expect(lines).toContainEqual(expect.stringContaining('it is not JSON'));
    expect(lines).toContainEqual(expect.stringContaining('the check broke'));
  });

  it('counts a path without any reference as a failure', () => {
    const { status, lines } = oracles(join(folder, 'nowhere'));
    expect(status).toBe(1);
    expect(lines.at(-1)).toBe('0 matched, 1 failed');
  });

  it('ends well where everything matches', () => {
    const { status, lines } = oracles('test/fixtures/oracles/seed', 'test/fixtures/oracles/hf/small.json');
    expect(lines).toEqual([
      expect.stringMatching(/^matched .*seed-exercises\.json$/),
      expect.stringMatching(/^matched .*small\.json$/),
      '2 matched, 0 failed',
    ]);
    expect(status).toBe(0);
  });
});
