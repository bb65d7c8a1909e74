/** A model from the hub: fetched, used and removed; broken off in the middle, then continued or discarded. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Lab } from './lab';
import type { Dice } from './plan';
import { TALE, taleFiles, WEIGHTS } from './services';
import { whole } from './shown';
import { Trouble, until } from './until';

export async function downloadAndRemove(lab: Lab): Promise<void> {
  await begin(lab);
  await arrived(lab);
  await lab.selectSample();
  await lab.explore();
  await until('the model is offered', () => lab.offers(TALE));
  await lab.keepModel(TALE);
  await whole(lab);
  await lab.keepModel('fireside');
  await remove(lab);
}

export async function breakOffDownload(lab: Lab, dice: Dice): Promise<void> {
  const { hub } = lab.services;
  const half = (await taleFiles())[WEIGHTS]!.length >> 1;
  hub.fault = ({ where }) => (where === 'store' ? { stallAfter: half } : undefined);
  try {
    await begin(lab);
    await until('half of the weights are here', async () => (await unfinished(lab)) >= half);
    const progress = notification(lab, `Downloading ${TALE}`);
    await press(lab, progress.getByText('Cancel', { exact: true }));
    await progress.waitFor({ state: 'detached' });
  } finally {
    hub.fault = () => undefined;
  }
  if ((await names(lab.library)).includes(TALE)) throw new Trouble('Half a model is offered as a whole one.');
  const paused = notification(lab, 'is paused');
  if (dice.below(2) === 0) {
    await press(lab, paused.getByText('Resume', { exact: true }));
    await arrived(lab);
    if (hub.requestsFor(WEIGHTS).at(-1)?.range !== `bytes=${half}-`)
      throw new Trouble('What had arrived was fetched again.');
    await remove(lab);
  } else {
    await press(lab, paused.getByText('Discard', { exact: true }));
    await nothingLeft(lab);
  }
  await lab.window.run('Notifications: Clear All Notifications');
}

/** Begins the download; what it tells is then not hidden behind what was told before. */
async function begin(lab: Lab): Promise<void> {
  await lab.window.run('Notifications: Clear All Notifications');
  await lab.window.choose('Decoding Lab: Download Model', TALE);
}

const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** Waits until the model is in the library, byte for byte as at the hub, and nothing beside it. */
async function arrived(lab: Lab): Promise<void> {
  await until('the model is in the library', async () => (await names(lab.library)).includes(TALE));
  for (const [name, bytes] of Object.entries(await taleFiles())) {
    if (!bytes.equals(await readFile(join(lab.library, TALE, name))))
      throw new Trouble(`${name} is not as it is at the hub.`);
  }
  await nothingLeft(lab);
}

const downloads = (lab: Lab): string => join(lab.library, '.downloads');

/** Waits until no part of a download lies in the library. */
const nothingLeft = (lab: Lab): Promise<void> =>
  until('nothing of a download is left', async () => (await names(downloads(lab))).length === 0);

/** Bytes of the weights that have arrived of a download that goes on. */
async function unfinished(lab: Lab): Promise<number> {
  const files = await readdir(downloads(lab), { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = files
    .filter((file) => file.isFile() && file.name.startsWith(WEIGHTS))
    .map(({ parentPath, name }) => stat(join(parentPath, name)).then(({ size }) => size));
  return Math.max(0, ...(await Promise.all(sizes)));
}

async function remove(lab: Lab): Promise<void> {
  await lab.window.choose('Decoding Lab: Remove Model', TALE);
  const dialog = lab.window.page.locator('.monaco-dialog-box');
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await until('the model is gone', async () => !(await names(lab.library)).includes(TALE));
}

const notification = (lab: Lab, text: string): Locator =>
  lab.window.page.locator('.notification-list-item', { hasText: text });

/** Presses a button of a notification, which may have gone behind the bell. */
async function press(lab: Lab, button: Locator): Promise<void> {
  const shown = button.first();
  await until('the notification is shown', async () => {
    if (await shown.isVisible()) return true;
    await lab.window.run('Notifications: Show Notifications');
    return shown.isVisible();
  });
  await shown.click();
}
