import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { withLargePages } from '../../../src/engine/largePages';

it("The model process asks for large pages, and keeps the user's own settings after that", () => {
  expect(withLargePages(undefined)).toBe('glibc.malloc.hugetlb=1');
  expect(withLargePages('')).toBe('glibc.malloc.hugetlb=1');
  expect(withLargePages('glibc.malloc.hugetlb=0')).toBe('glibc.malloc.hugetlb=1:glibc.malloc.hugetlb=0');
});

it.runIf(process.platform === 'linux')('A process starts with them as without', () => {
  const env = { ...process.env, GLIBC_TUNABLES: withLargePages('glibc.malloc.check=0') };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-p', '1 + 1'], { env, encoding: 'utf8' });
  expect([status, stdout, stderr]).toEqual([0, '2\n', '']);
});
