/** Starts a VS Code server for one run, on a port of its own, with settings and extensions of its own. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure';
import { run, start, type Started } from './processes';
import { descendantsOf } from './processTree';
import { installServer } from './serverInstall';

/** How long the server may take to answer, in milliseconds: busy machines are slow. */
const START_LIMIT = 120_000;

export type Settings = Readonly<Record<string, unknown>>;

/** Settings of every run: no pages, badges or background work that have nothing to do with the extension. */
const QUIET: Settings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'window.autoDetectColorScheme': false,
  'window.autoDetectHighContrast': false,
  'chat.disableAIFeatures': true,
  // Each blink is a frame, which a machine without a graphics card computes.
  'editor.cursorBlinking': 'solid',
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
};

const TRUST: Settings = {
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
};

/** How the next window finds its VS Code. */
export interface Profile {
  /** Leaves workspace trust on, so that windows open in Restricted Mode. */
  readonly restricted?: boolean;
  readonly settings?: Settings;
  /**
   * The display language, for example `fr`. Extensions speak it; VS Code itself stays English, because its own
   * translations are not on npm.
   */
  readonly language?: string;
}

export interface ServerOptions extends Profile {
  /** A packaged extension to install before the server starts. */
  readonly vsix?: string;
  /**
   * Leaves out most of VS Code's own extensions, such as Git and the language servers: windows open in half the
   * time, and nothing but the extension that is tried keeps the processor busy.
   */
  readonly lean?: boolean;
  /** The folder in which its own folder is made; the system's for temporary files where left out. */
  readonly within?: string;
  /** Added to the environment, which the extension host inherits. */
  readonly env?: NodeJS.ProcessEnv;
  readonly say?: (line: string) => void;
}

/** What a window opens; all paths are absolute. */
export interface Opening {
  readonly folder: string;
  /** The extension that is developed; the installed ones alone where left out. */
  readonly extension?: string;
  /** A module whose exported `run()` the extension host calls. */
  readonly tests?: string;
  readonly file?: string;
}

/** Where a server runs: all that another process needs to use it. */
export interface ServerPlace {
  readonly pid: number;
  /** Host and port. */
  readonly authority: string;
  readonly token: string;
  /** Its user data. */
  readonly data: string;
}

/** A server that runs already. */
export class VsCodeServer {
  readonly place: ServerPlace;

  constructor(place: ServerPlace) {
    this.place = place;
  }

  get pid(): number {
    return this.place.pid;
  }

  /** The address of a window. */
  url(opening: Opening): string {
    return address(this.place.authority, this.place.token, opening);
  }

  /** Changes settings of the open windows; VS Code takes them up by itself. */
  async set(settings: Settings): Promise<void> {
    const path = machineSettings(this.place.data);
    const before = JSON.parse(await readFile(path, 'utf8')) as Settings;
    await writeFile(path, JSON.stringify({ ...before, ...settings }, null, 2));
  }

  /**
   * Makes it as new for the next window: waits until the extension hosts of closed windows have ended, then takes
   * away all that they and their users kept. Windows that are open would lose it too.
   */
  async renew(profile: Profile = {}): Promise<void> {
    const deadline = Date.now() + START_LIMIT;
    while (this.#extensionHosts().length > 0) {
      if (Date.now() > deadline)
        throw new Failure(
          `An extension host did not end within ${START_LIMIT / 1000} seconds after its window.`,
        );
      await sleep(50);
    }
    await writeProfile(this.place.data, profile);
  }

  #extensionHosts(): number[] {
    return descendantsOf(this.pid)
      .filter(({ command }) => command.includes('--type=extensionHost'))
      .map(({ pid }) => pid);
  }
}

/** A server that was started here. */
export interface StartedServer extends VsCodeServer {
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<number>;
  stop(): Promise<void>;
}

