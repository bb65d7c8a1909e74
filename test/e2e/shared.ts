/** Before all browser tests: one VS Code server and one browser, which every file uses in its turn. */
import type { TestProject } from 'vitest/node';
import { serveBrowser } from '../../scripts/lib/chromium';
import { endAllOnSignals } from '../../scripts/lib/processes';
import { startServer, type ServerPlace } from '../../scripts/lib/vscodeServer';

declare module 'vitest' {
  interface ProvidedContext {
    server: ServerPlace;
    /** Where the browser listens. */
    browser: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer({ lean: true });
  const browser = await serveBrowser();
  const teardown = async (): Promise<void> => {
    await browser.close();
    await server.stop();
  };
  // A run that is cut short must leave nothing behind either.
  endAllOnSignals(teardown);
  project.provide('server', server.place);
  project.provide('browser', browser.wsEndpoint());
  return teardown;
}
