/**
 * `npm start`: builds the extension and opens it in a real VS Code with the sample document: the desktop's when
 * its `code` command is there, otherwise a VS Code server and any browser. `--server` takes the server anyway;
 * `--check` does a user's main job in a browser without a window and says whether it worked, and with
 * `--packaged` does so with the extension as it is published.
 */
import { performCheck } from './check';
import { findCode, openDesktop } from './lib/desktop';
import { runMain } from './lib/main';
import { isEnding } from './lib/processes';
import { repository } from './lib/paths';
import { startServer } from './lib/vscodeServer';
import { sampleWorkspace } from './lib/workspace';
import { buildForPackages, pack } from './packaging/pack';
import { ownTarget } from './packaging/targets';
import { check } from './suites/tools';

const options = new Set(process.argv.slice(2));

/** What is to be undone at the end, the newest first. */
const undo: (() => Promise<void>)[] = [];

async function undoAll(): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step().catch(() => undefined);
}

const WHAT_TO_PRESS = [
  'Select a few words of the sample document and press Ctrl+K Ctrl+G (on a Mac Cmd+K Cmd+G),',
  'or press F1 and choose "Decoding Lab: Explore Selection".',
  'Ctrl+C here stops everything.',
].join('\n');

async function inDesktop(): Promise<boolean> {
  if (options.has('--server') || (await findCode()) === undefined) return false;
  const workspace = await sampleWorkspace();
  undo.push(() => workspace.remove());
  const desktop = await openDesktop(repository, workspace.file);
  undo.push(() => desktop.stop());
  console.log(`VS Code opens with the sample document.\n${WHAT_TO_PRESS}`);
  const end = await desktop.ended;
  if (end.ok || isEnding()) return true;
  console.log(`The desktop VS Code could not be opened: ${end.why}\nTaking the VS Code server instead.`);
  return false;
}

async function inServer(): Promise<number> {
  const workspace = await sampleWorkspace();
  undo.push(() => workspace.remove());
  const server = await startServer();
  undo.push(() => server.stop());
  const address = server.url({ folder: workspace.folder, extension: repository, file: workspace.file });
  console.log(`\nVS Code runs here; open this address in a browser:\n\n${address}\n\n${WHAT_TO_PRESS}`);
  const code = await server.ended;
  if (!isEnding()) console.error(`The VS Code server ended by itself with exit code ${code}.`);
  return 1;
}

async function main(): Promise<number> {
  const unknown = [...options].filter((option) => !['--check', '--packaged', '--server'].includes(option));
  if (unknown.length > 0) {
    console.error(`There is no option ${unknown.join(', ')}. Choose from: --check, --packaged, --server.`);
    return 2;
  }
  if (options.has('--packaged')) {
    console.log('Packaging ...');
    await buildForPackages();
    const { file } = await pack(ownTarget());
    return (await performCheck(file)) ? 0 : 1;
  }
  console.log('Building ...');
  if ((await check('build')).failed > 0) {
    console.error('The extension could not be built; what is wrong is printed above.');
    return 1;
  }
  if (options.has('--check')) return (await performCheck()) ? 0 : 1;
  if (await inDesktop()) return 0;
  return inServer();
}

runMain(main, undoAll);
