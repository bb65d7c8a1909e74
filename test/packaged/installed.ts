/** A VS Code with nothing but a package installed, for all tests of a file. */
import { chromium, type Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import { startServer, type Profile, type StartedServer } from '../../scripts/lib/vscodeServer';
import { Window } from '../../scripts/lib/window';
import { sampleWorkspace, type SampleWorkspace } from '../../scripts/lib/workspace';
import type {} from './shared';

export interface Installed {
  readonly workspace: SampleWorkspace;
  /** Opens a window with the sample document in a VS Code of its own; the one before ends. */
  readonly open: (profile?: Profile) => Promise<Window>;
}

/** @returns how to get at it, once the tests run; a test that fails leaves a picture of its window */
export function useInstalled(which: 'own' | 'universal'): () => Installed {
  let server: StartedServer | undefined;
  let browser: Browser;
  let workspace: SampleWorkspace;
  let window: Window | undefined;

  beforeAll(async () => {
    workspace = await sampleWorkspace();
    browser = await chromium.connect(inject('browserOfPackages'));
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const name = task.name.replace(/[^a-z0-9]+/gi, '-').slice(0, 60);
    await window?.screenshot(`failed-${name}`).catch(() => undefined);
  });
  // With all of VS Code's own extensions, an extension host may outlive its window by minutes: its server ends it.
  const end = async (): Promise<void> => {
    await window?.close();
    await server?.stop();
    window = undefined;
    server = undefined;
  };
  afterAll(async () => {
    await end();
    await browser.close();
    await workspace.remove();
  });
  return () => ({
    workspace,
    open: async (profile = {}) => {
      await end();
      server = await startServer({ ...profile, vsix: inject(which).file });
      window = await Window.open(server, browser, { folder: workspace.folder, file: workspace.file });
      return window;
    },
  });
}
