/** Starts a VS Code server for one run, on a port of its own, with settings and extensions of its own. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure';
import { run, start, type Started } from './processes';
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
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
};

export interface ServerOptions {
  /** Leaves workspace trust on, so that windows open in Restricted Mode. */
  readonly restricted?: boolean;
  readonly settings?: Settings;
  /** A packaged extension to install before the server starts. */
  readonly vsix?: string;
  /**
   * The display language, for example `fr`. Extensions speak it; VS Code itself stays English, because its own
   * translations are not on npm.
   */
  readonly language?: string;
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

export interface VsCodeServer {
  readonly pid: number;
  /** The address of a window. */
  url(opening: Opening): string;
  /** Changes settings of the open windows; VS Code takes them up by itself. */
  set(settings: Settings): Promise<void>;
  /** What the server printed. */
  output(): string;
  /** Resolves when the server has ended, for whatever reason. */
  readonly ended: Promise<number>;
  stop(): Promise<void>;
}

/** @throws Failure when the server cannot be installed or does not come up. */
export async function startServer(options: ServerOptions = {}): Promise<VsCodeServer> {
  const { node, entry } = await installServer(options.say ?? console.log);
  const home = await mkdtemp(join(tmpdir(), 'decoding-lab-vscode-'));
  let settings: Settings = { ...QUIET, ...options.settings };
  const writeSettings = async (): Promise<void> => {
    const folder = join(home, 'data', 'Machine');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'settings.json'), JSON.stringify(settings, null, 2));
  };
  await writeSettings();
  if (options.language !== undefined) await addLanguage(options.language, join(home, 'data'));

  const folders = ['--user-data-dir', join(home, 'data'), '--extensions-dir', join(home, 'extensions')];
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
      ...(options.restricted === true ? [] : ['--disable-workspace-trust']),
      ...(options.language === undefined ? [] : ['--locale', options.language]),
    ],
    { env: { ...process.env, ...options.env } },
  );
  const stop = async (): Promise<void> => {
    await server.end();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const port = await listening(server);
    const authority = `127.0.0.1:${port}`;
    await answering(`http://${authority}/?tkn=${token}`, server);
    return {
      pid: server.pid,
      url: (opening) => address(authority, token, opening),
      set: async (changed) => {
        settings = { ...settings, ...changed };
        await writeSettings();
      },
      output: () => server.output(),
      ended: server.ended,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
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
