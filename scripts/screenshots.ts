/** `npm run screenshots`: makes the README's picture again, from the extension as it is now. */
import { copyFile } from 'node:fs/promises';
import { openBrowser } from './lib/chromium';
import { exploreSample } from './lib/exploreSample';
import { runMain } from './lib/main';
import { inRepository, repository } from './lib/paths';
import { startServer } from './lib/vscodeServer';
import { Window } from './lib/window';
import { sampleWorkspace } from './lib/workspace';
import { check } from './suites/tools';

/** Wide enough for the panel to show its controls beside the distribution, in CSS pixels. */
const SIZE = { width: 1720, height: 1000 };

async function main(): Promise<number> {
  if ((await check('build')).failed > 0) return 1;
  const workspace = await sampleWorkspace();
  const server = await startServer();
  const browser = await openBrowser();
  try {
    const opening = { folder: workspace.folder, extension: repository, file: workspace.file };
    const window = await Window.open(server, browser, opening, SIZE);
    await window.run('View: Close Primary Side Bar');
    await exploreSample(window, workspace.file);
    const picture = inRepository('media', 'screenshot.png');
    await copyFile(await window.screenshot('readme'), picture);
    console.log(`Saved ${picture}`);
    return 0;
  } finally {
    await browser.close();
    await server.stop();
    await workspace.remove();
  }
}

runMain(main);
