/** What goes wrong: each is mended by the end of its step, and is told to the user meanwhile. */
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { breakOffDownload } from './downloads';
import { sentence, toldOf } from './shown';
import { BORROWED, type Lab } from './lab';
import type { Dice, Fault } from './plan';
import { loseServer } from './served';
import { gridForLong, openExplore } from './tabs';
import { killTraining } from './training';
import { Trouble, until } from './until';
import { insertAndUndo, newResult, reopenResult, saveResult } from './uses';

async function killEngine(lab: Lab, dice: Dice): Promise<void> {
  await lab.selectSample();
  const panel = await lab.explore();
  if (dice.below(2) === 0) await panel.generateForLong();
  else await gridForLong(lab);
  const [engine, ...others] = lab.engines();
  if (engine === undefined || others.length > 0)
    throw new Trouble(`There are ${others.length + (engine === undefined ? 0 : 1)} model processes.`);
  process.kill(engine, 'SIGKILL');
  await toldOf(lab, ['engine']);
  await panel.part('retry').first().click();
  await panel.part('failure').waitFor({ state: 'detached' });
  await until('another model process works', () => lab.engines().some((pid) => pid !== engine));
  await lab.stop();
  await openExplore(lab);
  await panel.keepShort();
}

async function fillDisk(lab: Lab, dice: Dice): Promise<void> {
  await newResult(lab, dice);
  const { panel } = lab;
  await lab.disk.fill();
  try {
    await panel.part('save').click();
    await toldOf(lab, ['history']);
    await lab.dismiss();
    await savePreset(lab, `Of step ${dice.below(1_000_000)}`);
    // What was saved before can be read, and what needs no room goes on.
    if (lab.kept.results > 0) await reopenResult(lab, dice);
    await insertAndUndo(lab, false);
    const left = await lab.kept.leftovers();
    if (left.length > 0) throw new Trouble(`The full disk keeps what was not saved: ${left.join(', ')}.`);
  } finally {
    await lab.disk.makeRoom();
  }
  await saveResult(lab, dice);
}

/** A preset has its place in the settings, where the file still has room, or the panel or VS Code says that it has not. */
async function savePreset(lab: Lab, name: string): Promise<void> {
  await lab.askForPreset(name);
  const toast = lab.window.page.locator('.notification-list-item-message');
  await until(
    'the preset is kept, or it is told that there is no room for it',
    async () =>
      (await lab.failure()) !== null ||
      (await toast.count()) > 0 ||
      (await lab.kept.presets()).some((preset) => preset.includes(name)),
  );
  await lab.dismiss();
  await lab.window.run('Notifications: Clear All Notifications');
}

async function takeModel(lab: Lab): Promise<void> {
  const model = join(lab.library, BORROWED);
  const away = join(lab.disk.folder, 'away');
  await lab.selectSample();
  const panel = await lab.explore();
  await lab.keepModel(BORROWED);
  await rename(model, away);
  try {
    // What is in memory may go on; what is not must be told.
    await panel.generate();
    await lab.atRest();
    const code = await lab.failure();
    if (code !== null && code !== 'model')
      throw new Trouble(`The failure is ${code}: ${await sentence(lab)}`);
    await lab.dismiss();
    for (const engine of lab.engines()) process.kill(engine, 'SIGKILL');
    await until('the model process has gone', () => lab.engines().length === 0);
    await panel.part('generate').click();
    await toldOf(lab, ['model', 'engine']);
    await lab.dismiss();
  } finally {
    await rename(away, model);
  }
  await panel.generate();
  await panel.ended();
  await lab.keepModel('fireside');
}

async function takeWorkspace(lab: Lab): Promise<void> {
  const { folder } = lab.workspace;
  const before = await lab.text();
  await lab.selectSample();
  const panel = await lab.explore();
  const away = join(lab.disk.folder, 'away');
  try {
    await lab.duringRun(() => rename(folder, away));
    // The text is the editor's; it is still there to be explored.
    await lab.window.focusEditor();
    await lab.window.page.keyboard.press('Shift+ArrowLeft');
    await lab.explore();
    await panel.part('insert-after').first().click();
    await panel.part('undo-inserted').click();
    await panel.part('undo-inserted').waitFor({ state: 'detached' });
  } finally {
    // VS Code may have made the folder anew.
    if (existsSync(away)) {
      await rm(folder, { recursive: true, force: true });
      await rename(away, folder);
    }
  }
  await lab.save((text) => text === before);
}

async function takeStorage(lab: Lab, dice: Dice): Promise<void> {
  const folders = [
    join(lab.server.place.data, 'User', 'globalStorage', 'decoding-lab.decoding-lab'),
    ...(await lab.kept.historyFolders()).map((folder) => join(folder, '..')),
  ].filter((folder) => existsSync(folder));
  const away = join(lab.disk.folder, 'away');
  await mkdir(away);
  await newResult(lab, dice);
  const { panel } = lab;
  for (const [i, folder] of folders.entries()) await rename(folder, join(away, String(i)));
  try {
    // Kept in a folder made anew; what was in the old one is not there, and nothing hangs on it.
    await panel.part('save').click();
    await until('the result is saved', async () => (await panel.part('save').innerText()) === 'Saved');
    await panel.part('history').click();
    await until('the new result is listed', async () => (await panel.part('reopen').count()) === 1);
    await panel.part('history').click();
  } finally {
    for (const [i, folder] of folders.entries()) {
      const old = join(away, String(i));
      if (existsSync(folder)) await cp(folder, old, { recursive: true, force: false });
      await rm(folder, { recursive: true, force: true });
      await rename(old, folder);
    }
    await rm(away, { recursive: true });
  }
  await lab.kept.remember();
  await reopenResult(lab, dice);
}

export const faults: Readonly<Record<Fault, (lab: Lab, dice: Dice) => Promise<void>>> = {
  'kill the model process during a run': killEngine,
  'fill the disk': fillDisk,
  'take the model’s folder away': takeModel,
  'take the workspace’s folder away': takeWorkspace,
  'take the storage folder away': takeStorage,
  'kill the model process during a training': killTraining,
  'stop the model server during a run': loseServer,
  'break off a download': breakOffDownload,
};
