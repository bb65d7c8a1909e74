/** `npm start` without a desktop: it builds, and says an address at which VS Code answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inRepository, repository } from '../lib/paths';
import { start, type Started } from '../lib/processes';
import { oneFailed, onePassed, type Outcome } from './outcome';
import { endOrSilence, inMinutes } from './silence';

/** How long it may print nothing, or not answer, in milliseconds. */
const SILENCE = 300_000;

/** What is printed for a user to open. */
const ADDRESS = /^http:\/\/\S+$/m;

export async function serving(): Promise<Outcome> {
  const tsx = inRepository('node_modules', 'tsx', 'dist', 'cli.mjs');
  const server = start(process.execPath, [tsx, inRepository('scripts', 'start.ts'), '--server'], {
    cwd: repository,
  });
  try {
    const ended = server.ended.then((code) => `it ended with exit code ${code}`);
    const end = await endOrSilence(
      Promise.race([ended, said(server, ended)]),
      () => server.output().length,
      SILENCE,
    );
    const address = ADDRESS.exec(server.output())?.[0];
    if (address === undefined)
      return oneFailed(
        `start: ${end?.end ?? `nothing was printed for ${inMinutes(SILENCE)}`}, without an address:\n${server.output()}`,
      );
    const answer = await open(address);
    if (!answer.ok || !(await answer.text()).includes('workbench'))
      return oneFailed(`start: the address answers with status ${answer.status}, not with VS Code`);
    return onePassed;
  } finally {
    await server.end();
  }
}

/** As a browser does: the token of the address becomes a cookie, and leads on. */
async function open(address: string): Promise<Response> {
  const signal = AbortSignal.timeout(SILENCE);
  const first = await fetch(address, { redirect: 'manual', signal });
  const [cookie = ''] = first.headers.getSetCookie();
  const next = new URL(first.headers.get('location') ?? '', address);
  return fetch(next, { headers: { cookie: cookie.split(';')[0]! }, signal });
}

/** Resolves when the address has been printed, or with the process. */
async function said(server: Started, ended: Promise<unknown>): Promise<string> {
  const over = ended.then(() => true);
  while (!ADDRESS.test(server.output())) if (await Promise.race([over, sleep(100, false)])) break;
  return 'an address was printed';
}
