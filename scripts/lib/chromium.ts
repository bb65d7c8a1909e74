/** Finds a Chromium-like browser, or installs Debian's. */
import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type BrowserServer, type LaunchOptions } from 'playwright-core';
import { Failure } from './failure';
import { run } from './processes';

/** Names the browser to use when several are there, or none is where one looks. */
const VARIABLE = 'DECODING_LAB_BROWSER';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
];

function usualPlaces(): string[] {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (process.platform === 'win32') {
    const bases = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [value];
    });
    return bases.flatMap((base) => [
      join(base, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(base, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]);
  }
  return ['/snap/bin/chromium', '/opt/google/chrome/chrome'];
}

const executable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

async function find(): Promise<string | undefined> {
  const chosen = process.env[VARIABLE];
  if (chosen !== undefined && chosen !== '') {
    if (await executable(chosen)) return chosen;
    throw new Failure(`${VARIABLE} names ${chosen}, which is not a program that can be run.`);
  }
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [
    ...NAMES.flatMap((name) => onPath.map((folder) => join(folder, name))),
    ...usualPlaces(),
  ];
  for (const candidate of candidates) if (await executable(candidate)) return candidate;
  return undefined;
}

const how =
  `Install Chromium, Google Chrome or Microsoft Edge (on Debian: apt-get install chromium), ` +
  `or set ${VARIABLE} to the path of one.`;

async function install(say: (line: string) => void): Promise<void> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!/^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release)) {
    throw new Failure(`No Chromium was found, and it can be installed only on Debian. ${how}`);
  }
  if (process.getuid?.() !== 0) {
    throw new Failure(`No Chromium was found, and only root can install it. ${how}`);
  }
  say('Installing Chromium by apt (once) ...');
  const options = { limit: 600_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  for (const args of [
    ['update', '-q'],
    ['install', '-q', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core', 'fonts-liberation'],
  ]) {
    const { code, output, timedOut } = await run('apt-get', args, options);
    if (code === 0 && !timedOut) continue;
    const why = timedOut ? 'took longer than ten minutes' : 'failed';
    const tail = output
      .replace(/\bhttps?:\/\/\S+/g, '(address)')
      .trim()
      .split('\n')
      .slice(-5)
      .join('\n');
    throw new Failure(`No Chromium was found, and apt-get ${args[0]!} ${why}. ${how}\n${tail}`);
  }
}

/** The path of a browser. @throws Failure with what to do when there is none. */
export async function findChromium(say: (line: string) => void = console.log): Promise<string> {
  const found = await find();
  if (found !== undefined) return found;
  await install(say);
  const installed = await find();
  if (installed === undefined) throw new Failure(`apt installed no Chromium that can be run. ${how}`);
  return installed;
}

/** Starts a browser without a window. Root has no sandbox; containers often have a tiny /dev/shm. */
async function launch<T>(
  open: (options: LaunchOptions) => Promise<T>,
  say?: (line: string) => void,
): Promise<T> {
  const executablePath = await findChromium(say);
  try {
    return await open({
      executablePath,
      args: ['--disable-dev-shm-usage', '--disable-gpu'],
      chromiumSandbox: process.platform !== 'linux' || process.getuid?.() !== 0,
      // The scripts end what they started themselves, in their own order.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      timeout: 120_000,
    });
  } catch (error) {
    const what = error instanceof Error ? error.message.split('\n').slice(0, 6).join('\n') : String(error);
    throw new Failure(`${executablePath} does not start. ${how}\n${what}`);
  }
}

export const openBrowser = (say?: (line: string) => void): Promise<Browser> =>
  launch((options) => chromium.launch(options), say);

/** A browser that other processes use, by its endpoint. */
export const serveBrowser = (say?: (line: string) => void): Promise<BrowserServer> =>
  launch((options) => chromium.launchServer(options), say);