/** @throws Failure when the server cannot be installed or does not come up. */
export async function startServer(options: ServerOptions = {}): Promise<StartedServer> {
  const { node, entry } = await installServer(options.say ?? console.log);
  const home = await mkdtemp(join(options.within ?? tmpdir(), 'decoding-lab-vscode-'));
  const data = join(home, 'data');
  await writeProfile(data, options);

  const folders = ['--user-data-dir', data, '--extensions-dir', join(home, 'extensions')];
  if (options.lean === true)
    folders.push('--builtin-extensions-dir', await leanExtensions(entry, join(home, 'built-in')));
  if (options.vsix !== undefined) {
    const { code, output } = await run(node, [entry, '--install-extension', options.vsix, ...folders], {
      limit: START_LIMIT,
    });
    if (code !== 0) {
      await rm(home, { recursive: true, force: true });
      throw new Failure(`${options.vsix} could not be installed.\n${output.trim()}`);
    }
  }

  // The token keeps other users of this machine, and web pages, out of the server.
  const token = randomBytes(16).toString('hex');
  const server = start(
    node,
    [
      entry,
      ...['--host', '127.0.0.1', '--port', '0', '--connection-token', token, '--accept-server-license-terms'],
      ...['--telemetry-level', 'off', '--log', 'off', '--enable-smoke-test-driver'],
      ...folders,
    ],
    { env: { ...process.env, ...options.env } },
  );
  const stop = async (): Promise<void> => {
    await server.end();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const authority = `127.0.0.1:${await listening(server)}`;
    await answering(`http://${authority}/?tkn=${token}`, server);
    const running = new VsCodeServer({ pid: server.pid, authority, token, data });
    return Object.assign(running, { ended: server.ended, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The ones of VS Code's own extensions that a lean server has: themes, a few languages, notebooks. */
const NEEDED = [
  'theme-defaults',
  'theme-seti',
  'markdown-basics',
  'python',
  'json',
  'ipynb',
  'notebook-renderers',
];

/** A folder of links to them. @returns its path */
async function leanExtensions(entry: string, folder: string): Promise<string> {
  const all = join(dirname(dirname(entry)), 'extensions');
  await mkdir(folder);
  for (const name of NEEDED) await symlink(join(all, name), join(folder, name), 'junction');
  return folder;
}

const machineSettings = (data: string): string => join(data, 'Machine', 'settings.json');

/** User data as a fresh installation has it, but for the profile. */
async function writeProfile(
  data: string,
  { restricted = false, settings, language }: Profile,
): Promise<void> {
  const user = join(data, 'User');
  await rm(user, { recursive: true, force: true, maxRetries: 5 });
  await rm(join(data, 'languagepacks.json'), { force: true });
  await mkdir(user, { recursive: true });
  await mkdir(join(data, 'Machine'), { recursive: true });
  await writeFile(machineSettings(data), JSON.stringify({ ...QUIET, ...settings }, null, 2));
  // Trust is a matter of the user alone.
  await writeFile(
    join(user, 'settings.json'),
    JSON.stringify({ ...TRUST, 'security.workspace.trust.enabled': restricted }),
  );
  if (language === undefined) return;
  await writeFile(join(user, 'argv.json'), JSON.stringify({ locale: language }));
  await addLanguage(language, data);
}

/** Lets VS Code take a display language, which it does only where a language pack is: an empty one. */
async function addLanguage(language: string, data: string): Promise<void> {
  const translations = join(data, `${language}.i18n.json`);
  await writeFile(translations, JSON.stringify({ version: '1.0.0', contents: {} }));
  const pack = {
    hash: language,
    label: language,
    extensions: [{ extensionIdentifier: { id: `decoding-lab.empty-${language}` }, version: '1.0.0' }],
    translations: { vscode: translations },
  };
  await writeFile(join(data, 'languagepacks.json'), JSON.stringify({ [language]: pack }));
}

function address(authority: string, token: string, opening: Opening): string {
  const remote = (path: string): string => `vscode-remote://${authority}${path}`;
  const payload = [
    ...(opening.extension === undefined ? [] : [['extensionDevelopmentPath', remote(opening.extension)]]),
    ...(opening.tests === undefined ? [] : [['extensionTestsPath', remote(opening.tests)]]),
    ...(opening.file === undefined ? [] : [['openFile', remote(opening.file)]]),
  ];
  const query = new URLSearchParams({ tkn: token, folder: opening.folder, payload: JSON.stringify(payload) });
  return `http://${authority}/?${query.toString()}`;
}

/** The port that the server chose. */
async function listening(server: Started): Promise<number> {
  const deadline = Date.now() + START_LIMIT;
  while (Date.now() < deadline) {
    const found = /Extension host agent listening on (\d+)/.exec(server.output());
    if (found) return Number(found[1]);
    const code = await Promise.race([server.ended, sleep(100, null)]);
    if (code !== null) throw broken(`ended with exit code ${code} while starting`, server);
  }
  throw broken(`did not start within ${START_LIMIT / 1000} seconds`, server);
}

async function answering(url: string, server: Started): Promise<void> {
  const deadline = Date.now() + START_LIMIT;
  while (Date.now() < deadline) {
    const status = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) }).then(
      (response) => response.status,
      () => 0,
    );
    if (status > 0 && status < 400) return;
    await sleep(200);
  }
  throw broken(`did not answer within ${START_LIMIT / 1000} seconds`, server);
}

function broken(what: string, server: Started): Failure {
  const tail = server.output().trim().split('\n').slice(-15).join('\n');
  return new Failure(`The VS Code server ${what}. Its last words:\n${tail}`);
}
