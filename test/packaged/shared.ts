/** Before all tests of packages: the package for this machine, the one for every platform, and one browser. */
import type { TestProject } from 'vitest/node';
import { serveBrowser } from '../../scripts/lib/chromium';
import { endAllOnSignals } from '../../scripts/lib/processes';
import { buildForPackages, pack, type Packed } from '../../scripts/packaging/pack';
import { ownTarget } from '../../scripts/packaging/targets';

declare module 'vitest' {
  interface ProvidedContext {
    own: Packed;
    universal: Packed;
    /** Where the browser listens. */
    browserOfPackages: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildForPackages();
  project.provide('own', await pack(ownTarget()));
  project.provide('universal', await pack('universal'));
  const browser = await serveBrowser();
  const teardown = (): Promise<void> => browser.close();
  // A run that is cut short must leave nothing behind either.
  endAllOnSignals(teardown);
  project.provide('browserOfPackages', browser.wsEndpoint());
  return teardown;
}
