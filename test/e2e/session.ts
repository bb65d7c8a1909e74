/** What the browser tests of one file share: a VS Code server, a browser and a window with the sample document. */
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { openBrowser } from '../../scripts/lib/chromium';
import { repository } from '../../scripts/lib/paths';
import { endAllOnSignals } from '../../scripts/lib/processes';
import { startServer, type ServerOptions, type VsCodeServer } from '../../scripts/lib/vscodeServer';
import { Window, type WindowOptions } from '../../scripts/lib/window';
import { sampleWorkspace, type SampleWorkspace } from '../../scripts/lib/workspace';

export interface Session {
  readonly server: VsCodeServer;
  readonly browser: Browser;
  readonly window: Window;
  readonly workspace: SampleWorkspace;
  /** The sample document's text, as VS Code saves it now. */
  savedText(): Promise<string>;
  close(): Promise<void>;
}

const open = new Set<Session>();

// A run that is cut short must leave neither a server nor its folders behind.
endAllOnSignals(async () => {
  await Promise.all([...open].map((session) => session.close()));
});

/** @param prepare changes the workspace before VS Code opens it */
export async function openSession(
  options: ServerOptions & WindowOptions = {},
  prepare: (workspace: SampleWorkspace) => Promise<void> = () => Promise.resolve(),
): Promise<Session> {
  const workspace = await sampleWorkspace();
  await prepare(workspace);
  const server = await startServer(options);
  const browser = await openBrowser();
  const window = await Window.open(
    server,
    browser,
    { folder: workspace.folder, extension: repository, file: workspace.file },
    options,
  );
  // Once the window is there, no single step takes long: a wrong selector must not cost the whole test's time.
  window.page.setDefaultTimeout(30_000);
  const session: Session = {
    server,
    browser,
    window,
    workspace,
    async savedText() {
      await window.run('File: Save All Files');
      return readFile(workspace.file, 'utf8');
    },
    async close() {
      open.delete(session);
      await browser.close();
      await server.stop();
      await workspace.remove();
    },
  };
  open.add(session);
  return session;
}

/**
 * A session for all tests of a file; a test that fails leaves a picture of the window.
 * @returns how to get at it, once the tests run
 */
export function useSession(...opening: Parameters<typeof openSession>): () => Session {
  let session: Session | undefined;
  beforeAll(async () => {
    session = await openSession(...opening);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const name = task.name.replace(/[^a-z0-9]+/gi, '-').slice(0, 60);
    await session?.window.screenshot(`failed-${name}`).catch(() => undefined);
  });
  afterAll(() => session?.close());
  return () => {
    if (!session) throw new Error('The session is open only while the tests of its file run.');
    return session;
  };
}
