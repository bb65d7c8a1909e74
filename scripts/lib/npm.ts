import { run } from './processes';

/** Addresses in npm's own words say nothing about what went wrong here. */
const withoutAddresses = (text: string): string => text.replace(/\bhttps?:\/\/\S+/g, '(address)');

/** Runs `npm install` of exact versions in a folder that has its own package.json. */
export async function npmInstall(
  folder: string,
  args: readonly string[],
): Promise<{ ok: true } | { ok: false; why: string }> {
  const { code, output, timedOut } = await run(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...args],
    { cwd: folder, limit: 600_000 },
  );
  if (code === 0 && !timedOut) return { ok: true };
  const tail = withoutAddresses(output).trim().split('\n').slice(-8).join('\n');
  return { ok: false, why: timedOut ? `npm took longer than ten minutes.\n${tail}` : tail };
}
