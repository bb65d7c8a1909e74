/** What the tests of one file share: a window with the sample document, in a VS Code that is as new. */
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import { repository } from '../../scripts/lib/paths';
import { VsCodeServer, type Profile } from '../../scripts/lib/vscodeServer';
import { Window, type WindowOptions } from '../../scripts/lib/window';
import { sampleWorkspace, type SampleWorkspace } from '../../scripts/lib/workspace';
import type {} from './shared';

export interface Session {
  readonly server: VsCodeServer;
  readonly window: Window;
  readonly workspace: SampleWorkspace;
  /** The sample document's text, as VS Code saves it now. */
  savedText(): Promise<string>;
  close(): Promise<void>;
}

/** @param prepare changes the workspace before VS Code opens it */
async function openSession(
  options: Profile & WindowOptions = {},
  prepare: (workspace: SampleWorkspace) => Promise<void> = () => Promise.resolve(),
): Promise<Session> {
  const workspace = await sampleWorkspace();
  await prepare(workspace);
  const server = new VsCodeServer(inject('server'));
  await server.renew(options);
  const browser = await chromium.connect(inject('browser'));
  const window = await Window.open(
    server,
    browser,
    { folder: workspace.folder, extension: repository, file: workspace.file },
    options,
  );
  // Once the window is there, no single step takes long: a wrong selector must not cost the whole test's time.
  window.page.setDefaultTimeout(30_000);
  return {
    server,
    window,
    workspace,
    async savedText() {
      await window.run('File: Save All Files');
      return readFile(workspace.file, 'utf8');
    },
    async close() {
      await window.close();
      await browser.close();
      await workspace.remove();
    },
  };
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
