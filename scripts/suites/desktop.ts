/**
 * A process of its own for the desktop VS Code, so that a time limit can end it with all its windows.
 * Its arguments: the extension, the module with the suites, and the folder to open. `VSCODE_VERSION` chooses
 * another version than the newest; the environment reaches the extension host as it is.
 */
import { runTests } from '@vscode/test-electron';
import { PROXY_VARIABLE } from '../../test/integration/report';
import { Failure } from '../lib/failure';
import { runMain } from '../lib/main';
import { cache } from '../lib/paths';

async function main(): Promise<number> {
  const [extension, tests, folder] = process.argv.slice(2);
  if (extension === undefined || tests === undefined || folder === undefined) {
    throw new Failure('Three arguments are needed: the extension, the suites, the folder to open.');
  }
  const version = process.env['VSCODE_VERSION'];
  return runTests({
    extensionDevelopmentPath: extension,
    extensionTestsPath: tests,
    launchArgs: [folder, '--disable-extensions'],
    cachePath: cache,
    // For VS Code alone: what downloads it would go there too.
    extensionTestsEnv: { HTTP_PROXY: process.env[PROXY_VARIABLE] },
    ...(version === undefined ? {} : { version }),
  });
}

runMain(main);
