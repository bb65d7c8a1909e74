/** Packages the extension for a platform, the same bytes for the same source. */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../lib/failure';
import { artifacts, inRepository, repository } from '../lib/paths';
import { run } from '../lib/processes';
import { readArchive, writeArchive } from './archive';
import { allNotices, noticesText, readBundled } from './notices';
import { ownFiles, type Target } from './targets';

/** Bytes that a package may have. */
export const LARGEST = 45_000_000;

/** How long a build or vsce may take, in milliseconds: it only ends a hang. */
const LIMIT = 600_000;

export const packages = join(artifacts, 'packages');

export interface Packed {
  readonly target: Target;
  readonly file: string;
  readonly bytes: number;
}

/** Builds what all packages have: the bundles, without what helps to find errors, and the licences of others. */
export async function buildForPackages(): Promise<void> {
  await runNode('The build', inRepository('esbuild.mjs'), '--production');
  await writeFile(inRepository('ThirdPartyNotices.txt'), noticesText(await allNotices(await readBundled())));
}

/**
 * Packages what was built.
 * @throws Failure when vsce refuses, or the package is too large
 */
export async function pack(target: Target, folder = packages): Promise<Packed> {
  const { name, version } = JSON.parse(await readFile(inRepository('package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}-${target}-${version}.vsix`);
  const list = join(folder, `${target}.vscodeignore`);
  const common = await readFile(inRepository('.vscodeignore'), 'utf8');
  await writeFile(
    list,
    `${common}${ownFiles(target)
      .map((path) => `!${path}\n`)
      .join('')}`,
  );
  try {
    await runNode(
      `Packaging for ${target}`,
      ...[inRepository('node_modules', '@vscode', 'vsce', 'vsce'), 'package', '--out', file],
      ...['--ignoreFile', list],
      ...(target === 'universal' ? [] : ['--target', target]),
      ...(await addressing()),
    );
  } finally {
    await rm(list, { force: true });
  }
  await writeArchive(file, await readArchive(file));
  const { size } = await stat(file);
  if (size > LARGEST) {
    throw new Failure(
      `${file} has ${megabytes(size)}, and a package may have ${megabytes(LARGEST)}: look what it holds (unzip -l).`,
    );
  }
  return { target, file, bytes: size };
}

/** With the repository's address links in README.md lead there; without it they are left as they are. */
async function addressing(): Promise<string[]> {
  const manifest = JSON.parse(await readFile(inRepository('package.json'), 'utf8')) as {
    repository?: unknown;
  };
  return manifest.repository === undefined
    ? ['--allow-missing-repository', '--no-rewrite-relative-links']
    : [];
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

async function runNode(what: string, ...args: string[]): Promise<void> {
  const { code, output } = await run(process.execPath, args, { cwd: repository, limit: LIMIT });
  if (code !== 0) throw new Failure(`${what} failed.\n${output.trim()}`);
}
